"""Teams: several resources at once, all or none. An integer program, because a flow knows no 'all or none'.

x[n, p]: team need n is served in period p; y[n, p, role, r]: resource r fills a role; q[arc]: units of the plain needs. Σ_r y =
count · x for each role, one role for a resource, Σ_p x ≤ 1, and the rooms of the slots. First the worst served share over all
grids is made as large as can be, then the sum of values. CP-SAT, one thread, a fixed seed and a limit of
deterministic effort, so that the answer is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from gezhi.solvers.matching.flow import Network


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


def solve_teams(
    network: Network,
    team_arcs: Sequence[TeamArc],
    counts: Mapping[str, Sequence[int]],
    demand: Mapping[str, int],
    *,
    fair: bool,
    seed: int,
    effort: float,
) -> TeamPlan | None:
    """The best plan with teams; None when the accepted team matches cannot all be kept.

    ``counts``: team need → how many each of its roles asks for. ``demand``: units asked for by each grid, teams as one.
    ``effort`` is CP-SAT's deterministic time, about seconds, for each of the two steps.
    """
    model = cp_model.CpModel()
    q = [
        model.new_int_var(0, min(network.units[need], network.room[slot]), f"q{place}")
        for place, (need, slot) in enumerate(network.arcs)
    ]
    y = [model.new_bool_var(f"y{place}") for place in range(len(team_arcs))]
    load: dict[int, list[cp_model.LinearExprT]] = {}
    of_need: dict[int, list[cp_model.LinearExprT]] = {}
    of_grid: dict[str, list[cp_model.LinearExprT]] = {}
    for place, (need, slot) in enumerate(network.arcs):
        load.setdefault(slot, []).append(q[place])
        of_need.setdefault(need, []).append(q[place])
        of_grid.setdefault(network.grid[need], []).append(q[place])
    roles: dict[tuple[str, str], dict[int, list[int]]] = {}
    grid_of: dict[str, str] = {}
    for place, arc in enumerate(team_arcs):
        load.setdefault(arc.slot, []).append(y[place])
        roles.setdefault((arc.need, arc.period), {}).setdefault(arc.role, []).append(place)
        grid_of[arc.need] = arc.grid
        if arc.fixed:
            # Whatever its role: all arcs of this resource for this need and period that are fixed, one of them holds.
            model.add_at_least_one(
                y[other]
                for other, twin in enumerate(team_arcs)
                if twin.fixed and (twin.need, twin.period, twin.resource) == (arc.need, arc.period, arc.resource)
            )
    served: dict[str, list[cp_model.IntVar]] = {}
    for (need_id, period), filled in sorted(roles.items()):
        together = model.new_bool_var(f"x{need_id}/{period}")
        served.setdefault(need_id, []).append(together)
        for role, count in enumerate(counts[need_id]):
            model.add(sum(y[place] for place in filled.get(role, [])) == count * together)
        by_resource: dict[str, list[int]] = {}
        for places in filled.values():
            for place in places:
                by_resource.setdefault(team_arcs[place].resource, []).append(place)
        for places in by_resource.values():
            model.add_at_most_one(y[place] for place in places)
    for need_id, options in served.items():
        model.add_at_most_one(options)
        of_grid.setdefault(grid_of[need_id], []).extend(options)
    for slot, loads in load.items():
        model.add(sum(loads) <= network.room[slot])
    for need, units in of_need.items():
        model.add(sum(units) <= network.units[need])

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    proven, floor, floor_bound = True, 0.0, 0.0
    if fair and demand:
        # z is the floor in millionths: whole numbers for the solver, and finer than any two shares of real lists.
        z = model.new_int_var(0, 10**6, "floor")
        for grid, asked in demand.items():
            model.add(10**6 * sum(of_grid.get(grid, [])) >= z * asked)
        model.maximize(z)
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        floor, floor_bound = solver.value(z) / 10**6, solver.best_objective_bound / 10**6
        proven = status == cp_model.OPTIMAL
        model.add(z >= solver.value(z))
    values = sum(value * q[place] for place, value in enumerate(network.values))
    model.maximize(values + sum(arc.value * y[place] for place, arc in enumerate(team_arcs)))
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return TeamPlan(
        units_on={place: solver.value(one) for place, one in enumerate(q) if solver.value(one)},
        chosen=[place for place, one in enumerate(y) if solver.value(one)],
        value=round(solver.objective_value),
        bound=round(solver.best_objective_bound),
        floor=floor,
        floor_bound=floor_bound,
        proven=proven and status == cp_model.OPTIMAL,
    )
