"""What may be taken for what was typed without a look at the list, and what may only be shown."""

from __future__ import annotations

import pytest
from pypinyin import lazy_pinyin

from gezhi.contexts.places.domain.kinds import KIND_WORDS, NAMED_AFTER
from gezhi.solvers.gazetteer import Match, build_index, find
from tests.factories.places import CITY, place

MORE = [
    place("乔岗村", kind="community", inside=0, area=True, at=(112.4, 32.3)),
    place("温坪小学", kind="school", inside=1, at=(111.6, 32.2)),
    place("汉水新村", kind="compound", inside=0),
    place("翡翠家属院", kind="compound", inside=0),
    place("翡翠家属院南门", kind="entrance", inside=0),
    place("北苑嘉园西门", kind="entrance", inside=0),
    place("枣林村卫生室", kind="clinic", inside=0),
    place("太襄公路", kind="road", inside=0),
    place("太襄公路口", kind="bus_stop", inside=0),
    place("环城路", kind="road", inside=0),
    place("环城路口", kind="bus_stop", inside=0),
]


@pytest.fixture(scope="module")
def city():
    return build_index([*CITY, *MORE], read=lazy_pinyin, kind_words=KIND_WORDS, lesser=NAMED_AFTER)


def names(city, typed):
    return [(city.shown[hit.place], hit.match) for hit in find(city, typed)]


@pytest.mark.parametrize(
    "typed",
    [
        "谷城县乔岗小学",
        "谷城县幸福小学",
        "乔岗小学",
        "赵岭村卫生室",
        "汉水新村西门",
        "翡翠佳苑南门",
        "檀溪花园小学",
        "檀溪花园地铁站",
        "星河街与环城路路口",
        "西苑嘉园北门",
    ],
)
def test_a_place_of_another_name_is_never_sure(city, typed):
    assert Match.NAME not in {match for _, match in names(city, typed)[:3]}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("谷城县温坪小学", "温坪小学"),
        ("谷城县 温坪小学", "温坪小学"),
        # As an input method leaves it: another sign of the same sound.
        ("文坪小学", "温坪小学"),
        ("翡翠家属院难门", "翡翠家属院南门"),
        ("檀溪花园北门附近", "檀溪花园北门"),
        ("檀溪花园旁边", "檀溪花园"),
        ("8栋檀溪花园", "檀溪花园8栋"),
        ("第一人民医院", "襄阳市第一人民医院"),
        ("檀溪路和星河街的路口", "檀溪路与星河街路口"),
        ("檀溪路星河街口", "檀溪路与星河街路口"),
    ],
)
def test_a_place_that_is_called_so_is_sure(city, typed, name):
    assert names(city, typed)[0] == (name, Match.NAME)


@pytest.mark.parametrize("typed", ["太襄公路口", "环城路口"])
def test_the_very_name_comes_before_a_road_that_it_begins_with(city, typed):
    assert names(city, typed)[0] == (typed, Match.NAME)
