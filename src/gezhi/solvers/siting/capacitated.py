"""Plans with capacities, for the three models: annealing, an exact assignment, and the whole program where it is small.

Bounds: the whole program by HiGHS up to some size; the core without capacities, which only has more plans; for set
covering also the fewest sites whose capacities add up to the demand.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.siting.assignment_program import assign_within, solve_whole
from gezhi.solvers.siting.capacity import Capacitated, place_all, swap_sites
from gezhi.solvers.siting.distances import Reach
from gezhi.solvers.siting.measure import capacitated_of, objective
from gezhi.solvers.siting.plan import PROGRAM, SEARCH, NoPlan, Plan, Search
from gezhi.solvers.siting.prove import EQUAL
from gezhi.solvers.siting.relax import cheapest_set
from gezhi.solvers.siting.task import NONE, Problem
from gezhi.solvers.siting.uncapacitated import core_of, fewest, grain_of, plan_cover, plan_median

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Pairs of the whole program, and of one assignment, that HiGHS is asked about.
_WHOLE, _ASSIGNMENT = 20_000, 40_000
_ROOM = "the capacities of the largest sites, added up"


def plan_capacitated(problem: Problem, reach: Reach, search: Search, *, cost: Floats | None = None) -> Plan | NoPlan:
    """A plan within the capacities. ``cost`` of each pair for p-median; weight × metres where left out."""
    if problem.model == "set_cover":
        return _fewest_capacitated(problem, reach, search)
    p = len(problem.site_ids) if problem.p is None else problem.p
    if problem.model == "max_cover":
        cost, unserved = np.zeros(len(reach.site)), problem.weight.copy()
        free: Plan | NoPlan = plan_cover(problem, reach, replace(search, effort=search.effort / 8))
    else:
        cost = problem.weight[reach.demand] * reach.metres if cost is None else cost
        if _room_count(problem) > p:
            return NoPlan(True, _ROOM)
        free = plan_median(problem, reach, cost, search, share=0.25)
        # Leaving out a demand, even a light one, is dearer than all ways together.
        heaviest = max(float(problem.weight.max()), 1.0)
        unserved = (float(cost.sum()) + 1.0) * (1.0 + problem.weight / heaviest)
    if isinstance(free, NoPlan):
        return free
    capacitated = capacitated_of(problem, reach, cost, unserved)
    starts = [free.opened, _first_set(problem, reach, p)]
    budget = search.entries(150_000_000)
    found = [
        swap_sites(capacitated, start, seed=search.seed + turn, budget=budget, stop=search.stop)
        for turn, start in enumerate(starts)
    ]
    opened, assigned, _ = min(found, key=lambda each: each[2])
    assigned = _exactly_assigned(problem, reach, capacitated, opened, assigned, search)
    complete = problem.model == "max_cover" or bool((assigned != NONE).all())
    bound_from = f"{SEARCH}, without the capacities"
    plan = Plan(opened, assigned, _paid(capacitated, assigned), free.bound, bound_from) if complete else None
    return with_whole(problem, reach, plan, search)


def with_whole(problem: Problem, reach: Reach, plan: Plan | None, search: Search) -> Plan | NoPlan:
    """The plan improved, and its bound raised, by the whole program where that is small."""
    unknown = plan or NoPlan(False, "none was found in time")
    if len(reach.site) > _WHOLE or search.stop() or (plan is not None and plan.bound >= plan.value):
        return unknown
    opened, assigned, bound = solve_whole(
        problem, reach, opened=None if plan is None else plan.opened, assigned=None if plan is None else plan.assigned,
        nodes=search.entries(1_000), stop=search.stop,
    )  # fmt: skip
    if opened is not None and assigned is not None and keeps_capacity(problem, assigned):
        value = objective(problem, reach, opened, assigned)
        if plan is None or value < plan.value:
            known = (-np.inf, "") if plan is None else (plan.bound, plan.bound_from)
            plan = Plan(opened, assigned, value, *known)
    if plan is None:
        return NoPlan(True, PROGRAM) if np.isinf(bound) and bound > 0 else unknown
    bound = _sharpened(problem, reach, plan.value, bound)
    return replace(plan, bound=bound, bound_from=PROGRAM) if bound > plan.bound else plan


def _sharpened(problem: Problem, reach: Reach, value: float, bound: float) -> float:
    """The bound that HiGHS proved, rounded up to the next value there can be."""
    if problem.model == "p_median":
        amounts = problem.weight[reach.demand] * reach.metres if problem.equity is None else np.array([0.5])
    else:
        amounts = problem.weight if problem.model == "max_cover" else np.ones(1)
    grain = grain_of(amounts, value)
    if grain.unit > 0:
        return min(value, grain.rounded_up(bound))
    return value if value - bound <= EQUAL * (1.0 + abs(value)) else bound


def keeps_capacity(problem: Problem, assigned: Ints) -> bool:
    """Whether no site serves more than it can, but for rounding."""
    served = assigned != NONE
    load = np.bincount(assigned[served], problem.weight[served], minlength=len(problem.site_ids))
    return bool((load <= problem.capacity * (1 + 1e-9) + 1e-9).all())


def _first_set(problem: Problem, reach: Reach, p: int) -> Ints:
    """p sites that keep the rules: fixed ones, the districts' least, then the largest, of equal ones the most central."""
    core, number = core_of(replace(problem, p=p), reach, np.zeros(len(reach.site)), np.ones(len(problem.ids)))
    central = np.bincount(reach.site, minlength=len(problem.site_ids)).astype(float)
    room = np.minimum(problem.capacity, float(problem.weight.sum()))
    wish = -(room + 1e-6) * (1.0 + 1e-6 * central / max(1.0, float(central.max())))
    return np.sort(np.concatenate([np.flatnonzero(problem.fixed), number[cheapest_set(core, wish[number])]]))


def _room_count(problem: Problem) -> int:
    """The fewest sites, fixed ones included, whose capacities add up to the demand; more than there are: impossible."""
    total, fixed = float(problem.weight.sum()), problem.fixed
    missing = total - float(problem.capacity[fixed].sum())
    rest = np.cumsum(np.sort(problem.capacity[~fixed])[::-1])
    if missing <= 1e-9 * total:
        return int(fixed.sum())
    enough = np.flatnonzero(rest >= missing - 1e-9 * total)
    return int(fixed.sum()) + (int(enough[0]) + 1 if len(enough) else len(rest) + 1)


def _paid(capacitated: Capacitated, assigned: Ints) -> float:
    demand = np.repeat(np.arange(len(capacitated.unserved)), np.diff(capacitated.start))
    used = assigned[demand] == capacitated.site
    paid = capacitated.unserved.copy()
    paid[demand[used]] = capacitated.cost[used]
    return float(paid.sum())


def _exactly_assigned(
    problem: Problem, reach: Reach, capacitated: Capacitated, opened: Ints, assigned: Ints, search: Search
) -> Ints:
    """The assignment to these sites improved by HiGHS, where it is small; p-median only."""
    pairs = int(np.isin(reach.site, opened).sum())
    if problem.model != "p_median" or pairs > _ASSIGNMENT or not pairs or search.stop():
        return assigned
    found = assign_within(
        problem, reach, opened, assigned, capacitated.cost, nodes=search.entries(50), stop=search.stop
    )  # fmt: skip
    return (
        found
        if keeps_capacity(problem, found) and _paid(capacitated, found) < _paid(capacitated, assigned)
        else assigned
    )


def _fewest_capacitated(problem: Problem, reach: Reach, search: Search) -> Plan | NoPlan:
    """Set covering within capacities: the least number of sites for which a full assignment is found."""
    _, cover = fewest(problem, reach, search)
    bound, source = max((cover.bound, cover.bound_from), (_room_count(problem), _ROOM))
    sites = len(problem.site_ids)
    most = sites if problem.p is None else min(problem.p, sites)
    if bound > most:
        return NoPlan(True, f"at least {bound} sites are needed, from {source}")
    capacitated = capacitated_of(problem, reach, np.zeros(len(reach.site)), np.ones(len(problem.ids)))
    plan = None
    # Once time is up all sites together are tried: no set has more room.
    for p in range(bound, most + 1):
        if search.stop() and p < most:
            continue
        opened = _first_set(problem, reach, p)
        assigned, paid = place_all(capacitated, opened)
        if paid > 0 and p < sites:
            budget = search.entries(20_000_000)
            opened, assigned, paid = swap_sites(capacitated, opened, seed=search.seed, budget=budget, stop=search.stop)
        if paid == 0:
            plan = Plan(opened, assigned, float(p), float(bound), source)
            break
    return with_whole(problem, reach, plan, search)
