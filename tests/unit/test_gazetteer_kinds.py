"""Places by what they are, and crossings by their roads."""

from __future__ import annotations

import pytest
from pypinyin import lazy_pinyin

from gezhi.contexts.places.domain.kinds import KIND_WORDS, NAMED_AFTER
from gezhi.solvers.gazetteer import Match, PlaceIndex, build_index, find
from gezhi.solvers.gazetteer.words import folded
from tests.factories.places import CITY, MIDDLE, place


@pytest.fixture(scope="module")
def city():
    return build_index(CITY, read=lazy_pinyin, kind_words=KIND_WORDS, lesser=NAMED_AFTER)


def best(index, text, **asked):
    return [index.shown[hit.place] for hit in find(index, text, **asked)]


@pytest.mark.parametrize(
    ("typed", "kind", "names"),
    [
        ("火车站", "station", ["襄阳站", "襄阳东站"]),
        ("高铁站", "station", ["襄阳站", "襄阳东站"]),
        ("huochezhan", "station", ["襄阳站", "襄阳东站"]),
        ("railway station", "station", ["襄阳站", "襄阳东站"]),
        ("Nearest railway station", "station", ["襄阳站", "襄阳东站"]),
        ("公交站", "bus_stop", ["富春雅苑"]),
        ("bus stop", "bus_stop", ["富春雅苑"]),
        ("医院", "hospital", ["帝豪医院", "襄阳市第一人民医院"]),
        ("附近的医院", "hospital", ["帝豪医院", "襄阳市第一人民医院"]),
        ("hospitals", "hospital", ["帝豪医院", "襄阳市第一人民医院"]),
        ("学校", "school", ["建设中学", "檀溪小学"]),
        ("小学", "school", ["檀溪小学"]),
        ("primary school", "school", ["檀溪小学"]),
        ("middle school", "school", ["建设中学"]),
        ("客运站", "coach_station", ["樊城区客运站"]),
        ("coach station", "coach_station", ["樊城区客运站"]),
        ("路口", "crossing", ["檀溪路与星河街路口", "人民路与江堤路路口", "真武山路与隆中路路口"]),
        ("crossing", "crossing", ["檀溪路与星河街路口", "人民路与江堤路路口", "真武山路与隆中路路口"]),
    ],
)
def test_a_kind_of_place_is_found_by_its_word_the_nearest_first(city, typed, kind, names):
    hits = find(city, typed, near=MIDDLE)
    assert [city.shown[hit.place] for hit in hits][: len(names)] == names
    assert {hit.match for hit in hits[: len(names)]} == {Match.KIND}
    assert {city.kinds[city.kind[hit.place]] for hit in hits[: len(names)]} == {kind}


def test_a_kind_with_a_name_or_an_area_before_it(city):
    assert best(city, "檀溪学校", near=MIDDLE)[:1] == ["檀溪小学"]
    assert find(city, "檀溪学校", near=MIDDLE)[0].match is Match.KIND
    assert find(city, "第一医院", near=MIDDLE)[0].match is Match.NAME
    beside = find(city, "站前路医院", near=(112.3, 32.2))
    assert (city.shown[beside[0].place], beside[0].match) == ("帝豪医院", Match.KIND)
    school = build_index(
        [*CITY, place("谷城小学", kind="school", inside=1, at=(111.6, 32.2)), place("育才", kind="school", inside=2)],
        read=lazy_pinyin,
        kind_words=KIND_WORDS,
    )
    assert best(school, "宜城学校", near=MIDDLE)[:1] == ["育才"]
    assert best(school, "谷城县 学校", near=MIDDLE)[:1] == ["谷城小学"]


def test_a_word_for_some_of_a_kind_finds_no_others(city):
    assert "建设中学" not in best(city, "小学", near=MIDDLE)
    assert "檀溪小学" not in best(city, "中学", near=MIDDLE)
    assert "檀溪小学" not in best(city, "高中", near=MIDDLE)
    assert best(city, "建设小学", near=MIDDLE)[:1] != ["建设中学"]


@pytest.mark.parametrize("typed", ["充电桩", "垃圾站", "charging station", "充殿桩"])
def test_what_only_sounds_a_little_alike_is_not_offered(city, typed):
    assert best(city, typed, near=MIDDLE) == []


@pytest.mark.parametrize(
    "typed",
    ["汉江路 人民路", "真武山路与隆中街", "汉江路人民路", "Zhenwushan Road and Longzhong Street", "真武山路 星河街"],
)
def test_another_crossing_is_only_a_similar_one(city, typed):
    hits = find(city, typed, near=MIDDLE)
    assert hits
    assert {hit.match for hit in hits} == {Match.LIKE}


@pytest.mark.parametrize(
    "typed",
    [
        "真武山路与隆中路",
        "隆中路 真武山路",
        "zhenwushanlu longzhonglu",
        "Longzhong Road & Zhenwushan Road",
        "襄阳市真武山路与隆中路路口",
        "珍武山路隆中路",
    ],
)
def test_a_crossing_is_just_what_was_typed(city, typed):
    first = find(city, typed, near=MIDDLE)[0]
    assert (city.shown[first.place], first.match) == ("真武山路与隆中路路口", Match.NAME)


@pytest.mark.parametrize("typed", ["People's Square", "人民广场", "renminguangchang"])
def test_of_those_that_have_what_was_typed_in_their_name_the_near_one_is_first(city, typed):
    first = find(city, typed, near=MIDDLE)[0]
    assert (city.shown[first.place], first.match) == ("襄城人民广场", Match.NAME)


def test_every_kind_has_words_that_mean_it_alone_or_are_shared_by_few():
    of_word = {}
    for word in KIND_WORDS:
        of_word.setdefault(folded(word.word), set()).add(word.kind)
    assert {word for word, kinds in of_word.items() if len(kinds) > 1} == {"车站"}
    assert {word.kind for word in KIND_WORDS} >= NAMED_AFTER - {"entrance"}


def test_a_saved_index_knows_its_kinds(city, tmp_path):
    city.save(tmp_path / "places")
    loaded = PlaceIndex.load(tmp_path / "places")
    for typed in ("火车站", "富春雅苑", "富春花园99栋"):
        assert find(loaded, typed, near=MIDDLE) == find(city, typed, near=MIDDLE)
