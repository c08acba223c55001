"""Teams: several resources at once, all or none. An integer program, because a flow knows no 'all or none'.

x[n, p]: team need n is served in period p; y[n, p, role, r]: resource r fills a role; q[arc]: units of the plain needs. Σ_r y =
count · x for each role, one role for a resource, Σ_p x ≤ 1, and the rooms of the slots. First the worst served share over the
grids is made as large as can be, then the sum of values. HiGHS through scipy, with a limit of branch-and-bound nodes rather than
of time, so that the answer is the same on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from gezhi.solvers.matching.flow import Network

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TeamArc:
    """A resource that could fill a role of a team need in a slot; ``fixed`` where it was accepted."""

    need: str
    grid: str
    period: str
    role: int
    slot: int
    resource: str
    value: int
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """Units on plain arcs, chosen team arcs, the sum of values, its proven bound, and the floor with its bound (shares)."""

    units_on: dict[int, int]
    chosen: list[int]
    value: int
    bound: int
    floor: float
    floor_bound: float
    proven: bool


class _Rows:
    """Linear constraints as they are written down: low ≤ Σ coefficient · column ≤ high."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, terms: Iterable[tuple[int, float]], low: float, high: float) -> None:
        """One more row."""
        self.entries += [(len(self.low), column, weight) for column, weight in terms]
        self.low.append(low)
        self.high.append(high)

    def constraint(self, columns: int) -> LinearConstraint:
        """All rows for so many columns."""
        row, column, weight = zip(*self.entries, strict=True) if self.entries else ((), (), ())
        table = coo_matrix((weight, (row, column)), shape=(len(self.low), columns))
        return LinearConstraint(table.tocsr(), self.low, self.high)


def solve_teams(
    network: Network,
    team_arcs: Sequence[TeamArc],
    counts: Mapping[str, Sequence[int]],
    demand: Mapping[str, int],
    *,
    fair: bool,
    nodes: int,
) -> TeamPlan | None:
    """The best plan with teams; None when no plan was found that keeps the accepted team matches.

    ``counts``: team need → how many each of its roles asks for. ``demand``: units asked for by each grid, teams as one.
    ``nodes``: branch-and-bound nodes at most for each of the two steps.
    """
    rows = _Rows()
    first_y = len(network.arcs)
    first_x = first_y + len(team_arcs)
    load: dict[int, list[tuple[int, float]]] = {}
    of_need: dict[int, list[tuple[int, float]]] = {}
    of_grid: dict[str, list[tuple[int, float]]] = {}
    for place, (need, slot) in enumerate(network.arcs):
        load.setdefault(slot, []).append((place, 1))
        of_need.setdefault(need, []).append((place, 1))
        of_grid.setdefault(network.grid[need], []).append((place, 1))
    roles: dict[tuple[str, str], dict[int, list[int]]] = {}
    persons: dict[tuple[str, str, str], list[int]] = {}
    grid_of: dict[str, str] = {}
    for place, arc in enumerate(team_arcs):
        load.setdefault(arc.slot, []).append((first_y + place, 1))
        roles.setdefault((arc.need, arc.period), {}).setdefault(arc.role, []).append(first_y + place)
        persons.setdefault((arc.need, arc.period, arc.resource), []).append(first_y + place)
        grid_of[arc.need] = arc.grid
    for (need_id, period, resource), places in sorted(persons.items()):
        # One role for a person, and exactly one where the match was accepted.
        kept = any(
            arc.fixed for arc in team_arcs if (arc.need, arc.period, arc.resource) == (need_id, period, resource)
        )
        rows.add(((place, 1) for place in places), float(kept), 1)
    served: dict[str, list[tuple[int, float]]] = {}
    for number, ((need_id, _), filled) in enumerate(sorted(roles.items())):
        together = first_x + number
        served.setdefault(need_id, []).append((together, 1))
        for role, count in enumerate(counts[need_id]):
            rows.add([*((place, 1.0) for place in filled.get(role, [])), (together, -float(count))], 0, 0)
    for need_id, options in served.items():
        rows.add(options, 0, 1)
        of_grid.setdefault(grid_of[need_id], []).extend(options)
    for slot, terms in load.items():
        rows.add(terms, 0, network.room[slot])
    for need, terms in of_need.items():
        rows.add(terms, 0, network.units[need])
    floor_at = first_x + len(roles)
    upper = np.ones(floor_at + 1)
    upper[:first_y] = [min(network.units[need], network.room[slot]) for need, slot in network.arcs]
    whole = np.ones(floor_at + 1)
    whole[floor_at] = 0

    def best(worth: FloatArray) -> Any:
        return milp(
            -worth,
            constraints=rows.constraint(floor_at + 1),
            bounds=Bounds(np.zeros(floor_at + 1), upper),
            integrality=whole,
            options={"node_limit": nodes, "mip_rel_gap": 0.0},
        )

    proven, floor, floor_bound = True, 0.0, 0.0
    if fair and demand:
        for grid, asked in demand.items():
            rows.add([*of_grid.get(grid, []), (floor_at, -float(asked))], 0, np.inf)
        worth = np.zeros(floor_at + 1)
        worth[floor_at] = 1
        found = best(worth)
        if found.x is None:
            return None
        floor, floor_bound, proven = float(found.x[floor_at]), float(-found.mip_dual_bound), found.status == 0
        for grid, asked in demand.items():
            # The floor in whole units of each grid, so that no tolerance lets it slip.
            rows.add(of_grid.get(grid, []), math.ceil(floor * asked - 1e-6), np.inf)
    worth = np.zeros(floor_at + 1)
    worth[:first_y] = network.values
    worth[first_y:first_x] = [arc.value for arc in team_arcs]
    found = best(worth)
    if found.x is None:
        return None
    levels = np.rint(found.x).astype(np.int64)
    value = int(worth[:first_x] @ levels[:first_x])
    complete = found.status == 0
    return TeamPlan(
        units_on={place: int(levels[place]) for place in range(first_y) if levels[place]},
        chosen=[place for place in range(len(team_arcs)) if levels[first_y + place]],
        value=value,
        # Every value is whole, so the bound is too.
        bound=value if complete else math.floor(-found.mip_dual_bound + 1e-6),
        floor=floor,
        floor_bound=floor_bound,
        proven=proven and complete,
    )
