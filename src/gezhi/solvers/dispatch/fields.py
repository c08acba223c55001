"""Where the work is and where the workers are: sums over the city, kept up to date event by event.

Each thing that stands at a place (a case that is open, a worker at work, …) adds exp(−distance ÷ reach) to a field, so
that a field's value at a place says how much of it is near. Fields live on the cells of the ground: one change costs
one pass over the cells, however many things there are, and a look-up costs nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.dispatch.ground import Ground
from gezhi.solvers.dispatch.state import Floats

# The city of the prior is even; this share of an even fleet keeps the logarithm of an empty place finite.
EVEN_FLEET = 0.1


class Fields(NamedTuple):
    """``open`` and ``busy`` (kinds × cells): open cases of a kind; workers at work who may serve it, by their place.

    ``demand``: all cases so far. ``fleet``: all workers, by where they are or are going. ``even``: one thing spread
    evenly. ``fall``: how a thing fades with cells of distance.
    """

    ground: Ground
    open: Floats
    busy: Floats
    demand: Floats
    fleet: Floats
    even: Floats
    fall: Floats


@njit(cache=True)
def cell(along: float, count: int, cell_km: float) -> int:
    """The cell of a coordinate in kilometres; what lies outside belongs to the border."""
    return min(count - 1, max(0, int(along / cell_km)))


@njit(cache=True)
def cell_of(x: float, y: float, ground: Ground) -> tuple[int, int]:
    """Column and row of the cell of a place."""
    return cell(x, ground.columns, ground.cell_km), cell(y, ground.rows, ground.cell_km)


@njit(cache=True)
def _add(field: Floats, x: float, y: float, amount: float, fall: Floats, ground: Ground) -> None:
    column, row = cell_of(x, y, ground)
    for other in range(ground.columns):
        for another in range(ground.rows):
            field[other, another] += amount * fall[abs(column - other) + abs(row - another)]


@njit(cache=True)
def put(field: Floats, x: float, y: float, amount: float, fields: Fields) -> None:
    """Add ``amount`` at a place to one of the ``fields``, or take it away again."""
    _add(field, x, y, amount, fields.fall, fields.ground)


@njit(cache=True)
def _fall_of(ground: Ground, reach_km: float) -> Floats:
    fall: Floats = np.exp(-np.arange(ground.columns + ground.rows) * ground.cell_km / reach_km)
    return fall


@njit(cache=True)
def _spread(ground: Ground, reach_km: float) -> Floats:
    fall, even = _fall_of(ground, reach_km), np.zeros((ground.columns, ground.rows))
    share = 1.0 / (ground.columns * ground.rows)
    for column in range(ground.columns):
        for row in range(ground.rows):
            _add(even, (column + 0.5) * ground.cell_km, (row + 0.5) * ground.cell_km, share, fall, ground)
    return even


@lru_cache(maxsize=16)
def even_field(ground: Ground, reach_km: float) -> Floats:
    """The field of one thing spread evenly: O(cells²), so it is made once for a ground. Not to be written to."""
    even: Floats = _spread(ground, reach_km)
    return even


@njit(cache=True)
def begin_fields(x: Floats, y: Floats, kinds: int, ground: Ground, reach_km: float, even: Floats) -> Fields:
    """The fields before the first case, with a fleet at (``x``, ``y``); ``even`` is the ground's ``even_field``."""
    columns, rows = ground.columns, ground.rows
    fields = Fields(
        ground,
        np.zeros((kinds, columns, rows)),
        np.zeros((kinds, columns, rows)),
        np.zeros((columns, rows)),
        np.zeros((columns, rows)),
        even,
        _fall_of(ground, reach_km),
    )
    for worker in range(x.size):
        put(fields.fleet, x[worker], y[worker], 1.0, fields)
    return fields


@njit(cache=True)
def put_case(x: float, y: float, kind: int, amount: float, fields: Fields) -> None:
    """A case of a kind opens (1) or is reached (−1)."""
    put(fields.open[kind], x, y, amount, fields)


@njit(cache=True)
def put_busy(x: float, y: float, skills: NDArray[np.bool_], amount: float, fields: Fields) -> None:
    """A worker begins to work (1) or ends (−1), where they stand."""
    for kind in range(skills.size):
        if skills[kind]:
            put(fields.busy[kind], x, y, amount, fields)


@njit(cache=True)
def shortage(fields: Fields, seen: int, workers: int, prior: float) -> Floats:
    """Of each cell, ln(share of the demand ÷ share of the fleet): above 0 where more work comes than workers stand.

    The ``seen`` cases of the demand are mixed with ``prior`` cases spread evenly: before any has come, nothing is known.
    """
    found = np.zeros((fields.ground.columns, fields.ground.rows))
    for column in range(fields.ground.columns):
        for row in range(fields.ground.rows):
            even = fields.even[column, row]
            demand = (fields.demand[column, row] + prior * even) / (seen + prior)
            fleet = (fields.fleet[column, row] / workers + EVEN_FLEET * even) / (1.0 + EVEN_FLEET)
            found[column, row] = np.log(demand / fleet)
    return found
