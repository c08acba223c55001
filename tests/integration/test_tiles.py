"""The tiles of the city's ground, read by another program."""

from __future__ import annotations

import gzip

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from django.test import Client

from gezhi.contexts.areas.models import Compound
from gezhi.contexts.ground import queries as ground
from gezhi.kernel.mercator import Tile, to_square
from tests.factories.areas import CELL, SOUTH, WEST, centre, make_small_city
from tests.factories.ground import lay, road

pytestmark = pytest.mark.django_db
LEVELS = ("district", "street", "community", "grid")


def tile_at(lon: float, lat: float, zoom: int) -> Tile:
    x, y = to_square(np.array([[lon, lat]]))[0]
    return Tile(zoom, int(x * (1 << zoom)), int(y * (1 << zoom)))


def read(tile: Tile) -> dict:
    found = ground.cut_tile(tile)
    assert found is not None
    return mapbox_vector_tile.decode(gzip.decompress(found.packed), default_options={"y_coord_down": True})


def names(layer: dict) -> set[str]:
    return {feature["properties"]["name"] for feature in layer["features"]}


@pytest.fixture
def city() -> dict:
    found = make_small_city()
    lay(road("檀溪路", "arterial", centre(0), centre(3)), road("后巷", "local", centre(0), centre(1)))
    lon, lat = centre(0)
    Compound.objects.create(
        code="X1", name="竹苑家园", households=10, governance="none", lon=lon, lat=lat,
        community=found["420602001001"], grid=found["420602001001001"],
        geometry=shapely.Point(lon, lat).buffer(CELL / 9),
    )  # fmt: skip
    return found


@pytest.mark.parametrize(("zoom", "levels"), [(6, 1), (9, 2), (11, 3), (13, 4), (16, 4)])
def test_a_zoom_shows_its_levels_and_roads(city: dict, zoom: int, levels: int) -> None:
    found = read(tile_at(*centre(0), zoom))
    assert [level for level in LEVELS if level in found] == list(LEVELS[:levels])
    assert ("compound" in found, "compound_name" in found) == (zoom >= 14, zoom >= 14)
    shown = names(found["road"]) if "road" in found else set()
    assert ("檀溪路" in shown, "后巷" in shown) == (zoom >= 8, zoom >= 12)


def test_a_border_lies_where_the_area_ends(city: dict) -> None:
    tile = tile_at(*centre(0), 13)
    grids = {one["id"]: shapely.geometry.shape(one["geometry"]) for one in read(tile)["grid"]["features"]}
    area = grids[city["420602001001001"].pk]
    corner = to_square(np.array([[WEST + CELL, SOUTH + CELL]]))[0]
    x, y = (corner - (tile.x * tile.size, tile.y * tile.size)) / tile.size * 4096
    assert area.intersects(shapely.Point(x - 3, y + 3))
    assert not area.intersects(shapely.box(x + 2, y - 400, x + 400, y + 400))


def test_each_name_stands_once_over_all_tiles(city: dict) -> None:
    west, north, east, south = (WEST, SOUTH + 1.2 * CELL, WEST + 4.2 * CELL, SOUTH - 0.2 * CELL)
    first, last = tile_at(west, north, 16), tile_at(east, south, 16)
    written = [
        name
        for x in range(first.x - 1, last.x + 2)
        for y in range(first.y - 1, last.y + 2)
        if (found := ground.cut_tile(Tile(16, x, y))) and found.packed
        for name in sorted(names(read(Tile(16, x, y)).get("grid_name", {"features": []})))
    ]
    assert len(written) == len(set(written)) == 4


def test_tiles_are_kept_for_good_under_the_version_of_their_data(city: dict, client: Client) -> None:
    told = client.get("/map/tiles.json")
    document = told.json()
    assert document["bounds"] == pytest.approx([WEST, SOUTH, WEST + 4 * CELL, SOUTH + CELL])
    assert "no-cache" in told.headers["Cache-Control"]
    tile = tile_at(*centre(0), 13)
    address = document["tiles"][0].format(z=tile.zoom, x=tile.x, y=tile.y)
    first = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert {"immutable", "public"} <= set(first.headers["Cache-Control"].split(", "))
    assert gzip.decompress(first.content) == client.get(address).content
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_new_data_have_another_version_and_old_addresses_are_not_kept(city: dict, client: Client) -> None:
    tile = tile_at(*centre(0), 13)
    before = client.get("/map/tiles.json").json()["tiles"][0].format(z=tile.zoom, x=tile.x, y=tile.y)
    lay(road("新路", "arterial", centre(1), centre(2)), code="new")
    after = client.get("/map/tiles.json").json()["tiles"][0].format(z=tile.zoom, x=tile.x, y=tile.y)
    assert before != after
    old = client.get(before)
    assert "新路" in names(mapbox_vector_tile.decode(old.content)["road"])
    assert old.headers["Cache-Control"] == "max-age=60, public"


@pytest.mark.parametrize("address", ["17/0/0", "3/8/0", "3/0/8"])
def test_a_tile_that_cannot_be_is_not_found(city: dict, client: Client, address: str) -> None:
    assert client.get(f"/map/tiles/x/{address}.mvt").status_code == 404


def test_where_nothing_is_a_tile_is_empty(city: dict, client: Client) -> None:
    answer = client.get("/map/tiles/x/13/0/0.mvt")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_city_without_areas_has_no_bounds_and_empty_tiles(client: Client) -> None:
    document = client.get("/map/tiles.json").json()
    assert "bounds" not in document
    assert client.get(document["tiles"][0].format(z=3, x=1, y=2)).status_code == 204
