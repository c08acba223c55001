"""Where the work is and where the workers are: sums over the city, kept up to date event by event.

Each thing that stands at a place (a case that is open, a worker at work, …) adds exp(−distance ÷ reach) to a field, so
that a field's value at a place says how much of it is near. Fields live on cells of half a kilometre: one change costs
one pass over the cells, however many things there are, and a look-up costs nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from gezhi.solvers.dispatch.scenario import SIDE_KM
from gezhi.solvers.dispatch.state import CaseState, Fleet, Floats

CELLS = 20
CELL_KM = SIDE_KM / CELLS
# The city of the prior is even; this share of an even fleet keeps the logarithm of an empty place finite.
EVEN_FLEET = 0.1


class Fields(NamedTuple):
    """``open`` and ``busy`` (3 × cells): open cases of a kind; workers at work who may serve it, by their place.

    ``demand``: all cases so far. ``fleet``: all workers, by where they are or are going. ``even``: one thing spread
    evenly. ``fall``: how a thing fades with cells of distance.
    """

    open: Floats
    busy: Floats
    demand: Floats
    fleet: Floats
    even: Floats
    fall: Floats


@njit(cache=True)
def cell(along: float) -> int:
    """The cell of a coordinate in kilometres; what lies outside belongs to the border."""
    return min(CELLS - 1, max(0, int(along / CELL_KM)))


@njit(cache=True)
def put(field: Floats, x: float, y: float, amount: float, fall: Floats) -> None:
    """Add ``amount`` at a place, or take it away again."""
    column, row = cell(x), cell(y)
    for other in range(CELLS):
        for another in range(CELLS):
            field[other, another] += amount * fall[abs(column - other) + abs(row - another)]


@njit(cache=True)
def begin_fields(fleet: Fleet, reach_km: float) -> Fields:
    """The fields before the first case."""
    fields = Fields(
        np.zeros((3, CELLS, CELLS)),
        np.zeros((3, CELLS, CELLS)),
        np.zeros((CELLS, CELLS)),
        np.zeros((CELLS, CELLS)),
        np.zeros((CELLS, CELLS)),
        np.exp(-np.arange(2 * CELLS) * CELL_KM / reach_km),
    )
    for column in range(CELLS):
        for row in range(CELLS):
            put(fields.even, (column + 0.5) * CELL_KM, (row + 0.5) * CELL_KM, CELLS**-2.0, fields.fall)
    for worker in range(fleet.x.size):
        put(fields.fleet, fleet.x[worker], fleet.y[worker], 1.0, fields.fall)
    return fields


@njit(cache=True)
def put_case(case: int, amount: float, fields: Fields, cases: CaseState) -> None:
    """A case opens (1) or is reached (−1)."""
    put(fields.open[cases.kind[case]], cases.x[case], cases.y[case], amount, fields.fall)
    if amount > 0:
        put(fields.demand, cases.x[case], cases.y[case], amount, fields.fall)


@njit(cache=True)
def put_busy(worker: int, amount: float, fields: Fields, fleet: Fleet) -> None:
    """A worker begins to work (1) or ends (−1), where they stand."""
    for kind in range(fleet.skills.shape[1]):
        if fleet.skills[worker, kind]:
            put(fields.busy[kind], fleet.x[worker], fleet.y[worker], amount, fields.fall)


@njit(cache=True)
def shortage(fields: Fields, seen: int, workers: int, prior: float) -> Floats:
    """Of each cell, ln(share of the demand ÷ share of the fleet): above 0 where more work comes than workers stand.

    The ``seen`` cases of today are mixed with ``prior`` cases spread evenly: before any has come, nothing is known.
    """
    found = np.zeros((CELLS, CELLS))
    for column in range(CELLS):
        for row in range(CELLS):
            even = fields.even[column, row]
            demand = (fields.demand[column, row] + prior * even) / (seen + prior)
            fleet = (fields.fleet[column, row] / workers + EVEN_FLEET * even) / (1.0 + EVEN_FLEET)
            found[column, row] = np.log(demand / fleet)
    return found
