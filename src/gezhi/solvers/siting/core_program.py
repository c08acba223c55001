"""The core as a mixed-integer program, for what branch and bound leaves open.

y_j: site j is open. z_g, for each demand and each cost c that it can pay: it is served at c, z_g ≤ Σ_{j at cost c} y_j,
Σ_g z_g ≤ 1, saving unserved − c. Sites at equal cost share a row, so that covering is its usual program. y is whole, and
then z may be continuous. Reference: Elloumi, EJOR 2010, for the grouping by costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.location import Location
from gezhi.solvers.siting.program import Program, Relaxed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Core:
    """The program, and for each pair its demand and its place among the z."""

    program: Program
    demand: Ints
    group: Ints


def _make(location: Location) -> _Core:
    m, pairs = location.m, len(location.site)
    demand = np.repeat(np.arange(location.n), np.diff(location.start))
    fresh = np.ones(pairs, dtype=bool)
    fresh[1:] = (demand[1:] != demand[:-1]) | (location.cost[1:] != location.cost[:-1])
    group = np.cumsum(fresh) - 1
    head = np.flatnonzero(fresh)
    groups = len(head)
    program = Program(
        cost=np.concatenate([np.zeros(m), location.cost[head] - location.unserved[demand[head]]]),
        upper=np.repeat([1.0, np.inf], [m, groups]),
        whole=np.arange(m + groups) < m,
        constant=float(location.unserved.sum()),
    )
    program.add(1, np.zeros(m), np.arange(m), 1.0, location.p, location.p)
    for district, least in enumerate(location.least.tolist()):
        inside = np.flatnonzero(location.district == district)
        program.add(1, np.zeros(len(inside)), inside, 1.0, least, np.inf)
    row = np.concatenate([np.arange(groups), group])
    column = np.concatenate([m + np.arange(groups), location.site])
    program.add(groups, row, column, np.repeat([1.0, -1.0], [groups, pairs]), -np.inf, 0.0)
    program.add(location.n, demand[head], m + np.arange(groups), 1.0, -np.inf, 1.0)
    return _Core(program, demand, group)


def solve_core(location: Location, start: Ints | None, *, nodes: int, stop: ShouldStop) -> tuple[Ints | None, float]:
    """The best set that HiGHS finds (None: none), and a bound of the value."""
    core, m = _make(location), location.m
    first = None
    if start is not None:
        first = np.zeros(len(core.program.cost))
        first[start] = 1.0
        served = np.flatnonzero(first[location.site] > 0)
        _, cheapest = np.unique(core.demand[served], return_index=True)
        first[m + core.group[served[cheapest]]] = 1.0
    outcome = core.program.solve(start=first, nodes=nodes, stop=stop)
    return (None if outcome.x is None else np.flatnonzero(outcome.x[:m] > 0.5)), outcome.bound


@dataclass(frozen=True)
class LinearCovering:
    """A covering's program, whose last rows are the demands'; the variable that serves each demand (−1: none does); and
    the program solved without whole numbers."""

    program: Program
    serves: Ints
    answer: Relaxed

    def prices(self, location: Location) -> Floats:
        """Prices u of the relaxation (:mod:`gezhi.solvers.siting.relax`) from the duals of the demands' rows."""
        return np.clip(location.unserved - np.abs(self.answer.duals[-location.n :]), 0.0, location.unserved)


def linear_covering(location: Location, *, stop: ShouldStop) -> LinearCovering | None:
    """The linear program of a location whose pairs all cost nothing; None where it did not end."""
    core = _make(location)
    serves = np.full(location.n, -1, np.int64)
    serves[core.demand] = location.m + core.group
    answer = core.program.relaxed(stop=stop)
    return None if answer is None else LinearCovering(core.program, serves, answer)
