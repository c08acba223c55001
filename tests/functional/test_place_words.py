"""A place in words: the chosen one without a script, the lists of areas, distances."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.utils.translation import override

from gezhi.contexts.areas.queries import AreaRow
from gezhi.contexts.places.queries import FoundPlace
from gezhi.interfaces.web.templatetags.gezhi import distance, with_address
from gezhi.interfaces.web.views.maps import names_of, told_apart
from gezhi.interfaces.web.words import in_a_row
from tests.factories.areas import centre
from tests.factories.cases import make_town
from tests.functional.test_places import shifted

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    return make_town()


def test_without_a_script_the_page_says_which_place_was_chosen(ground):
    lon, lat = centre(0)
    page = Client().get("/report", {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}).content.decode()
    chosen = page.split("<noscript>")[1].split("</noscript>")[0]
    assert "已选择" in chosen
    assert "grid 420602001001001" in chosen
    assert "<noscript>" not in Client().get("/report").content.decode().split("<main")[1]
    assert (
        "<noscript>" not in Client().get("/report", {"lon": "116.4", "lat": "39.9"}).content.decode().split("<main")[1]
    )


def test_a_list_of_areas_has_what_lies_in_the_choice_before_it(ground):
    district = ground.areas["420602"].pk
    street = ground.areas["420602001"].pk
    client = Client()

    def chosen(**query):
        lists = client.get("/map/options", query).content.decode().split("<select")[1:]
        return [one.count("<option") - 1 for one in lists]

    assert chosen(district=district)[1] > 0
    assert chosen(district=district, street=street)[2] > 0
    # A district in the place of a street, and a street without its district.
    assert chosen(street=district)[1:] == [0, 0]
    assert chosen(district=district, street=district)[2] == 0
    assert chosen(street=street)[1:] == [0, 0]


def test_a_grid_has_its_communitys_name_in_its_own():
    def area(name, name_en=""):
        return AreaRow(1, "1", name, name_en, "grid", "", None, "", False)

    chain = [
        area("襄城区", "Xiangcheng District"),
        area("檀溪社区", "Tanxi Community"),
        area("檀溪社区第5网格", "Tanxi Community Grid 5"),
    ]
    assert names_of(chain) == "襄城区 檀溪社区第5网格"
    with override("en"):
        assert names_of(chain) == "Grid 5, Tanxi Community, Xiangcheng District"
        assert names_of(chain[:1]) == "Xiangcheng District"
    assert names_of([]) == ""


@pytest.mark.parametrize(
    ("metres", "told"),
    [(0.2, "1 米"), (999.4, "999 米"), (1_000, "1.0 公里"), (8_914, "8.9 公里"), (50_000, "50 公里")],
)
def test_a_distance_is_told_as_exactly_as_anybody_wants_to_know(metres, told):
    assert distance(metres) == told


@pytest.mark.parametrize(
    ("place", "address", "told"),
    [
        ("襄城区 甲社区 · 东湖家园2栋内", "东湖家园附近", "襄城区 甲社区 · 东湖家园2栋内"),
        ("襄城区 甲社区 · 东湖家园2栋内", "东湖家园2栋301室", "襄城区 甲社区，东湖家园2栋301室"),
        ("襄城区 甲社区 · 东湖家园2栋内", "西湖家园附近", "襄城区 甲社区 · 东湖家园2栋内，西湖家园附近"),
        ("襄城区 甲社区", "甲社区门口", "襄城区 甲社区"),
        ("襄城区 甲社区 · 东湖家园12栋内", "2", "襄城区 甲社区 · 东湖家园12栋内，2"),
        ("襄城区", "", "襄城区"),
        ("", "东湖家园附近", "东湖家园附近"),
    ],
)
def test_a_place_is_said_once(place, address, told):
    with override("zh-hans"):
        assert with_address(place, address) == told


def test_a_place_is_said_once_in_english():
    with override("en"):
        place = "Tanxi Community · in East Lake Garden Building 2"
        assert with_address(place, "near East Lake Garden") == place
        assert with_address(place, "behind the gate") == f"{place}, behind the gate"


def place_at(east, north, grid="1"):
    lon, lat = shifted(112.0, 32.0, east, north)
    return FoundPlace("k", "crossing", "甲路与乙路路口", lon, lat, ("市", "区", "街道", "社区", f"第{grid}网格"), 1.0)


@override("zh-hans")
def test_places_that_are_alike_are_told_by_their_grid_or_their_side():
    assert [around[3:] for *_, around in told_apart([place_at(0, 0, "1"), place_at(0, 9, "2")])] == [
        ["第1网格"],
        ["第2网格"],
    ]
    sides = [around[-1] for *_, around in told_apart([place_at(0, 0), place_at(0, 90), place_at(90, 45)])]
    assert sides == ["西南的一处", "西北的一处", "东的一处"]
    assert [list(around) for *_, around in told_apart([place_at(0, 0)])] == [["区", "街道", "社区"]]


@override("en")
def test_in_english_a_place_is_told_from_small_to_large_and_its_side_last():
    def told(*places):
        return [
            in_a_row(around) for *_, around in told_apart([replace(one, inside_en=inside) for one, inside in places])
        ]

    whole = ("City", "Xiangcheng District", "Zhenwushan Subdistrict", "Tanxi Community")
    first, second = (*whole, "Tanxi Community Grid 1"), (*whole, "Tanxi Community Grid 2")
    assert told((place_at(0, 0), first), (place_at(0, 9), second)) == [
        "Grid 1, Tanxi Community, Zhenwushan Subdistrict, Xiangcheng District",
        "Grid 2, Tanxi Community, Zhenwushan Subdistrict, Xiangcheng District",
    ]
    assert [words.rpartition(", ")[::2] for words in told((place_at(0, 0), first), (place_at(0, 90), first))] == [
        ("Tanxi Community, Zhenwushan Subdistrict, Xiangcheng District", "the one to the south"),
        ("Tanxi Community, Zhenwushan Subdistrict, Xiangcheng District", "the one to the north"),
    ]
