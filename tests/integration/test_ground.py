"""The ground: laid by source, drawn in tiles, found by name, and told from a point."""

from __future__ import annotations

import gzip

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils.translation import override

from gezhi.contexts.areas.models import Compound
from gezhi.contexts.ground.domain.layers import RULES, Layer, Shape
from gezhi.contexts.ground.models import GroundFeature, GroundSource
from gezhi.contexts.ground.queries import (
    Beside,
    Relation,
    Surroundings,
    beside,
    cut_tile,
    ground_version,
    licences,
    named_things,
)
from gezhi.contexts.ground.use_cases import NewFeature, clear_ground
from gezhi.interfaces.web.views.maps import beside_words
from gezhi.kernel import clock
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.kernel.mercator import Tile, to_degrees, to_square
from gezhi.platform.audit.models import AuditRecord
from tests.factories.areas import CELL, centre, make_small_city
from tests.factories.cases import SYSTEM
from tests.factories.ground import lay, road

pytestmark = pytest.mark.django_db
METRE = 1 / 111_320


def building(name: str, at: tuple[float, float], side: float = 20.0, **more: str) -> NewFeature:
    lon, lat = at
    half = side / 2 * METRE
    return NewFeature(
        Layer.BUILDING, "residential", shapely.box(lon - half, lat - half, lon + half, lat + half), name, **more
    )


def tile_at(at: tuple[float, float], zoom: int) -> dict:
    x, y = to_square(np.array([at]))[0]
    found = cut_tile(Tile(zoom, int(x * (1 << zoom)), int(y * (1 << zoom))))
    assert found is not None
    return mapbox_vector_tile.decode(gzip.decompress(found.packed)) if found.packed else {}


@pytest.fixture
def city() -> dict:
    found = make_small_city()
    lon, lat = centre(0)
    Compound.objects.create(
        code="X1", name="竹苑家园", households=10, governance="none", lon=lon, lat=lat,
        community=found["420602001001"], grid=found["420602001001001"],
        geometry=shapely.Point(lon, lat).buffer(150 * METRE),
    )  # fmt: skip
    return found


def test_a_source_is_laid_in_place_of_itself_and_of_no_other(city: dict) -> None:
    assert lay(road("甲路", "local", centre(0), centre(1)), code="one", licence="© 某测绘院") == 1
    assert lay(road("乙路", "local", centre(0), centre(1)), code="two") == 1
    version = ground_version()
    assert (
        lay(road("丙路", "local", centre(0), centre(1)), road("丁路", "local", centre(0), centre(2)), code="one") == 2
    )
    assert sorted(GroundFeature.objects.values_list("name", flat=True)) == ["丁路", "丙路", "乙路"]
    assert ground_version() != version
    assert [(one.code, one.features, one.licence) for one in licences()] == [("one", 2, ""), ("two", 1, "")]
    assert clear_ground(actor=SYSTEM, code="one", now=clock.now()) == 2
    assert list(GroundFeature.objects.values_list("name", flat=True)) == ["乙路"]
    with pytest.raises(NotFound):
        clear_ground(actor=SYSTEM, code="one", now=clock.now())
    told = AuditRecord.objects.filter(object_type="ground").order_by("pk").values_list("action", "object_id")
    assert list(told)[-2:] == [("ground.laid", "one"), ("ground.cleared", "one")]


@pytest.mark.parametrize(
    ("feature", "code"),
    [
        (NewFeature(Layer.ROAD, "boulevard", shapely.LineString([(112, 32), (112.1, 32)])), "ground_kind_unknown"),
        (NewFeature(Layer.ROAD, "local", shapely.Point(112, 32)), "ground_wrong_shape"),
        (NewFeature(Layer.BUILDING, "other", shapely.Polygon()), "ground_wrong_shape"),
        (NewFeature(Layer.LANDMARK, "school", shapely.Point(700_000, 32)), "ground_outside_world"),
        (NewFeature(Layer.LANDMARK, "school", shapely.Point(112, 91)), "ground_outside_world"),
    ],
)
def test_what_cannot_be_laid_is_named_and_nothing_is_changed(city: dict, feature: NewFeature, code: str) -> None:
    lay(road("甲路", "local", centre(0), centre(1)))
    with pytest.raises(InvalidInput) as refused:
        lay(road("乙路", "local", centre(0), centre(1)), feature)
    assert refused.value.code == code
    assert "feature 2" in str(refused.value)
    assert list(GroundFeature.objects.values_list("name", flat=True)) == ["甲路"]
    assert GroundSource.objects.get().features == 1


def test_long_texts_are_cut_and_names_that_have_no_room_left_out(city: dict) -> None:
    more = {"also": ("甲" * 200, "乙\n乙", "丙" * 150), "ref": "way/1"}
    lay(road("路" * 200 + "\0", "local", centre(0), centre(1), **more))
    found = GroundFeature.objects.get()
    assert (len(found.name), found.also) == (100, "甲" * 200 + "\n乙 乙")


def test_every_layer_is_drawn_from_the_zoom_of_its_kind(city: dict) -> None:
    lon, lat = centre(1)
    shapes = {
        Shape.POINT: shapely.Point(lon, lat),
        Shape.LINE: shapely.LineString([(lon, lat), (lon + CELL / 3, lat)]),
        Shape.AREA: shapely.box(lon, lat, lon + CELL / 3, lat + CELL / 3),
    }
    kinds = [(layer, kind) for layer, rules in RULES.items() for kind in rules.kinds]
    lay(*(NewFeature(layer, kind, shapes[RULES[layer].shape], kind) for layer, kind in kinds))
    # From here on what is 31 m long is more than a dot.
    for zoom in range(10, 17):
        found = tile_at((lon + 1e-6, lat + 1e-6), zoom)
        drawn = {
            (layer, one["properties"]["class"]) for layer in Layer if layer in found for one in found[layer]["features"]
        }
        earliest = {(layer, kind) for layer, kind in kinds if RULES[layer].kinds[kind] <= zoom}
        assert drawn <= earliest
        # A third of a cell is 31 m wide, 1/64 of a tile of zoom 14.2.
        assert {one for one in earliest if RULES[one[0]].shape is not Shape.AREA or zoom >= 15} <= drawn


def test_a_building_has_its_name_and_number_written_close_by(city: dict) -> None:
    lay(
        building("8栋", centre(0)), building("", centre(3), street="檀溪路", house_number="12"), building("", centre(0))
    )
    assert "building" in tile_at(centre(0), 15)
    assert "building_name" not in tile_at(centre(0), 15)
    features = [one for at in (centre(0), centre(3)) for one in tile_at(at, 16)["building_name"]["features"]]
    written = {tuple(one["properties"].items()) for one in features}
    kind = ("class", "residential")
    assert written == {(kind, ("name", "8栋")), (kind, ("number", "12"), ("street", "檀溪路"))}


def test_a_house_without_a_name_is_told_by_its_address(city: dict) -> None:
    lay(building("", centre(3), street="檀溪路", house_number="12"))
    assert beside(*centre(3)) == Beside(Relation.IN, ("檀溪路12号",))


def test_a_road_along_the_edge_is_drawn_in_both_tiles(city: dict) -> None:
    tile = Tile(16, *(int(part * (1 << 16)) for part in to_square(np.array([centre(0)]))[0]))
    west = tile.x * tile.size * 360 - 180
    at = (west + 3 * METRE, centre(0)[1])
    lay(road("边路", "local", at, (at[0], at[1] + 10 * METRE)))
    assert "road" in tile_at(at, 16)
    assert "road" in tile_at((west - 3 * METRE, at[1]), 16)


def test_what_has_a_name_is_found_under_all_of_them(city: dict) -> None:
    lon, lat = centre(0)
    lay(
        building("8栋", (lon, lat)),
        building("", (lon + 60 * METRE, lat), house_number="9"),
        building("", centre(2), street="Mannerheimintie", house_number="3"),
        building("博物馆", centre(2), street="檀溪路", house_number="12号", name_en="Museum", also=("老馆",)),
        building("", centre(2)),
        NewFeature(Layer.ENTRANCE, "gate", shapely.Point(lon + 100 * METRE, lat), "东门"),
        NewFeature(Layer.LANDMARK, "school", shapely.Point(*centre(3)), "第五中学"),
        NewFeature(Layer.GREEN, "park", shapely.Point(*centre(3)).buffer(1e-3), "檀溪公园"),
    )
    found = {(thing.kind, thing.names) for thing in named_things()}
    assert found == {
        ("building", ("竹苑家园8栋",)),
        ("building", ("竹苑家园9",)),
        ("address", ("Mannerheimintie 3",)),
        ("building", ("博物馆", "檀溪路12号", "Museum", "老馆")),
        ("entrance", ("竹苑家园东门",)),
        ("school", ("第五中学",)),
        ("park", ("檀溪公园",)),
    }
    assert all(thing.area_id for thing in named_things())


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


@pytest.mark.django_db(transaction=True)
def test_the_roads_of_before_become_ground() -> None:
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate([("areas", "0002_postgis_columns"), ("ground", "0001_initial")])
        old = executor.loader.project_state([("areas", "0002_postgis_columns")]).apps.get_model("areas", "Road")
        line = shapely.LineString([(112.0, 32.0), (112.1, 32.0)])
        old.objects.create(name="汉江", road_class="river", geometry=line)
        old.objects.create(name="檀溪路", road_class="local", geometry=line)
        MigrationExecutor(connection).migrate(leaves)
        assert sorted(GroundFeature.objects.values_list("layer", "kind", "name", "from_zoom")) == [
            ("road", "local", "檀溪路", 12),
            ("waterway", "river", "汉江", 0),
        ]
        assert shapely.from_wkb(bytes(GroundFeature.objects.first().geometry)) == line
        assert GroundSource.objects.get().features == 2
    finally:
        MigrationExecutor(connection).migrate(leaves)
