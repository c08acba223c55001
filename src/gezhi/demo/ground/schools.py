"""School yards: several small buildings where large ones do not fit, and a place to run beside them."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.demo.ground.blocks import Blocks
from gezhi.demo.ground.figures import (
    Floats,
    Ints,
    Shapes,
    polygons_of,
    rectangles,
    shapes_of,
    touched,
    turned_shapes,
    xy,
)
from gezhi.demo.ground.housing import Rows, joined, rows_on

# With fewer buildings a school is built of smaller ones: length, depth, from row to row.
_FEW, _SMALLER = 3, ((36.0, 12.0, 27.0), (26.0, 11.0, 23.0), (18.0, 10.0, 20.0))
# The straight sides of running tracks and half their width, the largest first; at last a court for a ball.
_TRACKS, _COURT_M = ((64.0, 25.0), (44.0, 19.0), (24.0, 13.0)), (28.0, 15.0)
_FENCE_M, _WALL_M = 3.0, 5.0


def with_small_buildings(rows: Rows, land: Shapes, turns: Floats, wanted: NDArray[np.bool_]) -> Rows:
    """The rows, of smaller buildings on those ``wanted`` pieces of land where few of the usual ones fit."""
    for length, depth, pitch in _SMALLER:
        count = np.bincount(rows.owner, minlength=len(land))
        few = np.flatnonzero(wanted & (count < _FEW))
        sizes = [np.full(len(few), size) for size in (length, depth, pitch)]
        small = rows_on(land[few], turns[few], *sizes, margin=3.0, alley=7.0)
        more = np.bincount(small.owner, minlength=len(few)) > count[few]
        rows = joined(rows.only(~np.isin(rows.owner, few[more])), small.only(more[small.owner]), few)
    return rows


def tracks(used: Blocks, wanted: Ints, buildings: Shapes) -> tuple[Shapes, Ints]:
    """A running track on the southern side of each block ``wanted`` where it meets no building, else where most room is left."""
    level = turned_shapes(used.pieces[wanted], -used.turns[wanted])
    box = shapely.bounds(level)
    ovals: list[Shapes] = []
    owners: list[Ints] = []
    left = np.arange(len(wanted))
    for straight, half in _TRACKS:
        middle = np.column_stack([(box[left, 0] + box[left, 2]) / 2.0, box[left, 1] + half + 7.0])
        made = turned_shapes(_oval(middle, straight, half), used.turns[wanted[left]])
        fits = shapely.covers(used.pieces[wanted[left]], made) & ~touched(made, buildings, within=4.0)
        ovals.append(made[fits])
        owners.append(wanted[left[fits]])
        left = left[~fits]
    tree = shapely.STRtree(buildings)
    rest = [(block, found) for block in wanted[left].tolist() if (found := _in_the_rest(used, block, tree))]
    return (
        np.concatenate([*ovals, shapes_of(found for _, found in rest)]),
        np.concatenate([*owners, np.array([block for block, _ in rest], dtype=np.int64)]),
    )


def _oval(middles: Floats, straight: float, half: float, turn: float = 0.0) -> Shapes:
    return np.asarray(shapely.buffer(rectangles(middles, straight, 0.5, turn), half))


def _in_the_rest(used: Blocks, block: int, buildings: shapely.STRtree) -> shapely.Geometry | None:
    """A track or a court where a block has most room beside its buildings; None where it has none."""
    land = used.pieces[block]
    near = buildings.geometries[buildings.query(land, predicate="intersects")]
    free = polygons_of(shapely.difference(land.buffer(-_FENCE_M), shapely.union_all(shapely.buffer(near, _WALL_M))))
    if not len(free):
        return None
    widest = shapely.maximum_inscribed_circle(free)
    middle = xy(shapely.get_point(widest[[int(np.argmax(shapely.length(widest)))]], 0))
    whole = shapely.union_all(free)
    for straight, half in _TRACKS[1:]:
        for turn in (used.turns[block], used.turns[block] + np.pi / 2.0):
            made = _oval(middle, straight, half, float(turn))[0]
            if whole.covers(made):
                return made
    for turn in (used.turns[block], used.turns[block] + np.pi / 2.0):
        made = rectangles(middle, *_COURT_M, float(turn))[0]
        if whole.covers(made):
            return made
    return None
