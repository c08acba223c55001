"""Many points in the table, compiled: millions a second. The compiler takes a second and 170 MB to load, so only who has
many points imports this; ``one_point`` is the same in plain Python.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.locate.answers import NOWHERE, UNSURE
from gezhi.solvers.locate.cell_table import DETERMINANT_ERROR, FIRST_MIXED, CellTable

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]
_Cells = NDArray[np.int32]
# ``Buckets`` as the compiled loops take it.
_Buckets = tuple[_Ints, _Ints, _Ints, _Floats]


def locate_all(xs: _Floats, ys: _Floats, cells: CellTable) -> _Ints:
    """What ``one_point`` says of each point."""
    buckets, frame = cells.buckets, cells.frame
    found: _Ints = _locate_all(
        xs,
        ys,
        cells.table,
        cells.begins,
        cells.lists,
        (buckets.low, buckets.base, buckets.start, buckets.edges),
        (frame.x0, frame.y0, frame.per_x, frame.per_y),
        (frame.nx, frame.ny),
    )
    return found


# Inlined: a call would count references to a dozen arrays for each point.
@njit(cache=True, inline="always")
def _touches(
    x: float,
    y: float,
    row: int,
    owner: int,
    buckets: _Buckets,
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
def _locate_one(
    x: float,
    y: float,
    table: _Cells,
    begins: _Cells,
    lists: _Cells,
    buckets: _Buckets,
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
        answer = _touches(x, y, row, lists[at], buckets)
        if answer == UNSURE:
            return UNSURE
        if answer:
            return int(lists[at])
    return NOWHERE


@njit(cache=True)
def _locate_all(
    xs: _Floats,
    ys: _Floats,
    table: _Cells,
    begins: _Cells,
    lists: _Cells,
    buckets: _Buckets,
    frame: tuple[float, float, float, float],
    shape: tuple[int, int],
) -> _Ints:
    """``_locate_one`` of each point."""
    found = np.empty(len(xs), np.int64)
    for point in range(len(xs)):
        found[point] = _locate_one(xs[point], ys[point], table, begins, lists, buckets, frame, shape)
    return found
