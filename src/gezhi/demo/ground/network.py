"""The streets of the towns as a network: every street begins and ends at another, and the blocks lie between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

from gezhi.demo.borders import common_borders
from gezhi.demo.ground.figures import (
    Floats,
    Ints,
    Shapes,
    lines_of,
    polygons_of,
    shapes_of,
    touched,
    turned_shapes,
    widths_of,
    without_corners,
    xy,
)
from gezhi.demo.ground.town import Town

# From street to street of a town's pattern, east to west and north to south, and how far each is off its place.
_EAST_M, _NORTH_M, _JITTER_M = 290.0, 215.0, 24.0
# Every so many streets of the pattern are wide, in a town of some size.
_WIDE_EVERY, _WIDE_TOWN_M2 = 5, 1.5e6
# A street of the pattern that keeps so near to a wider one is left out, and one that makes blocks no larger than this.
_BESIDE_M, _SMALLEST_BLOCK_M2, _THINNEST_M = 40.0, 4_000.0, 30.0
# Streets along borders are drawn so much simpler than these, and reach so far for the next one.
_SMOOTHING_M, _REACH_M, _STUB_M = 75.0, 130.0, 150.0
# Nodes are equal to the centimetre.
_GRID_M = 0.01
_TURN = np.radians(11.0)
RANK = {"arterial": 0, "collector": 1, "local": 2}


@dataclass
class Ways:
    """Lines that streets are made of: each a street of its own unless cut to pieces. ``keys`` group by the county."""

    lines: list[shapely.Geometry] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    counties: list[str] = field(default_factory=list)
    ring: list[str] = field(default_factory=list)

    def add(self, lines: Shapes, kind: str, county: str, *, ring: str = "") -> None:
        self.lines += lines.tolist()
        self.kinds += [kind] * len(lines)
        self.counties += [county] * len(lines)
        self.ring += [ring] * len(lines)


@dataclass(frozen=True, slots=True)
class Network:
    """Streets in metres: ``edges`` from node to node, ``way`` the street each belongs to; ``faces``: the blocks."""

    edges: Shapes
    way: Ints
    kinds: list[str]
    counties: list[str]
    ring: list[str]
    faces: Shapes
    turns: dict[str, float]


def plan_network(
    town: Town, grid_codes: Sequence[str], sites: Shapes, seats: dict[str, Floats], rng: Generator
) -> Network:
    """The network of all towns. ``grid_codes`` and ``sites`` are those of the urban grids; ``seats`` by county."""
    ways = Ways()
    turns = {county: float(rng.uniform(-_TURN, _TURN)) for county in sorted(seats)}
    _along_borders(ways, town, grid_codes, sites)
    majors = len(ways.lines)
    rivers = shapely.STRtree(town.banks)
    for part, county in zip(town.parts, town.parts_county, strict=True):
        kind = "collector" if part.area > _WIDE_TOWN_M2 else "local"
        rim = shapely.boundary(part)
        wet = shapely.buffer(shapely.union_all(town.banks[rivers.query(rim, predicate="intersects")]), 2.0)
        ways.add(lines_of(shapely.line_merge(shapely.intersection(rim, wet))), kind, county, ring="bank")
        ways.add(lines_of(shapely.line_merge(shapely.difference(rim, wet))), kind, county, ring="edge")
    _reach_out(ways, majors)
    wide = len(ways.lines)
    for part, county in zip(town.parts, town.parts_county, strict=True):
        _pattern(ways, part, county, turn=turns[county], seat=seats[county], rng=rng)
    return _noded(ways, wide, town, turns)


def _along_borders(ways: Ways, town: Town, codes: Sequence[str], sites: Shapes) -> None:
    """Arterials between streets (the offices'), collectors between communities."""
    pairs: dict[tuple[str, str], list[shapely.Geometry]] = {}
    named = {f"{code}{position:05d}": shape for position, (code, shape) in enumerate(zip(codes, sites, strict=True))}
    for a, b, line in common_borders(named, at_least=1.0):
        if a[:12] != b[:12]:
            digits = 9 if a[:9] != b[:9] else 12
            pairs.setdefault((a[:digits], b[:digits]), []).append(line)
    tree = shapely.STRtree(town.parts)
    for (a, _), lines in pairs.items():
        kind = "arterial" if len(a) == 9 else "collector"
        merged = lines_of(shapely.line_merge(shapely.union_all(lines)))
        line, part = tree.query(merged, predicate="intersects")
        inside = lines_of(shapely.intersection(merged[line], town.parts[part]))
        inside = inside[shapely.length(inside) > 40.0]
        smooth = shapes_of(without_corners(one, _SMOOTHING_M) for one in inside)
        ways.add(smooth, kind, a[:6])


def _reach_out(ways: Ways, count: int) -> None:
    """Let the first ``count`` ways, whose ends were moved off each other, end on the next way."""
    lines = shapes_of(ways.lines)
    tree = shapely.STRtree(lines)
    for end in (0, -1):
        points = shapely.get_point(lines[:count], end)
        one, other = tree.query(points, predicate="dwithin", distance=_REACH_M)
        kept = one != other
        one, other = one[kept], other[kept]
        far = shapely.distance(points[one], lines[other])
        order = np.lexsort((other, far, one))
        nearest = order[np.r_[True, one[order][1:] != one[order][:-1]]] if len(order) else order
        for pair in nearest[far[nearest] > _GRID_M].tolist():
            way = int(one[pair])
            there = xy(shapely.get_point(shapely.shortest_line(points[way], lines[other[pair]]), 1))
            points_of = shapely.get_coordinates(ways.lines[way])
            joined = np.vstack([points_of, there] if end else [there, points_of])
            ways.lines[way] = shapely.LineString(joined)


def _pattern(ways: Ways, part: shapely.Polygon, county: str, *, turn: float, seat: Floats, rng: Generator) -> None:
    """Straight streets over a town, nearly from east to west and from north to south."""
    level = turned_shapes(shapes_of([part]), np.array([-turn]))[0]
    at_seat = turned_shapes(shapely.points(seat[None, :]), np.array([-turn]))
    origin = xy(at_seat)[0]
    west, south, east, north = level.bounds
    large = part.area > _WIDE_TOWN_M2
    for axis, step, low, high in ((0, _EAST_M, west, east), (1, _NORTH_M, south, north)):
        number = np.arange(np.ceil((low - origin[axis]) / step), np.floor((high - origin[axis]) / step) + 1)
        if not len(number):
            # Small as it is, a town has a street.
            number = np.array([((low + high) / 2.0 - origin[axis]) / step])
        at = origin[axis] + number * step + rng.uniform(-_JITTER_M, _JITTER_M, len(number))
        ends = np.empty((len(at), 2, 2))
        ends[:, :, axis] = at[:, None]
        ends[:, :, 1 - axis] = [(south, north), (west, east)][axis]
        lines = shapely.intersection(shapely.linestrings(ends), level)
        for place, line in zip(number.tolist(), lines, strict=True):
            kind = "collector" if large and place % _WIDE_EVERY == 0 else "local"
            pieces = lines_of(line)
            pieces = pieces[shapely.length(pieces) > 60.0]
            if len(pieces):
                ways.add(turned_shapes(pieces, np.full(len(pieces), turn)), kind, county)


def _noded(ways: Ways, wide: int, town: Town, turns: dict[str, float]) -> Network:
    lines = shapes_of(ways.lines)
    edges = shapely.get_parts(shapely.union_all(lines, grid_size=_GRID_M))
    edges = edges[shapely.length(edges) > 0.0]
    middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    way = _way_of(middles, lines)
    free = way >= wide
    kept = ~(free & touched(middles, lines[:wide], within=_BESIDE_M))
    edges, way = edges[kept], way[kept]
    edges, way = _without_stubs(edges, way, wide)
    for _ in range(2):
        edges, way = _without_slivers(edges, way, wide)
        edges, way = _without_stubs(edges, way, wide)
    faces = polygons_of(shapely.polygonize(edges))
    shapely.prepare(town.land)
    faces = faces[shapely.covers(town.land, shapely.point_on_surface(faces))]
    return Network(edges, way, ways.kinds, ways.counties, ways.ring, faces, turns)


def _way_of(middles: Shapes, lines: Shapes) -> Ints:
    """The way that each edge is of: the first of the nearest."""
    other, one = shapely.STRtree(middles).query(lines, predicate="dwithin", distance=5.0 * _GRID_M)
    way = np.full(len(middles), len(lines), dtype=np.int64)
    np.minimum.at(way, one, other)
    missing = np.flatnonzero(way == len(lines))
    if len(missing):
        way[missing] = shapely.STRtree(lines).query_nearest(middles[missing], all_matches=False)[1]
    return way


def nodes_of(edges: Shapes) -> tuple[Ints, Floats]:
    """The two nodes of each edge, and where the nodes are."""
    ends = np.stack([xy(shapely.get_point(edges, 0)), xy(shapely.get_point(edges, -1))], axis=1)
    keys = np.round(ends.reshape(-1, 2) / _GRID_M).astype(np.int64)
    unique, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return which.reshape(-1, 2), ends.reshape(-1, 2)[first] if len(unique) else np.empty((0, 2))


def _without_stubs(edges: Shapes, way: Ints, wide: int) -> tuple[Shapes, Ints]:
    """Without streets that lead nowhere: any of the pattern, short ones of the others."""
    while True:
        nodes, _ = nodes_of(edges)
        degree = np.bincount(nodes.ravel())
        loose: NDArray[np.bool_] = (degree[nodes] == 1).any(axis=1)
        loose &= (way >= wide) | (shapely.length(edges) < _STUB_M)
        if not loose.any():
            return edges, way
        edges, way = edges[~loose], way[~loose]


def _without_slivers(edges: Shapes, way: Ints, wide: int) -> tuple[Shapes, Ints]:
    """Without the longest street of the pattern round each block that is too small to be one."""
    faces = polygons_of(shapely.polygonize(edges))
    thin = shapely.area(faces) < _SMALLEST_BLOCK_M2
    thin |= widths_of(faces) < _THINNEST_M
    free = np.flatnonzero(way >= wide)
    middles = shapely.line_interpolate_point(edges[free], 0.5, normalized=True)
    small = shapely.boundary(faces[thin])
    face, edge = shapely.STRtree(middles).query(small, predicate="dwithin", distance=5.0 * _GRID_M)
    if not len(face):
        return edges, way
    order = np.lexsort((edge, -shapely.length(edges[free[edge]]), face))
    first = order[np.r_[True, face[order][1:] != face[order][:-1]]]
    kept = np.ones(len(edges), dtype=bool)
    kept[free[edge[first]]] = False
    return edges[kept], way[kept]
