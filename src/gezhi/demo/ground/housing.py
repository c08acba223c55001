"""Rows of buildings on a piece of land, and the buildings, gates and ways of compounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from gezhi.demo.ground.figures import (
    Floats,
    Ints,
    Shapes,
    rank_within,
    rectangles,
    touched,
    turned,
    turned_shapes,
    xy,
)

# Length, depth, from row to row, households: walk-ups of six floors, slabs with lifts, towers.
_WALK_UP, _SLAB, _TOWER = (45.0, 12.5, 33.0, 30), (50.0, 14.0, 42.0, 60), (27.0, 23.0, 52.0, 68)
# What is tried in turn where a kind does not fit.
_SMALLER = ((33.0, 11.5, 27.0, 24), (22.0, 11.0, 22.0, 16), (13.0, 9.0, 18.0, 8))
_ALLEY_M, _GAP_M, _MARGIN_M = 13.0, 9.0, 5.0
# Land for each household below which compounds are built of slabs, and of towers.
_SLABS_M2, _TOWERS_M2, _TOWERS_ANYWAY = 84.0, 62.0, 0.14
# A gate is so near to a street, and a compound of so many households has two.
_GATE_M, _TWO_GATES = 42.0, 150
_SIDES = ("南门", "东门", "北门", "西门")
_SIDES_EN = ("South Gate", "East Gate", "North Gate", "West Gate")
_TOWARDS = np.array([(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)])


@dataclass(frozen=True, slots=True)
class Rows:
    """Buildings in metres: the piece of land that each stands on, its row from the south, its place from the west."""

    shapes: Shapes
    owner: Ints
    row: Ints
    place: Floats
    priority: Floats

    def only(self, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Rows:
        """Some of them."""
        return Rows(self.shapes[kept], self.owner[kept], self.row[kept], self.place[kept], self.priority[kept])


def rows_on(
    land: Shapes,
    turns: Floats,
    lengths: Floats,
    depths: Floats,
    pitches: Floats,
    *,
    margin: float = _MARGIN_M,
    alley: float = _ALLEY_M,
) -> Rows:
    """All the buildings that fit on pieces of land in rows that face the south, with an alley from south to north in the
    middle. Those farthest from the middle of the land have the smallest ``priority``."""
    level = turned_shapes(land, -turns)
    inner = shapely.buffer(level, -margin, join_style="mitre")
    shapely.prepare(inner)
    west, south, east, north = np.nan_to_num(shapely.bounds(inner)).T
    middle = xy(shapely.centroid(level))
    wide, high = east - west, north - south
    paired = wide >= alley + 2.0 * lengths
    each = np.floor((wide / 2.0 - alley / 2.0 + _GAP_M) / (lengths + _GAP_M)).astype(np.int64) + 1
    columns = np.where(paired, 2 * each, 1)
    rows = np.maximum(np.floor((high - depths) / pitches).astype(np.int64) + 1, 0)
    count = columns * rows
    owner = np.repeat(np.arange(len(land)), count)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    row, column = nth // columns[owner], nth % columns[owner]
    side = np.where(column % 2, 1.0, -1.0)
    off = alley / 2.0 + lengths[owner] / 2.0 + (column // 2) * (lengths[owner] + _GAP_M)
    x0 = (west + east) / 2.0
    x = x0[owner] + np.where(paired[owner], side * off, 0.0)
    spare = high - depths - (rows - 1) * pitches
    y = (south + spare / 2.0 + depths / 2.0)[owner] + row * pitches[owner]
    made = rectangles(np.column_stack([x, y]), lengths[owner], depths[owner])
    fits = shapely.covers(inner[owner], made)
    made, owner, row, x, y = made[fits], owner[fits], row[fits], x[fits], y[fits]
    away = np.hypot(x - middle[owner, 0], 0.8 * (y - middle[owner, 1]))
    return Rows(turned_shapes(made, turns[owner]), owner, row, x, -away)


def joined(some: Rows, more: Rows, owners: Ints) -> Rows:
    """Both, the owners of ``more`` being numbers in ``owners``."""
    return Rows(
        np.concatenate([some.shapes, more.shapes]),
        np.concatenate([some.owner, owners[more.owner]]),
        np.concatenate([some.row, more.row]),
        np.concatenate([some.place, more.place]),
        np.concatenate([some.priority, more.priority]),
    )


def at_least_one(rows: Rows, land: Shapes, turns: Floats) -> Rows:
    """Also smaller buildings where none fits, at last a small house in the widest place."""
    for length, depth, pitch, _ in _SMALLER:
        empty = np.setdiff1d(np.arange(len(land)), rows.owner)
        if not len(empty):
            return rows
        sizes = [np.full(len(empty), size) for size in (length, depth, pitch)]
        rows = joined(rows, rows_on(land[empty], turns[empty], *sizes, margin=3.0, alley=6.0), empty)
    empty = np.setdiff1d(np.arange(len(land)), rows.owner)
    if len(empty):
        circles = shapely.maximum_inscribed_circle(land[empty])
        side = 1.1 * shapely.length(circles)
        houses = rectangles(xy(shapely.get_point(circles, 0)), side, side)
        zero = np.zeros(len(empty))
        rows = joined(rows, Rows(houses, np.arange(len(empty)), zero.astype(np.int64), zero, zero), empty)
    return rows


@dataclass(frozen=True, slots=True)
class Housing:
    """What stands in compounds, in metres. ``owner``: the compound of each building; ``number``: from 1 in each."""

    buildings: Shapes
    owner: Ints
    number: Ints
    gardens: Shapes


def house(compounds: Shapes, turns: Floats, households: Ints, rng: Generator) -> Housing:
    """As many buildings in each compound as its households need and its land holds, with a garden where one is left out."""
    per = shapely.area(compounds) / households
    anyway = (rng.random(len(per)) < _TOWERS_ANYWAY) & (shapely.area(compounds) > 9_000.0)
    kind = np.where((per < _TOWERS_M2) | anyway, 2, np.where(per < _SLABS_M2, 1, 0))
    sizes = np.array([_WALK_UP, _SLAB, _TOWER])[kind]
    # No two compounds of walk-ups are quite alike.
    lengths = sizes[:, 0] * np.where(kind == 2, 1.0, rng.uniform(0.82, 1.12, len(per)))
    rows = rows_on(compounds, turns, lengths, sizes[:, 1], sizes[:, 2] * rng.uniform(0.94, 1.08, len(per)))
    rows = at_least_one(rows, compounds, turns)
    wanted = np.maximum(1, np.ceil(households / sizes[:, 3]).astype(np.int64))
    kept = rank_within(rows.owner, rows.priority) < wanted[rows.owner]
    gardens = rows.only(~kept)
    # Two places in the middle of each are enough of a garden.
    gardens = gardens.only(rank_within(gardens.owner, -gardens.priority) < 2)
    rows = rows.only(kept)
    order = np.lexsort((rows.place, rows.row, rows.owner))
    owner = rows.owner[order]
    number = rank_within(owner, np.arange(len(owner))) + 1
    return Housing(rows.shapes[order], owner, number, gardens.shapes)


@dataclass(frozen=True, slots=True)
class Gates:
    """Gates on the edges of compounds, and the ways from the street through them."""

    points: Shapes
    owner: Ints
    names: list[str]
    names_en: list[str]
    ways: Shapes


def gates_of(compounds: Shapes, turns: Floats, households: Ints, streets: Shapes, buildings: Shapes) -> Gates:
    """One gate, of large compounds two, on the sides where a street is near; the way of one from the south or the north
    leads on along the alley."""
    count = len(compounds)
    level = turned_shapes(compounds, -turns)
    inner = shapely.buffer(level, -_MARGIN_M, join_style="mitre")
    box = shapely.bounds(np.where(shapely.is_empty(inner), level, inner))
    middle = np.column_stack([(box[:, 0] + box[:, 2]) / 2.0, (box[:, 1] + box[:, 3]) / 2.0])
    held = shapely.covers(level, shapely.points(middle))
    middle[~held] = xy(shapely.point_on_surface(level[~held]))
    rims = shapely.boundary(level)
    spots = np.empty((count, 4, 2))
    far = np.empty((count, 4))
    tree = shapely.STRtree(streets)
    nearest = np.empty((count, 4), dtype=np.int64)
    for side in range(4):
        rays = shapely.linestrings(np.stack([middle, middle + 2_000.0 * _TOWARDS[side]], axis=1))
        met = shapely.intersection(rays, rims)
        first = shapely.get_point(shapely.shortest_line(shapely.points(middle), met), 1)
        spots[:, side] = turned(xy(first), turns)
        nearest[:, side] = tree.query_nearest(shapely.points(spots[:, side]), all_matches=False)[1]
        far[:, side] = shapely.distance(shapely.points(spots[:, side]), streets[nearest[:, side]])
    # The south is liked best where the street is as near.
    liked = np.where(far < _GATE_M, far * 0.2 + np.array([0.0, 3.0, 2.0, 4.0]), 100.0 + far)
    order = np.argsort(liked, axis=1, kind="stable")
    chosen = [(i, int(order[i, 0])) for i in range(count)]
    chosen += [
        (i, int(order[i, 1])) for i in range(count) if households[i] >= _TWO_GATES and far[i, order[i, 1]] < _GATE_M
    ]
    chosen.sort()
    owner, side = np.array(chosen).T
    at = spots[owner, side]
    to_street = shapely.shortest_line(shapely.points(at), streets[nearest[owner, side]])
    start = xy(shapely.get_point(to_street, 1))
    deep = turned(middle[owner], turns[owner])
    # Through the alley to the middle from the south and north, just through the gate from the sides.
    inward = np.where((side % 2 == 0)[:, None], deep, at + (deep - at) * 0.02)
    ways = shapely.linestrings(np.stack([start, at, inward], axis=1))
    blocked = touched(ways, buildings, within=1.5)
    ways[blocked] = shapely.linestrings(np.stack([start, at], axis=1)[blocked])
    # The way of a far street would lead through others' land.
    usable = far[owner, side] < _GATE_M
    return Gates(shapely.points(at), owner, [_SIDES[i] for i in side], [_SIDES_EN[i] for i in side], ways[usable])
