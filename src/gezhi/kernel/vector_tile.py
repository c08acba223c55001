"""Mapbox Vector Tiles 2.1: shapes and their properties as the bytes of a tile.

Source: the Vector Tile Specification 2.1 (mapbox/vector-tile-spec), sections 4.1–4.4. A tile is cut on request and may cost
15 ms, so all points of a layer are encoded at once by numpy; a library that goes point by point takes three to six times as long
where there is much to draw (``benchmarks tiles``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

EXTENT = 4096
_MOVE, _CLOSE = 9, 15
_Ints = npt.NDArray[np.int64]
Properties = tuple[tuple[str, str], ...]


class Form(IntEnum):
    """What the shapes of a layer are, as the specification numbers it."""

    POINT = 1
    LINE = 2
    POLYGON = 3


@dataclass(frozen=True, slots=True)
class TileLayer:
    """A layer: shapes of one form (an array of shapely geometries, single or multiple), their ids and properties.

    ``origin`` and ``scale`` bring a coordinate into the tile: ``(coordinate - origin) * scale`` is 0 … ``EXTENT`` in it, y to
    the south.
    """

    name: str
    form: Form
    shapes: npt.NDArray[Any]
    ids: Sequence[int]
    properties: Sequence[Properties]
    origin: tuple[float, float]
    scale: float


def encode(layers: Sequence[TileLayer]) -> bytes:
    """The tile of these layers; a layer without shapes is left out, and so is a shape that is nothing at this scale.

    Raises ``ValueError`` for a shape that is not of its layer's form.
    """
    return b"".join(_field(3, body) for layer in layers if (body := _layer(layer)))


def _layer(layer: TileLayer) -> bytes:
    if not len(layer.shapes):
        return b""
    geometries = _GEOMETRIES[layer.form](layer)
    keys: dict[str, int] = {}
    values: dict[str, int] = {}
    features = []
    # What is told of many is told in the same words: the tags of each set of words are made once.
    tags: dict[Properties, bytes] = {}
    form = b"\x18" + _varint(layer.form)
    for geometry, number, properties in zip(geometries, layer.ids, layer.properties, strict=True):
        if not geometry:
            continue
        told = tags.get(properties)
        if told is None:
            pairs = [
                _varint(keys.setdefault(key, len(keys))) + _varint(values.setdefault(value, len(values)))
                for key, value in properties
            ]
            told = tags[properties] = _field(2, b"".join(pairs)) + form
        features.append(_field(2, b"\x08" + _varint(number) + told + _field(4, geometry)))
    if not features:
        return b""
    return b"".join(
        [
            _field(1, layer.name.encode()),
            *features,
            *(_field(3, key.encode()) for key in keys),
            *(_field(4, _field(1, value.encode())) for value in values),
            b"\x28" + _varint(EXTENT),
            b"\x78\x02",
        ]
    )


def _made(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


# Lengths and places are small: most numbers of a tile are looked up.
_SMALL = tuple(map(_made, range(4_096)))


def _varint(number: int) -> bytes:
    return _SMALL[number] if number < len(_SMALL) else _made(number)


def _field(number: int, body: bytes) -> bytes:
    """A field of bytes, with its length before it."""
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _placed(layer: TileLayer, coordinates: npt.NDArray[np.float64]) -> _Ints:
    return np.rint((coordinates[:, :2] - layer.origin) * layer.scale).astype(np.int64)


def _points(layer: TileLayer) -> list[bytes]:
    coordinates, owner = shapely.get_coordinates(layer.shapes, return_index=True)
    points = _placed(layer, coordinates)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    counts = np.diff(np.append(first, len(owner)))
    # A command for all points of a shape, then each as a step from the one before.
    out = np.empty(len(first) + 2 * len(points), np.int64)
    starts = np.cumsum(2 * counts + 1) - (2 * counts + 1)
    out[starts] = counts << 3 | 1
    places = np.arange(len(points)) * 2 + np.repeat(np.arange(len(first)) + 1, counts)
    steps = _zigzag(_steps(points, owner))
    out[places], out[places + 1] = steps[:, 0], steps[:, 1]
    return _by_shape(out, owner[first], starts, len(layer.shapes))


def _lines(layer: TileLayer) -> list[bytes]:
    parts, owner = shapely.get_parts(layer.shapes, return_index=True)
    return _paths(layer, parts, owner, closed=False)


def _polygons(layer: TileLayer) -> list[bytes]:
    layer = replace(layer, shapes=_on_grid(layer), origin=(0.0, 0.0), scale=1.0)
    parts, owner = shapely.get_parts(layer.shapes, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    if not len(rings):
        return [b""] * len(layer.shapes)
    outer = np.diff(of_part, prepend=-1) != 0
    return _paths(layer, rings, owner[of_part], closed=True, outer=outer, part=of_part)


def _on_grid(layer: TileLayer) -> npt.NDArray[Any]:
    """The areas of a layer on the tile's whole numbers: valid there too (section 4.3.4.4), which plain rounding does not keep.

    Raises ``ValueError`` for a shape that is no area.
    """
    if not np.isin(shapely.get_type_id(layer.shapes), (3, 6)).all():
        raise ValueError(f"{layer.name}: not all shapes are areas")

    def placed(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return (points - layer.origin) * layer.scale

    found: npt.NDArray[Any] = shapely.transform(layer.shapes, lambda points: np.rint(placed(points)))
    west, north, east, south = shapely.bounds(found).T
    nothing = ~((east > west) & (south > north))
    found[nothing] = shapely.MultiPolygon()
    broken = np.flatnonzero(~(nothing | shapely.is_valid(found)))
    if len(broken):
        there = shapely.transform(layer.shapes[broken], placed)
        # Most were broken by the rounding alone.
        before = ~shapely.is_valid(there)
        there[before] = shapely.make_valid(there[before], method="structure")
        mended = shapely.set_precision(there, 1.0)
        parts, owner = shapely.get_parts(mended, return_index=True)
        areas = shapely.get_type_id(parts) == 3
        found[broken] = shapely.multipolygons(parts[areas], indices=owner[areas], out=_nothing(len(broken)))
    return found


def _nothing(count: int) -> npt.NDArray[Any]:
    return np.full(count, shapely.MultiPolygon(), dtype=object)


def _paths(
    layer: TileLayer,
    parts: npt.NDArray[Any],
    owner: _Ints,
    *,
    closed: bool,
    outer: npt.NDArray[np.bool_] | None = None,
    part: _Ints | None = None,
) -> list[bytes]:
    """Lines, or rings: ``outer`` of each ring says whether it is an outer one, ``part`` of which polygon it is."""
    coordinates, path = shapely.get_coordinates(parts, return_index=True)
    points = _placed(layer, coordinates)
    # What falls on the point before it, or closes a ring, says nothing.
    same = np.zeros(len(points), bool)
    same[1:] = (path[1:] == path[:-1]) & (points[1:] == points[:-1]).all(axis=1)
    points, path = points[~same], path[~same]
    counts = np.bincount(path, minlength=len(parts))
    starts = np.cumsum(counts) - counts
    if closed:
        ends = starts + counts - 1
        back = (counts > 1) & (
            points[np.minimum(ends, len(points) - 1)] == points[np.minimum(starts, len(points) - 1)]
        ).all(axis=1)
        keep = np.ones(len(points), bool)
        keep[ends[back]] = False
        points, path = points[keep], path[keep]
        counts = np.bincount(path, minlength=len(parts))
        starts = np.cumsum(counts) - counts
    good = counts >= (3 if closed else 2)
    turn = np.zeros(len(parts), bool)
    if outer is not None and part is not None:
        area = _areas(points, path, counts, starts)
        good &= area != 0
        # A polygon is nothing without its outer ring, which turns clockwise on the screen; holes turn the other way.
        good &= np.isin(part, part[outer & good])
        turn = np.where(outer, area < 0, area > 0)
    kept = good[path]
    points, path = points[kept], path[kept]
    if not len(points):
        return [b""] * len(layer.shapes)
    used = np.flatnonzero(good)
    counts = counts[used]
    starts = np.cumsum(counts) - counts
    within = np.arange(len(points)) - np.repeat(starts, counts)
    turned = np.repeat(turn[used], counts)
    order = np.repeat(starts, counts) + np.where(turned, np.repeat(counts, counts) - 1 - within, within)
    points = points[order]
    steps = _zigzag(_steps(points, owner[path]))
    lengths = 2 * counts + (3 if closed else 2)
    begins = np.cumsum(lengths) - lengths
    out = np.empty(int(lengths.sum()), np.int64)
    out[begins] = _MOVE
    out[begins + 3] = (counts - 1) << 3 | 2
    if closed:
        out[begins + lengths - 1] = _CLOSE
    places = np.repeat(begins, counts) + 1 + 2 * within + (within > 0)
    out[places], out[places + 1] = steps[:, 0], steps[:, 1]
    return _by_shape(out, owner[used], begins, len(layer.shapes))


def _areas(points: _Ints, path: _Ints, counts: _Ints, starts: _Ints) -> _Ints:
    """Twice the signed area of each ring (given without its closing point): positive where it turns clockwise on the screen."""
    follows = np.arange(1, len(points) + 1)
    last = (starts + counts - 1)[counts > 0]
    follows[last] = starts[counts > 0]
    cross = points[:, 0] * points[follows, 1] - points[follows, 0] * points[:, 1]
    return np.bincount(path, weights=cross, minlength=len(counts)).astype(np.int64)


def _steps(points: _Ints, owner: _Ints) -> _Ints:
    """Each point as a step from the one before it in the same shape; the first from the tile's corner."""
    steps = points.copy()
    same = owner[1:] == owner[:-1]
    steps[1:][same] -= points[:-1][same]
    return steps


def _zigzag(numbers: _Ints) -> _Ints:
    return numbers << 1 ^ numbers >> 63


def _by_shape(numbers: _Ints, owner: _Ints, begins: _Ints, count: int) -> list[bytes]:
    """The numbers as bytes, apart by shape. ``owner`` and ``begins`` tell of each run of numbers whose it is and where."""
    sizes = np.ones(len(numbers), np.int64)
    for limit in (1 << 7, 1 << 14, 1 << 21, 1 << 28):
        sizes += numbers >= limit
    at = np.cumsum(sizes) - sizes
    out = np.empty(int(sizes.sum()), np.uint8)
    for place in range(5):
        has = sizes > place
        rest = numbers[has] >> (7 * place) & 127
        out[at[has] + place] = rest | np.where(sizes[has] > place + 1, 128, 0)
    encoded = out.tobytes()
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    bounds = [*at[begins[first]].tolist(), len(encoded)]
    found = [b""] * count
    for place, shape in enumerate(owner[first].tolist()):
        found[shape] = encoded[bounds[place] : bounds[place + 1]]
    return found


_GEOMETRIES = {Form.POINT: _points, Form.LINE: _lines, Form.POLYGON: _polygons}
