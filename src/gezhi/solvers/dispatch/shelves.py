"""The open cases by cell and kind, the oldest first, so that whoever looks for one near sees few of many."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from gezhi.solvers.dispatch.fields import cell_of
from gezhi.solvers.dispatch.ground import Ground
from gezhi.solvers.dispatch.state import NOBODY, CaseState, Ints


class Shelves(NamedTuple):
    """``first``, ``last`` (kinds × cells): ends of the list of each cell; ``before``, ``after``: of each case its neighbours."""

    first: Ints
    last: Ints
    before: Ints
    after: Ints


@njit(cache=True)
def begin_shelves(cases: int, kinds: int, ground: Ground) -> Shelves:
    """Empty shelves for so many cases."""
    shape = (kinds, ground.columns, ground.rows)
    return Shelves(np.full(shape, NOBODY), np.full(shape, NOBODY), np.full(cases, NOBODY), np.full(cases, NOBODY))


@njit(cache=True)
def shelve(case: int, cases: CaseState, ground: Ground, shelves: Shelves) -> None:
    """Put a case that has appeared last behind those of its cell and kind."""
    column, row = cell_of(cases.x[case], cases.y[case], ground)
    kind = cases.kind[case]
    last = shelves.last[kind, column, row]
    shelves.before[case] = last
    if last == NOBODY:
        shelves.first[kind, column, row] = case
    else:
        shelves.after[last] = case
    shelves.last[kind, column, row] = case


@njit(cache=True)
def unshelve(case: int, cases: CaseState, ground: Ground, shelves: Shelves) -> None:
    """Take away a case that has been reached."""
    column, row = cell_of(cases.x[case], cases.y[case], ground)
    kind, before, after = cases.kind[case], shelves.before[case], shelves.after[case]
    if before == NOBODY:
        shelves.first[kind, column, row] = after
    else:
        shelves.after[before] = after
    if after == NOBODY:
        shelves.last[kind, column, row] = before
    else:
        shelves.before[after] = before


@njit(cache=True)
def least_km(x: float, y: float, column: int, row: int, ground: Ground) -> float:
    """The shortest rectilinear way from a place into a cell; those on the border hold all that lies beyond it."""
    size = ground.cell_km
    east = column * size - x if column > 0 else 0.0
    west = x - (column + 1) * size if column < ground.columns - 1 else 0.0
    north = row * size - y if row > 0 else 0.0
    south = y - (row + 1) * size if row < ground.rows - 1 else 0.0
    return max(0.0, east, west) + max(0.0, north, south)
