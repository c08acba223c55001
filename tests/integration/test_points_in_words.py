"""From a point to the words that people use for it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from django.test import Client
from django.utils.translation import override

from gezhi.contexts.areas.models import Compound
from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.queries import (
    Beside,
    Relation,
    Surroundings,
    beside,
    named_things,
)
from gezhi.contexts.ground.use_cases import NewFeature
from gezhi.interfaces.web.views.maps import beside_words
from gezhi.kernel.mercator import to_degrees, to_square
from tests.factories.areas import centre
from tests.factories.ground import METRE, building, city_with_a_compound, lay, road, tile_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> dict:
    return city_with_a_compound()


@pytest.mark.parametrize(
    ("east", "north", "told"),
    [
        (0, 0, Beside(Relation.IN, ("竹苑家园8栋",))),
        (10, 0, Beside(Relation.IN, ("竹苑家园8栋",))),
        (30, 0, Beside(Relation.NEAR, ("竹苑家园8栋",), 20, 2)),
        (0, -40, Beside(Relation.NEAR, ("竹苑家园8栋",), 30, 4)),
        (120, 0, Beside(Relation.NEAR, ("竹苑家园东门",), 20, 2)),
        (-120, 0, Beside(Relation.IN, ("竹苑家园",))),
        (400, 0, Beside(Relation.NEAR, ("第五中学",), 50, 6)),
    ],
)
def test_a_point_is_told_by_what_is_round_it(city: dict, east: float, north: float, told: Beside) -> None:
    lon, lat = centre(0)
    metre = METRE / np.cos(np.radians(lat))
    lay(
        building("8栋", (lon, lat), side=18),
        NewFeature(Layer.ENTRANCE, "gate", shapely.Point(lon + 100 * metre, lat), "东门"),
        NewFeature(Layer.LANDMARK, "school", shapely.Point(lon + 450 * metre, lat), "第五中学"),
    )
    assert beside(lon + east * metre, lat + north * METRE) == told


def test_a_gate_and_a_house_have_the_name_of_the_compound_that_holds_them(city: dict) -> None:
    lon, lat = centre(0)
    metre = METRE / np.cos(np.radians(lat))
    # The compound reaches 150 m from its middle (in degrees, so further in metres to the north than to the east).
    edge = lon + 150 * METRE
    lay(
        NewFeature(Layer.ENTRANCE, "gate", shapely.Point(edge - 5 * metre, lat), "东门"),
        building("9栋", (edge + 60 * metre, lat)),
    )
    outside = Surroundings(edge + 10 * metre, lat)
    assert outside.compound() == ""
    assert outside.door() is not None
    assert outside.door().name == "竹苑家园东门"
    assert beside(edge + 10 * metre, lat) == Beside(Relation.NEAR, ("竹苑家园东门",), 15, 2)
    assert beside(edge + 60 * metre, lat) == Beside(Relation.IN, ("9栋",))


def test_a_house_elsewhere_is_named_without_the_compound_of_the_point(city: dict) -> None:
    lon, lat = centre(0)
    metre = METRE / np.cos(np.radians(lat))
    edge = lon + 150 * METRE
    lay(building("", (edge + 20 * metre, lat), side=10, street="檀溪路", house_number="12"))
    found = beside(edge - 5 * metre, lat)
    assert found is not None
    assert found.names == ("檀溪路12号",)


@pytest.mark.parametrize("metres", [0, 1, 2])
def test_so_close_to_something_a_point_is_at_it(city: dict, metres: int) -> None:
    lon, lat = centre(3)
    lay(NewFeature(Layer.LANDMARK, "hospital", shapely.Point(lon, lat), "长征医院", name_en="Changzheng Hospital"))
    found = beside(lon, lat + metres * METRE)
    assert found == Beside(Relation.AT, ("长征医院",), names_en=("Changzheng Hospital",))
    assert beside(lon, lat + 4 * METRE) == Beside(Relation.NEAR, ("长征医院",), 5, 0, ("Changzheng Hospital",))


def test_roads_beside_each_other_are_no_crossing(city: dict) -> None:
    (west, y), (east, _) = centre(0), centre(3)
    x = (west + east) / 2
    lay(
        road("长虹路", "local", (west, y), (east, y)),
        road("滨江路", "local", (west, y + 12 * METRE), (east, y + 12 * METRE)),
        # Meets both, but 100 m further on.
        road("檀溪路", "local", (x + 100 * METRE, y - 50 * METRE), (x + 100 * METRE, y + 50 * METRE)),
        # Ends short of both.
        road("短巷", "local", (x, y + 60 * METRE), (x, y + 20 * METRE)),
    )
    assert beside(x, y + 2 * METRE) == Beside(Relation.ON, ("长虹路",))
    assert beside(x, y + 11 * METRE) == Beside(Relation.ON, ("滨江路",))
    assert beside(x + 95 * METRE, y + 1 * METRE) == Beside(Relation.CROSSING, ("檀溪路", "长虹路"))
    assert beside(x + 95 * METRE, y + 11 * METRE) == Beside(Relation.CROSSING, ("檀溪路", "滨江路"))


def test_a_crossing_is_called_the_same_from_each_side_and_in_the_index(city: dict) -> None:
    lon, lat = centre(3)
    lay(
        road("锦绣路", "local", (lon - 200 * METRE, lat), (lon + 200 * METRE, lat)),
        road("翠竹路", "arterial", (lon, lat - 200 * METRE), (lon, lat + 200 * METRE)),
    )
    (found,) = (thing for thing in named_things() if thing.kind == "crossing")
    for east, north in ((6, 1), (1, 6), (-6, 0), (0, -6)):
        told = beside(lon + east * METRE, lat + north * METRE)
        assert told is not None
        assert "与".join(told.names) + "路口" == found.names[0]


def test_a_point_far_from_every_house_is_told_by_the_road_or_by_the_green_that_it_is_in(city: dict) -> None:
    lon, lat = centre(3)
    south = lat - 200 * METRE
    lay(
        road("锦绣路", "local", (lon - 400 * METRE, south), (lon + 400 * METRE, south), name_en="Jinxiu Road"),
        NewFeature(Layer.GREEN, "grass", shapely.box(lon - 90 * METRE, south, lon + 90 * METRE, south + 250 * METRE)),
        NewFeature(Layer.WATER, "lake", shapely.box(lon - 900 * METRE, lat, lon - 700 * METRE, lat + 1e-3)),
    )
    assert beside(lon + 200 * METRE, south + 93 * METRE) == Beside(
        Relation.NEAR, ("锦绣路",), 90, 0, names_en=("Jinxiu Road",)
    )
    assert beside(lon, south + 93 * METRE) == Beside(
        Relation.NEAR, ("锦绣路",), 90, 0, names_en=("Jinxiu Road",), kind="grass"
    )
    assert beside(lon, south + 330 * METRE) is None
    assert beside(lon - 800 * METRE, lat + 50 * METRE) == Beside(Relation.IN, (), kind="lake")
    for language, words in (
        ("zh-hans", "绿地内，锦绣路北侧约 90 米"),
        ("en", "in a green, some 90 m north of Jinxiu Road"),
    ):
        with override(language):
            assert beside_words(beside(lon, south + 93 * METRE)) == words
            assert beside_words(beside(lon - 800 * METRE, lat + 50 * METRE)) in {"水域内", "in open water"}


def test_what_lies_beyond_a_road_is_not_what_a_point_is_told_by(city: dict) -> None:
    lon, lat = centre(0)
    metre = METRE / np.cos(np.radians(lat))
    # The compound ends 150 m (in degrees) east of the middle; a road runs along its fence, a field lies beyond.
    edge = lon + 150 * METRE
    along = ((edge + 15 * metre, lat - 1e-3), (edge + 15 * metre, lat + 1e-3))
    lay(road("锦绣路", "local", *along))
    assert beside(edge + 60 * metre, lat) == Beside(Relation.NEAR, ("锦绣路",), 45, 2)
    field = NewFeature(Layer.GREEN, "grass", shapely.box(edge + 30 * metre, lat - 1e-3, edge + 200 * metre, lat + 1e-3))
    lay(road("", "local", *along), field)
    assert beside(edge + 60 * metre, lat) == Beside(Relation.IN, (), kind="grass")
    lay(road("", "local", *along))
    # Nothing truer can be said.
    assert beside(edge + 60 * metre, lat) == Beside(Relation.NEAR, ("竹苑家园",), 60, 2)
    lay(road("", "service", *along), field)
    assert beside(edge + 60 * metre, lat) == Beside(Relation.NEAR, ("竹苑家园",), 60, 2, kind="grass")


def test_a_gate_in_the_fence_is_its_compounds_wherever_it_is_named(city: dict) -> None:
    lon, lat = centre(0)
    metre = METRE / np.cos(np.radians(lat))
    Compound.objects.update(name_en="Zhuyuan Jiayuan")
    gate = (lon + 150 * METRE + 4 * metre, lat)
    lay(
        NewFeature(Layer.ENTRANCE, "gate", shapely.Point(gate), "东门", name_en="East Gate"),
        building("8栋", (lon, lat), name_en="Building 8"),
        building("9栋", (lon, lat + 40 * METRE)),
    )
    told = {thing.names: thing.name_en for thing in named_things() if thing.kind in {"entrance", "building"}}
    assert told == {
        ("竹苑家园东门",): "Zhuyuan Jiayuan East Gate",
        ("竹苑家园8栋",): "Zhuyuan Jiayuan Building 8",
        ("竹苑家园9栋",): "",
    }
    assert beside(*gate) == Beside(Relation.AT, ("竹苑家园东门",), names_en=("Zhuyuan Jiayuan East Gate",))
    assert beside(lon, lat) == Beside(Relation.IN, ("竹苑家园8栋",), names_en=("Zhuyuan Jiayuan Building 8",))
    assert beside(lon - 120 * metre, lat) == Beside(Relation.IN, ("竹苑家园",), names_en=("Zhuyuan Jiayuan",))
    there = {"lon": gate[0] + 15 * metre, "lat": lat}
    door = Client().get("/map/place", there, headers={"Accept-Language": "en"}).json()["door"]
    assert door["words"] == "Move to Zhuyuan Jiayuan East Gate"
    assert tile_at((lon, lat), 16)["compound"]["features"][0]["properties"]["name_en"] == "Zhuyuan Jiayuan"


def test_a_point_in_a_house_without_a_name_is_not_in_its_neighbour(city: dict) -> None:
    lon, lat = centre(3)
    metre = METRE / np.cos(np.radians(lat))
    lay(
        building("", (lon, lat), street="檀溪路", house_number="12"),
        building("", (lon + 20 * METRE, lat)),
        building("", (lon, lat + 200 * METRE), house_number="4"),
    )
    wall = lon + 10 * METRE
    assert beside(wall - 1 * metre, lat) == Beside(Relation.IN, ("檀溪路12号",))
    assert beside(wall + 1 * metre, lat) == Beside(Relation.AT, ("檀溪路12号",))
    # A number alone says nothing where there is no compound.
    assert beside(lon, lat + 200 * METRE) is None


@pytest.mark.parametrize("zoom", [8, 12, 14, 15, 16])
def test_what_is_round_a_point_is_told_across_the_borders_of_tiles(city: dict, zoom: int) -> None:
    """A house just beyond the corner where four tiles meet."""
    size = 2.0**-zoom
    x, y = to_square(np.array([centre(0)]))[0]
    corner = np.array([[round(x / size) * size, round(y / size) * size]])
    ((lon, lat),) = to_degrees(corner)
    metre = METRE / np.cos(np.radians(lat))
    lay(building("角楼", (lon + 40 * metre, lat + 40 * METRE), side=18))
    found = beside(lon - 5 * metre, lat - 5 * METRE)
    assert found is not None
    assert (found.relation, found.names, found.towards) == (Relation.NEAR, ("角楼",), 5)


def test_an_entrance_close_by_is_offered_to_the_metre(city: dict) -> None:
    lon, lat = centre(0)
    metre = METRE / np.cos(np.radians(lat))
    door = (lon + 100 * metre, lat)
    lay(NewFeature(Layer.ENTRANCE, "gate", shapely.Point(*door), "东门"))
    found = Surroundings(door[0] + 20 * metre, lat).door()
    assert found is not None
    assert (found.name, found.lon, found.lat) == (
        "竹苑家园东门",
        pytest.approx(door[0], abs=1e-7),
        pytest.approx(lat, abs=1e-7),
    )
    assert found.metres == pytest.approx(20, abs=0.3)
    assert Surroundings(door[0] + 40 * metre, lat).door() is None
    told = Client().get("/map/place", {"lon": door[0] + 20 * metre, "lat": lat}).json()
    assert told["door"]["words"].endswith("竹苑家园东门")
    assert "door" not in Client().get("/map/place", {"lon": door[0], "lat": lat}).json()
