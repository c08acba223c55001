"""Rivers, streams, reservoirs and ponds. The Han runs where it really does: along the county borders that lie in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from gezhi.demo.geometry import PLANE
from gezhi.demo.ground.figures import (
    Floats,
    Shapes,
    apart,
    blobs,
    lines_of,
    meandering,
    polygons_of,
    rounded_off,
    shapes_of,
    touched,
    winding,
    xy,
)

# The Han river below the city, where it is no county border: rough positions, longitude and latitude.
_HAN_BELOW = [(112.22, 31.90), (112.20, 31.83), (112.26, 31.74), (112.29, 31.66), (112.35, 31.55), (112.42, 31.43)]
# Above, the counties on its two banks, downstream.
_BANKS = (("420625", "420682"), ("420625", "420606"), ("420602", "420606"))
# Half its width, and how much that swings; an island stands where the river is wider by so much on each side.
_HALF_M, _SWINGS_M = 215.0, ((45.0, 2_300.0), (30.0, 900.0))
_ISLANDS_EVERY_M, _ISLAND_WIDENS_M, _ISLAND_LONG_M, _ISLAND_HALF_M = 22_000.0, 230.0, 1_300.0, 190.0
# Of a grid that the river would take, so much stays land.
_LAND_LEFT = 0.6
# However near a town comes, so much of its half stays water.
_CHANNEL = 0.62

# Its tributaries: name, half their width in metres, rough course. Their mouth is moved to the Han where that is near.
_TRIBUTARIES = (
    ("唐白河", 70.0, [(112.50, 32.40), (112.40, 32.28), (112.33, 32.17), (112.27, 32.10), (112.20, 32.05)]),
    ("小清河", 16.0, [(112.02, 32.24), (112.06, 32.17), (112.09, 32.11), (112.11, 32.05)]),
    ("南河", 45.0, [(111.20, 32.00), (111.35, 32.08), (111.50, 32.16), (111.62, 32.22), (111.72, 32.23)]),
    ("北河", 28.0, [(111.35, 32.38), (111.50, 32.33), (111.60, 32.30), (111.69, 32.30)]),
    (
        "蛮河",
        34.0,
        [(111.50, 31.73), (111.75, 31.75), (111.90, 31.74), (112.05, 31.72), (112.20, 31.66), (112.30, 31.60)],
    ),
    ("沮河", 30.0, [(111.15, 31.75), (111.30, 31.62), (111.42, 31.50), (111.52, 31.36)]),
    ("滚河", 28.0, [(113.00, 32.20), (112.80, 32.16), (112.60, 32.05), (112.42, 32.02), (112.31, 32.08)]),
    ("沙河", 20.0, [(113.05, 32.02), (112.90, 32.09), (112.74, 32.10), (112.60, 32.05)]),
)
_MOUTH_M = 9_000.0
_RESERVOIRS = [
    "熊河",
    "三道河",
    "华阳河",
    "红水河",
    "西排子河",
    "莺河",
    "孟桥川",
    "潭口",
    "北郊",
    "石河",
    "云台山",
    "普陀堰",
    "百里长渠",
    "英雄岗",
    "龚垱",
    "刘桥",
]
_STREAM_WORDS = [
    "清溪",
    "白水",
    "石桥",
    "龙潭",
    "青龙",
    "黑河",
    "柳林",
    "冷水",
    "双河",
    "盘龙",
    "檀溪",
    "竹林",
    "黄沙",
    "杨家",
    "羊祜",
    "观音",
    "铁佛",
    "金盆",
]
_STREAMS, _PONDS_A_GRID = 110, 0.5
# Streams begin so far from a river.
_STREAM_M, _MOUTHS_APART_M = (1_800.0, 9_000.0), 2_500.0


@dataclass(frozen=True, slots=True)
class Waters:
    """Water in metres: areas and lines, each with its name or none. ``wide``: those that only a bridge crosses."""

    areas: Shapes
    area_kinds: list[str]
    area_names: list[str]
    lines: Shapes
    line_kinds: list[str]
    line_names: list[str]
    wide: Shapes
    han: shapely.Geometry


def han_line(counties: Mapping[str, shapely.Geometry]) -> shapely.LineString:
    """The middle of the Han in degrees, from the north-west corner down to the south."""
    points = [point for a, b in _BANKS for point in _downstream(_border(counties, a, b))] + _HAN_BELOW
    line = shapely.get_coordinates(shapely.simplify(shapely.LineString(points), 0.0009))
    for _ in range(2):
        line = rounded_off(line)
    return shapely.LineString(line)


def _border(counties: Mapping[str, shapely.Geometry], a: str, b: str) -> shapely.Geometry:
    line = shapely.line_merge(shapely.intersection(counties[a].boundary, counties[b].boundary))
    return max(shapely.get_parts(line), key=lambda part: part.length)


def _downstream(line: shapely.Geometry) -> list[tuple[float, float]]:
    """The line's points, from west to east and north to south."""
    points = [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]
    (x0, y0), (x1, y1) = points[0], points[-1]
    return points if (x1 - x0) - (y1 - y0) > 0 else points[::-1]


def plan_rivers(counties: Mapping[str, shapely.Geometry], built: Shapes, rng: Generator) -> Waters:
    """The Han and its tributaries. ``counties`` in degrees; ``built``: grids in metres that must keep most of their land."""
    city = PLANE.to_metres(shapely.union_all(list(counties.values())))
    han = PLANE.to_metres(han_line(counties))
    names, areas, lines = ["汉江"], [_han_area(han, built)], [han]
    for name, half, course in _TRIBUTARIES:
        points = shapely.get_coordinates(PLANE.to_metres(shapely.LineString(course)))
        mouth = shapely.line_interpolate_point(han, shapely.line_locate_point(han, shapely.Point(points[-1])))
        if mouth.distance(shapely.Point(points[-1])) < _MOUTH_M:
            points[-1] = xy(mouth)[0]
        line = shapely.simplify(meandering(points, rng), 4.0)
        names.append(name)
        lines.append(line)
        areas.append(_spared(shapely.simplify(line.buffer(half, quad_segs=3), 6.0), line, built, half))
    inside = shapely.intersection(shapes_of(areas), city)
    # What a tributary floods of the Han is the Han's.
    inside[1:] = shapely.difference(inside[1:], inside[0])
    kept = [(name, part) for name, area in zip(names, inside, strict=True) for part in polygons_of(area, at_least=3e3)]
    courses, of = shapely.get_parts(shapely.intersection(shapes_of(lines), city), return_index=True)
    return Waters(
        areas=shapes_of(part for _, part in kept),
        area_kinds=["river"] * len(kept),
        area_names=[name for name, _ in kept],
        lines=courses,
        line_kinds=["river"] * len(courses),
        line_names=[names[i] for i in of.tolist()],
        wide=shapes_of(part for name, part in kept if name in {"汉江", "唐白河"}),
        han=han,
    )


def _han_area(han: shapely.LineString, built: Shapes) -> shapely.Geometry:
    """The Han's water, with islands left out where no town is near."""
    along = np.arange(0.0, han.length, 150.0)
    points = xy(shapely.line_interpolate_point(han, along))
    half = np.full(len(along), _HALF_M) + sum(high * np.sin(along / length + high) for high, length in _SWINGS_M)
    free = ~touched(shapely.points(points), built, within=2_000.0)
    islands: list[shapely.Geometry] = []
    last = -0.6 * _ISLANDS_EVERY_M
    for at in np.flatnonzero(free & (along > 4_000.0) & (along < han.length - 4_000.0)).tolist():
        if along[at] - last >= _ISLANDS_EVERY_M:
            last = float(along[at])
            half = half + _ISLAND_WIDENS_M * np.exp(-(((along - last) / _ISLAND_LONG_M) ** 2))
            near = np.abs(along - last) < 0.9 * _ISLAND_LONG_M
            thin = _ISLAND_HALF_M * np.sqrt(1.0 - ((along[near] - last) / _ISLAND_LONG_M) ** 2) ** 3
            islands.append(_swept(points[near], thin))
    water = shapely.difference(_swept(points, half), shapely.union_all(islands))
    return shapely.simplify(_spared(water, han, built, _HALF_M), 8.0)


def _swept(points: Floats, half: Floats) -> shapely.Geometry:
    """What a disc covers that moves along points and changes its size."""
    pieces = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
    swept = shapely.union_all(shapely.buffer(pieces, half[1:], quad_segs=6))
    return shapely.buffer(shapely.buffer(swept, 60.0), -60.0)


def _spared(water: shapely.Geometry, line: shapely.LineString, built: Shapes, half: float) -> shapely.Geometry:
    """The water, narrower where a grid of a town would keep too little land."""
    near = built[shapely.STRtree(built).query(water, predicate="intersects")] if len(built) else built
    left = shapely.area(shapely.difference(near, water)) / shapely.area(near)
    tight = near[left < _LAND_LEFT]
    if not len(tight):
        return water
    # The side away from the river's middle is kept.
    corners = shapely.extract_unique_points(tight)
    parts, owner = shapely.get_parts(corners, return_index=True)
    away = shapely.distance(parts, line)
    farthest = [int(np.flatnonzero(owner == i)[np.argmax(away[owner == i])]) for i in range(len(tight))]
    size = np.sqrt(shapely.area(tight))
    kept = shapely.intersection(tight, shapely.buffer(parts[farthest], 0.85 * size))
    spared = shapely.difference(water, shapely.buffer(shapely.union_all(kept), 30.0))
    channel = shapely.union(spared, shapely.buffer(line, _CHANNEL * half, quad_segs=4))
    smooth = 0.3 * half
    return shapely.intersection(shapely.buffer(shapely.buffer(channel, smooth), -smooth), water)


def with_small_waters(
    rivers: Waters, middles: Floats, free: shapely.Geometry, built: shapely.Geometry, rng: Generator
) -> Waters:
    """Also streams that run into a river, reservoirs and ponds, on ``free`` land round the ``middles`` of villages."""
    tree = shapely.STRtree(lines_of(rivers.lines))
    order = rng.permutation(len(middles))
    points = shapely.points(middles[order] + rng.normal(0.0, 900.0, (len(order), 2)))
    nearest = tree.query_nearest(points, all_matches=False)[1]
    far = shapely.distance(points, tree.geometries[nearest])
    starts = np.flatnonzero((far > _STREAM_M[0]) & (far < _STREAM_M[1]))[: max(1, _STREAMS * len(middles) // 2_300)]
    mouths = shapely.get_point(shapely.shortest_line(points[starts], tree.geometries[nearest[starts]]), 1)
    streams = winding(xy(points[starts]), xy(mouths), rng, sway=0.11, points=33)
    shapely.prepare(free)
    streams = streams[shapely.covers(free, streams) & ~touched(streams, polygons_of(built), within=60.0)]
    streams = streams[_not_crossing(streams) & apart(shapely.get_point(streams, -1), by=_MOUTHS_APART_M)]

    sites = middles[rng.permutation(len(middles))]
    count = max(2, len(_RESERVOIRS) * len(middles) // 2_300)
    away = rng.uniform(0.0, 2.0 * np.pi, len(sites))
    offset = np.column_stack([np.cos(away), np.sin(away)]) * rng.uniform(900.0, 1_400.0, (len(sites), 1))
    lakes = blobs(sites + offset, rng.uniform(260.0, 620.0, len(sites)), rng, corners=48)
    lakes = shapely.buffer(shapely.buffer(lakes, 30.0), -30.0)
    clear = shapely.covers(free, lakes) & ~touched(lakes, shapely.points(middles), within=260.0)
    clear &= ~touched(lakes, rivers.areas, within=100.0) & ~touched(lakes, streams, within=60.0)
    clear &= ~touched(lakes, polygons_of(built), within=200.0)
    lakes = lakes[clear][:count]
    names = [f"{_RESERVOIRS[i % len(_RESERVOIRS)]}水库" for i in range(len(lakes))]

    some = middles[rng.random(len(middles)) < _PONDS_A_GRID]
    away = rng.uniform(0.0, 2.0 * np.pi, len(some))
    offset = np.column_stack([np.cos(away), np.sin(away)]) * rng.uniform(180.0, 420.0, (len(some), 1))
    ponds = blobs(some + offset, rng.uniform(14.0, 42.0, len(some)), rng, corners=14)
    clear = shapely.covers(free, ponds) & ~touched(ponds, rivers.areas, within=20.0)
    clear &= ~touched(ponds, lakes, within=20.0) & ~touched(ponds, polygons_of(built), within=20.0)
    ponds = ponds[clear & ~touched(ponds, streams, within=8.0)]
    words = [_STREAM_WORDS[i % len(_STREAM_WORDS)] for i in range(len(streams))]
    return Waters(
        areas=np.concatenate([rivers.areas, lakes, ponds]),
        area_kinds=[*rivers.area_kinds, *["lake"] * (len(lakes) + len(ponds))],
        area_names=[*rivers.area_names, *names, *[""] * len(ponds)],
        lines=np.concatenate([rivers.lines, streams]),
        line_kinds=[*rivers.line_kinds, *["stream"] * len(streams)],
        line_names=[*rivers.line_names, *(f"{word}{'沟' if i % 3 else '河'}" for i, word in enumerate(words))],
        wide=np.concatenate([rivers.wide, lakes]),
        han=rivers.han,
    )


def _not_crossing(lines: Shapes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which lines meet none before them."""
    kept = np.ones(len(lines), dtype=bool)
    if len(lines):
        one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
        kept[one[one > other]] = False
    return kept
