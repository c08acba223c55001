"""Our tiles, read by another program."""

from __future__ import annotations

import math
import random

import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from gezhi.kernel.mercator import Tile, to_square
from gezhi.kernel.vector_tile import EXTENT, Form, TileLayer, encode

SCALE = float(EXTENT)


def layer(form: Form, shapes: list, **changes) -> TileLayer:
    array = np.empty(len(shapes), object)
    array[:] = shapes
    given = {
        "name": "places",
        "ids": list(range(1, len(shapes) + 1)),
        "properties": [(("name", f"第 {number} 网格"), ("class", "a")) for number in range(len(shapes))],
        "origin": (0.0, 0.0),
        "scale": SCALE,
    }
    return TileLayer(form=form, shapes=array, **{**given, **changes})


def read(*layers: TileLayer) -> dict:
    return mapbox_vector_tile.decode(encode(layers), default_options={"y_coord_down": True})


def star(chance: random.Random, x: float, y: float, size: float) -> shapely.Polygon:
    angles = sorted(chance.uniform(0, 2 * np.pi) for _ in range(chance.randrange(3, 40)))
    points = [
        (x + size * chance.uniform(0.4, 1) * np.cos(a), y + size * chance.uniform(0.4, 1) * np.sin(a)) for a in angles
    ]
    found = shapely.make_valid(shapely.Polygon(points))
    polygons = [part for part in shapely.get_parts(found) if part.geom_type == "Polygon"]
    return max(polygons, key=lambda part: part.area, default=shapely.box(x, y, x + size, y + size))


def polygons(chance: random.Random) -> list:
    found = []
    for _ in range(30):
        shape = star(chance, chance.random(), chance.random(), 0.2)
        hole = star(chance, *shape.representative_point().coords[0], 0.02)
        shape = shape.difference(hole) if chance.random() < 0.5 else shape
        if chance.random() < 0.3:
            shape = shape.union(shapely.box(3, 3, 3.1, 3.1))
        # As a ring may come: in either direction.
        found.append(shapely.reverse(shape) if chance.random() < 0.5 else shape)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_polygons_come_back_with_their_holes_and_parts(seed: int) -> None:
    shapes = polygons(random.Random(seed))  # noqa: S311
    features = read(layer(Form.POLYGON, shapes))["places"]["features"]
    assert [feature["id"] for feature in features] == list(range(1, 31))
    for feature, shape in zip(features, shapes, strict=True):
        found = shapely.geometry.shape(feature["geometry"])
        wanted = shapely.affinity.scale(shape, SCALE, SCALE, origin=(0, 0))
        # Rounding moves a border by 0.71 of a unit at most.
        assert found.is_valid
        assert found.symmetric_difference(wanted).area <= 1.5 * wanted.length
        # A hole that comes to lie on its border is none any more.
        if shapely.transform(wanted, np.rint).is_valid:
            assert sum(len(part.interiors) for part in shapely.get_parts(found)) == sum(
                len(part.interiors) for part in shapely.get_parts(wanted)
            )
        outer = shapely.get_parts(found)[0].exterior
        # Clockwise on a screen, whose y goes down.
        assert shapely.is_ccw(outer)


@pytest.mark.parametrize("seed", range(12))
def test_what_rounding_or_clipping_breaks_is_valid_in_the_tile(seed: int) -> None:
    """Narrow necks, spikes and combs: a fortieth of a unit up to some units wide."""
    chance = random.Random(seed)  # noqa: S311
    shapes = []
    for _ in range(40):
        x, y, width = chance.random(), chance.random(), chance.choice((0.025, 0.4, 1, 3)) / EXTENT
        teeth = [
            shapely.box(x + 2 * n * width, y, x + (2 * n + 1) * width, y + chance.random() * 0.05) for n in range(9)
        ]
        comb = shapely.union_all([*teeth, shapely.box(x, y - width, x + 18 * width, y)])
        turned = shapely.affinity.rotate(comb, chance.uniform(0, 360))
        shapes.append(shapely.clip_by_rect(turned, x - 1, y, x + 1, y + 1) if chance.random() < 0.5 else turned)
    shapes = [shape for shape in shapes if shape.geom_type in {"Polygon", "MultiPolygon"} and not shape.is_empty]
    features = read(layer(Form.POLYGON, shapes)).get("places", {"features": []})["features"]
    assert features
    for feature in features:
        found = shapely.geometry.shape(feature["geometry"])
        wanted = shapely.affinity.scale(shapes[feature["id"] - 1], SCALE, SCALE, origin=(0, 0))
        assert found.is_valid
        assert found.symmetric_difference(shapely.make_valid(wanted)).area <= 1.5 * wanted.length
        assert all(shapely.is_ccw(part.exterior) for part in shapely.get_parts(found))


@pytest.mark.parametrize("seed", range(4))
def test_lines_and_points_come_back(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    lines = [
        shapely.MultiLineString(
            [[(chance.uniform(-1, 2), chance.random()) for _ in range(chance.randrange(2, 9))] for _ in range(parts)]
        )
        for parts in (1, 2, 3, 1, 5)
    ]
    points = [
        shapely.Point(chance.random(), chance.random()),
        shapely.MultiPoint([(0.5, 0.25), (0.25, 0.5)]),
        shapely.Point(-3, 700),
    ]
    found = read(layer(Form.LINE, lines), layer(Form.POINT, points, name="names"))
    for feature, line in zip(found["places"]["features"], lines, strict=True):
        shape = shapely.geometry.shape(feature["geometry"])
        got = [np.array(part.coords) for part in shapely.get_parts(shape)]
        wanted = [np.rint(np.array(part.coords) * SCALE) for part in line.geoms]
        assert all(np.array_equal(one, two) for one, two in zip(got, wanted, strict=True))
    for feature, point in zip(found["names"]["features"], points, strict=True):
        got = shapely.get_coordinates(shapely.geometry.shape(feature["geometry"]))
        assert np.array_equal(got, np.rint(shapely.get_coordinates(point) * SCALE))


def test_properties_and_ids_come_back_and_empty_ones_are_left_out() -> None:
    square = shapely.box(0.1, 0.1, 0.2, 0.2)
    speck = shapely.box(0.5, 0.5, 0.50001, 0.50001)
    found = read(
        layer(Form.POLYGON, [square, speck, shapely.Polygon()], ids=[7, 8, 9], properties=[(("name", "檀溪"),), (), ()])
    )
    assert [(one["id"], one["properties"]) for one in found["places"]["features"]] == [(7, {"name": "檀溪"})]
    assert found["places"]["extent"] == EXTENT
    assert encode([layer(Form.POLYGON, [speck])]) == encode([]) == b""


def test_a_place_lies_where_other_programs_put_it() -> None:
    # By the other formula in use, that of OpenStreetMap's wiki.
    lon, lat = 112.12, 32.01
    tall = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    x, y = to_square(np.array([[lon, lat]]))[0]
    west, north, east, south = Tile(13, int(x * 8192), int(y * 8192)).box(0)
    assert west <= x < east
    assert north <= y < south
    assert (x, y) == pytest.approx(((lon + 180) / 360, tall), abs=1e-12)
    assert not Tile(3, 8, 0).exists
    assert not Tile(-1, 0, 0).exists
    assert Tile(30, 0, 0).exists
    assert not Tile(10**30, 0, 0).exists
