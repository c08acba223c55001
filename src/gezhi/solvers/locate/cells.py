"""The loops behind the cell index, compiled. Arrays in, arrays out; no geometry library.

A table of nx × ny cells lies over all polygons. A cell that no edge comes near belongs to one polygon or to none. Any
other is mixed: it lists the polygons that come near it, and the crossing test settles them. That test reads only the
edges which a polygon has in the cell's row of the table, so its cost does not grow with the polygon.

Every cell is taken a little larger than it is (``MARGIN`` of its side), so that no rounding of a point's row or column
matters. The crossing test says ``UNSURE`` wherever rounding could decide it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.locate.answers import NOWHERE, UNSURE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Cells = NDArray[np.int32]
# One row an edge: x and y of its first end, x and y of its second.
Edges = Floats
# See ``bucket_edges``.
Buckets = tuple[Ints, Ints, Ints, Floats]

# In the table a mixed cell is kept as −3 − its place in the list of mixed cells.
FIRST_MIXED = -3

MARGIN = 1e-6
# J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic (1997): bound of the rounding error of the sign of a
# 2 × 2 determinant of differences, relative to the sum of its two terms' sizes.
_EPSILON = 2.0**-53
DETERMINANT_ERROR = (3.0 + 16.0 * _EPSILON) * _EPSILON


@njit(cache=True)
def rows_of_edges(ends: Edges, y0: float, per_y: float, ny: int) -> tuple[Ints, Ints]:
    """First and last row that each edge comes near."""
    first, last = np.empty(len(ends), np.int64), np.empty(len(ends), np.int64)
    for edge in range(len(ends)):
        low, high = min(ends[edge, 1], ends[edge, 3]), max(ends[edge, 1], ends[edge, 3])
        first[edge] = max(0, int(np.floor((low - y0) * per_y - MARGIN)))
        last[edge] = min(ny - 1, int(np.floor((high - y0) * per_y + MARGIN)))
    return first, last


@njit(cache=True)
def bucket_edges(ends: Edges, polygon: Ints, first: Ints, last: Ints, polygons: int) -> Buckets:
    """Edges by polygon and row: (a polygon's first row, its first bucket, where a bucket starts, its edges).

    The edges of a bucket lie side by side in memory, once for each row that they come near.
    """
    low = np.full(polygons, np.iinfo(np.int64).max, np.int64)
    high = np.full(polygons, -1, np.int64)
    for edge in range(len(polygon)):
        owner = polygon[edge]
        low[owner] = min(low[owner], first[edge])
        high[owner] = max(high[owner], last[edge])
    base = np.zeros(polygons + 1, np.int64)
    for owner in range(polygons):
        base[owner + 1] = base[owner] + high[owner] - low[owner] + 1
    start = np.zeros(base[polygons] + 1, np.int64)
    for edge in range(len(polygon)):
        bucket = base[polygon[edge]] - low[polygon[edge]]
        for row in range(first[edge], last[edge] + 1):
            start[bucket + row + 1] += 1
    for bucket in range(base[polygons]):
        start[bucket + 1] += start[bucket]
    filled = start[:-1].copy()
    edges = np.empty((start[-1], 4), np.float64)
    for edge in range(len(polygon)):
        bucket = base[polygon[edge]] - low[polygon[edge]]
        for row in range(first[edge], last[edge] + 1):
            edges[filled[bucket + row]] = ends[edge]
            filled[bucket + row] += 1
    return low, base, start, edges


@njit(cache=True)
def _columns(
    x1: float, y1: float, x2: float, y2: float, bottom: float, top: float, x0: float, per_x: float, nx: int
) -> tuple[int, int]:
    """First and last column that an edge comes near between two heights."""
    if y1 == y2:
        left, right = min(x1, x2), max(x1, x2)
    else:
        slope = (x2 - x1) / (y2 - y1)
        at_bottom = x1 + (min(max(bottom, min(y1, y2)), max(y1, y2)) - y1) * slope
        at_top = x1 + (min(max(top, min(y1, y2)), max(y1, y2)) - y1) * slope
        left, right = min(at_bottom, at_top), max(at_bottom, at_top)
    return (
        max(0, int(np.floor((left - x0) * per_x - MARGIN))),
        min(nx - 1, int(np.floor((right - x0) * per_x + MARGIN))),
    )


@njit(cache=True)
def _enter(owner: int, place: int, write: int, begins: Ints, lists: Ints, filled: Ints) -> None:
    """Write a polygon into the list of a mixed cell, or only count it."""
    if write:
        lists[filled[place]] = owner
        filled[place] += 1
    else:
        begins[place + 1] += 1


@njit(cache=True)
def fill(
    buckets: Buckets,
    frame: tuple[float, float, float, float],
    shape: tuple[int, int],
) -> tuple[Cells, Ints, Ints]:
    """The table, and the polygons near each mixed cell in ascending order: (table, where a cell's start, polygons).

    ``frame`` is (x0, y0, columns per unit, rows per unit), ``shape`` (nx, ny). A cell's row major number is its place.
    """
    low, base, start, edges = buckets
    x0, y0, per_x, per_y = frame
    nx, ny = shape
    polygons = len(low)
    table = np.full(nx * ny, NOWHERE, np.int32)
    near = np.full(nx * ny, -1, np.int32)
    # First pass: the cells that some edge comes near.
    for owner in range(polygons):
        for bucket in range(base[owner], base[owner + 1]):
            row = low[owner] + bucket - base[owner]
            bottom, top = y0 + (row - MARGIN) / per_y, y0 + (row + 1 + MARGIN) / per_y
            for at in range(start[bucket], start[bucket + 1]):
                x1, y1, x2, y2 = edges[at, 0], edges[at, 1], edges[at, 2], edges[at, 3]
                left, right = _columns(x1, y1, x2, y2, bottom, top, x0, per_x, nx)
                for column in range(left, right + 1):
                    table[row * nx + column] = FIRST_MIXED
    mixed = 0
    for cell in range(nx * ny):
        if table[cell] == FIRST_MIXED:
            table[cell] = FIRST_MIXED - mixed
            mixed += 1
    # Twice over the polygons: to count each mixed cell's list, then to write it; the first time also owns the rest.
    begins = np.zeros(mixed + 1, np.int64)
    lists = filled = np.empty(0, np.int64)
    crossings = np.empty(len(edges) + 1, np.float64)
    for write in range(2):
        if write:
            for place in range(mixed):
                begins[place + 1] += begins[place]
            lists = np.empty(begins[mixed], np.int64)
            filled = begins[:-1].copy()
        near[:] = -1
        for owner in range(polygons):
            for bucket in range(base[owner], base[owner + 1]):
                row = low[owner] + bucket - base[owner]
                bottom, top = y0 + (row - MARGIN) / per_y, y0 + (row + 1 + MARGIN) / per_y
                middle = y0 + (row + 0.5) / per_y
                count = 0
                for at in range(start[bucket], start[bucket + 1]):
                    x1, y1, x2, y2 = edges[at, 0], edges[at, 1], edges[at, 2], edges[at, 3]
                    left, right = _columns(x1, y1, x2, y2, bottom, top, x0, per_x, nx)
                    for column in range(left, right + 1):
                        cell = row * nx + column
                        if near[cell] != owner:
                            near[cell] = owner
                            _enter(owner, FIRST_MIXED - table[cell], write, begins, lists, filled)
                    if (y1 > middle) != (y2 > middle):
                        crossing = x1 + (middle - y1) / (y2 - y1) * (x2 - x1)
                        # Kept in order as they come: there are few, and a library's sort takes seconds to compile.
                        at_place = count
                        while at_place and crossings[at_place - 1] > crossing:
                            crossings[at_place] = crossings[at_place - 1]
                            at_place -= 1
                        crossings[at_place] = crossing
                        count += 1
                for pair in range(0, count - 1, 2):
                    # Cells whose middle lies between the two crossings; those near an edge are done already.
                    left = max(0, int(np.ceil((crossings[pair] - x0) * per_x - 0.5)))
                    right = min(nx - 1, int(np.floor((crossings[pair + 1] - x0) * per_x - 0.5)))
                    for column in range(left, right + 1):
                        cell = row * nx + column
                        if near[cell] == owner:
                            continue
                        if table[cell] == NOWHERE:
                            table[cell] = owner
                        elif table[cell] <= FIRST_MIXED:
                            near[cell] = owner
                            _enter(owner, FIRST_MIXED - table[cell], write, begins, lists, filled)
    return table, begins, lists


# Inlined: a call would count references to a dozen arrays for each point.
@njit(cache=True, inline="always")
def touches(
    x: float,
    y: float,
    row: int,
    owner: int,
    buckets: Buckets,
) -> int:
    """1 where the polygon touches the point, 0 where it does not, ``UNSURE`` where rounding could decide."""
    low, base, start, edges = buckets
    bucket = base[owner] + row - low[owner]
    if bucket < base[owner] or bucket >= base[owner + 1]:
        return 0
    inside = False
    for at in range(start[bucket], start[bucket + 1]):
        ax, ay, bx, by = edges[at, 0], edges[at, 1], edges[at, 2], edges[at, 3]
        if (ax == x and ay == y) or (bx == x and by == y):
            return 1
        if ay == by:
            if ay == y and min(ax, bx) <= x <= max(ax, bx):
                return 1
            continue
        if (ay > y) == (by > y):
            continue
        one, other = (bx - ax) * (y - ay), (x - ax) * (by - ay)
        turn = one - other
        if abs(turn) <= DETERMINANT_ERROR * (abs(one) + abs(other)):
            return UNSURE
        # The edge crosses the point's height to the right of it.
        if (turn > 0) == (by > ay):
            inside = not inside
    return 1 if inside else 0


@njit(cache=True, inline="always")
def locate_one(
    x: float,
    y: float,
    table: Cells,
    begins: Ints,
    lists: Ints,
    buckets: Buckets,
    frame: tuple[float, float, float, float],
    shape: tuple[int, int],
) -> int:
    """Position of the first polygon that touches the point, ``NOWHERE``, or ``UNSURE``. NaN is nowhere."""
    x0, y0, per_x, per_y = frame
    nx, ny = shape
    across, up = (x - x0) * per_x, (y - y0) * per_y
    if not (0.0 <= across < nx and 0.0 <= up < ny):
        return NOWHERE
    row = int(up)
    held = int(table[row * nx + int(across)])
    if held > FIRST_MIXED:
        return held
    place = FIRST_MIXED - held
    for at in range(begins[place], begins[place + 1]):
        answer = touches(x, y, row, lists[at], buckets)
        if answer == UNSURE:
            return UNSURE
        if answer:
            return int(lists[at])
    return NOWHERE


@njit(cache=True)
def locate_all(
    xs: Floats,
    ys: Floats,
    table: Cells,
    begins: Ints,
    lists: Ints,
    buckets: Buckets,
    frame: tuple[float, float, float, float],
    shape: tuple[int, int],
) -> Ints:
    """``locate_one`` of each point."""
    found = np.empty(len(xs), np.int64)
    for point in range(len(xs)):
        found[point] = locate_one(xs[point], ys[point], table, begins, lists, buckets, frame, shape)
    return found
