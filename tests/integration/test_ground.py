"""The ground: laid by source, drawn in tiles, found by name, and told from a point."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gezhi.contexts.ground.domain.layers import RULES, Layer, Shape
from gezhi.contexts.ground.models import GroundFeature, GroundSource
from gezhi.contexts.ground.queries import (
    Beside,
    Relation,
    beside,
    ground_version,
    licences,
    named_things,
)
from gezhi.contexts.ground.use_cases import NewFeature, clear_ground
from gezhi.kernel import clock
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.kernel.mercator import Tile, to_square
from gezhi.platform.audit.models import AuditRecord
from tests.factories.areas import CELL, centre
from tests.factories.cases import SYSTEM
from tests.factories.ground import METRE, building, city_with_a_compound, lay, road, tile_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> dict:
    return city_with_a_compound()


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
