"""Plain figures on the plane, made many at a time: rectangles, winding lines, blobs, and lines without their corners."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[Any]


def shapes_of(geometries: Any) -> Shapes:
    """An array of geometries that numpy takes for nothing else."""
    listed = list(geometries)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def turned(points: ArrayLike, turn: ArrayLike) -> Floats:
    """Points (…, 2) turned to the left about the origin by ``turn`` radians, one turn for all or one for each."""
    at, by = np.asarray(points, np.float64), np.asarray(turn, np.float64)
    cos, sin = np.cos(by), np.sin(by)
    return np.stack([at[..., 0] * cos - at[..., 1] * sin, at[..., 0] * sin + at[..., 1] * cos], axis=-1)


def turned_shapes(shapes: Shapes, turns: Floats) -> Shapes:
    """Shapes turned to the left about the origin, each by a turn of its own."""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    out: Shapes = shapely.set_coordinates(shapes.copy(), turned(points, turns[owner]))
    return out


def rectangles(middles: Floats, lengths: ArrayLike, depths: ArrayLike, turns: ArrayLike = 0.0) -> Shapes:
    """One rectangle round each middle, ``turns`` (radians to the left) being the direction of its length."""
    half = np.stack(np.broadcast_arrays(np.asarray(lengths) / 2.0, np.asarray(depths) / 2.0), axis=-1)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
    rings = np.broadcast_to(half, middles.shape)[:, None, :] * corners
    turns = np.broadcast_to(np.asarray(turns, np.float64), (len(middles),))
    made: Shapes = shapely.polygons(turned(rings, turns[:, None]) + middles[:, None, :])
    return made


def blobs(middles: Floats, radii: Floats, rng: Generator, *, corners: int = 20) -> Shapes:
    """Round things without a rule, such as ponds and copses."""
    angle = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)
    reach = np.ones((len(middles), corners))
    for wave in (1, 2, 3, 5):
        phase = rng.uniform(0.0, 2.0 * np.pi, (len(middles), 1))
        reach += 0.32 / wave * np.sin(wave * angle + phase) * rng.uniform(0.3, 1.0, (len(middles), 1))
    rings = middles[:, None, :] + radii[:, None, None] * (
        reach[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    )
    made: Shapes = shapely.polygons(np.concatenate([rings, rings[:, :1]], axis=1))
    return made


def winding(starts: Floats, ends: Floats, rng: Generator, *, sway: float = 0.06, points: int = 13) -> Shapes:
    """A gently winding line from each start to its end; ``sway``: how far it leaves the straight way, in parts of that."""
    share = np.linspace(0.0, 1.0, points)
    along = ends - starts
    across = np.column_stack([-along[:, 1], along[:, 0]])
    aside = sum(rng.normal(0.0, sway / wave, (len(starts), 1)) * np.sin(np.pi * wave * share) for wave in (1, 2, 3, 4))
    made: Shapes = shapely.linestrings(
        starts[:, None, :] + share[:, None] * along[:, None, :] + np.asarray(aside)[..., None] * across[:, None, :]
    )
    return made


def meandering(points: Floats, rng: Generator, *, sway: float = 0.12, rounds: int = 5) -> shapely.LineString:
    """A river through points: between two of them it swings, and between the swings again."""
    for _ in range(rounds):
        along = np.diff(points, axis=0)
        across = np.column_stack([-along[:, 1], along[:, 0]])
        between = (points[:-1] + points[1:]) / 2.0 + rng.normal(0.0, sway, (len(along), 1)) * across
        points = np.vstack([np.stack([points[:-1], between], axis=1).reshape(-1, 2), points[-1:]])
    return shapely.LineString(rounded_off(rounded_off(points)))


def rounded_off(points: Floats) -> Floats:
    """Chaikin's corner cutting, once; both ends stay."""
    quarter, three = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
    between = np.stack([quarter, three], axis=1).reshape(-1, 2)
    return np.vstack([points[:1], between, points[-1:]])


def without_corners(line: shapely.Geometry, tolerance: float) -> shapely.LineString:
    """A line made simple and then round; both ends stay."""
    points = shapely.get_coordinates(shapely.simplify(line, tolerance))
    return shapely.LineString(rounded_off(rounded_off(points)))


def polygons_of(shape: Any, *, at_least: float = 0.0) -> Shapes:
    """The polygons that a shape, or an array of shapes, is made of, from so many square metres up."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    kept: Shapes = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > at_least)]
    return kept


def lines_of(shape: Any) -> Shapes:
    """The lines that a shape, or an array of shapes, is made of."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    kept: Shapes = parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 0.0)]
    return kept


def xy(points: Any) -> Floats:
    """The coordinates of points."""
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def rank_within(groups: Ints, priority: ArrayLike) -> Ints:
    """For each member its place, from 0, among those of its group, the smallest priority first."""
    order = np.lexsort((np.asarray(priority), groups))
    ordered = groups[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(groups) else np.empty(0, np.int64)
    began = np.repeat(first, np.diff(np.r_[first, len(groups)]))
    place = np.empty(len(groups), np.int64)
    place[order] = np.arange(len(groups)) - began
    return place


def widths_of(areas: Shapes) -> Floats:
    """About how wide areas are: of a strip its width, of a square half its side."""
    return np.asarray(2.0 * shapely.area(areas) / np.maximum(shapely.length(areas), 1e-9))


def touched(shapes: Shapes, others: Shapes, *, within: float = 0.0) -> NDArray[np.bool_]:
    """Which shapes meet any of the others, or come so near to one."""
    hit = np.zeros(len(shapes), dtype=bool)
    if len(shapes) and len(others):
        # What is asked with is prepared: the large ones are among the others.
        hit[shapely.STRtree(shapes).query(others, predicate="dwithin", distance=within)[1]] = True
    return hit


def apart(shapes: Shapes, *, by: float) -> NDArray[np.bool_]:
    """Which shapes come near no shape before them."""
    kept = np.ones(len(shapes), dtype=bool)
    if len(shapes):
        one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=by)
        kept[one[one > other]] = False
    return kept
