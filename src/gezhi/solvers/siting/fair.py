"""p-median with equity: (1 − λ) · mean + λ · mean over the worst share of the demand.

The mean over the worst share is the least over t of t + Σ w max(0, d − t) ÷ (share Σ w). With t held still this is a p-median
with other costs, still rising with distance, so interchange works; then t moves to where the plan's worst share begins,
and so on: no step is for the worse. Bound: the worst mean is also the most that any weights q, 0 ≤ q_i ≤ w_i ÷ (share Σ w),
Σ q ≤ 1, can make of Σ q d. So every q gives a p-median whose bound is a bound. q comes from the dual of the linear program
where that is small, else from the plan, and moves towards the worst shares of the plans met (fictitious play, Robinson 1951).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.siting.assignment_program import worst_weights
from gezhi.solvers.siting.capacitated import plan_capacitated, with_whole
from gezhi.solvers.siting.distances import Reach
from gezhi.solvers.siting.measure import metres_of, objective, worst_from
from gezhi.solvers.siting.plan import SEARCH, NoPlan, Plan, Search
from gezhi.solvers.siting.task import Equity, Problem
from gezhi.solvers.siting.uncapacitated import plan_median

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_ROUNDS, _BOUNDS = 6, 3
# Pairs up to which the linear program is solved for the first q.
_LINEAR = 30_000


def plan_fair(problem: Problem, reach: Reach, equity: Equity, search: Search) -> Plan | NoPlan:
    """A p-median plan with equity, with or without capacities."""
    total = float(problem.weight.sum())
    if total <= 0:
        return _planned(replace(problem, equity=None), reach, np.zeros(len(reach.site)), search)
    weight, demand = problem.weight / total, reach.demand
    plain = replace(problem, equity=None)
    first = _planned(plain, reach, weight[demand] * reach.metres, search)
    if isinstance(first, NoPlan):
        return first
    best = _measured(problem, reach, first)
    for turn in range(_ROUNDS):
        if search.stop():
            break
        limit = worst_from(_metres(reach, best), problem.weight, equity.share)
        bent = (1.0 - equity.weight) * reach.metres + equity.weight / equity.share * np.maximum(
            0.0, reach.metres - limit
        )
        tried = _planned(plain, reach, weight[demand] * bent, replace(search, seed=search.seed + turn))
        if isinstance(tried, NoPlan):
            break
        found = _measured(problem, reach, tried)
        if found.value >= best.value * (1 - 1e-12):
            break
        best = found
    bound, pull = -np.inf, _worst(reach, best, weight, equity)
    if len(reach.site) <= _LINEAR and not search.stop():
        hardest = worst_weights(problem, reach, equity.share, stop=search.stop)
        pull = pull if hardest is None else hardest
    for turn in range(_BOUNDS):
        if search.stop() or bound >= best.value:
            break
        mixed = (1.0 - equity.weight) * weight + equity.weight * pull
        tried = plan_median(plain, reach, mixed[demand] * reach.metres, search, share=0.25)
        if isinstance(tried, NoPlan):
            break
        bound = max(bound, tried.bound)
        found = _measured(problem, reach, tried)
        pull += (_worst(reach, found, weight, equity) - pull) / (turn + 2)
        if found.value < best.value and not problem.capacitated:
            best = found
    return with_whole(
        problem, reach, replace(best, bound=bound, bound_from=f"{SEARCH}, with the worst served weighed more"), search
    )


def _planned(problem: Problem, reach: Reach, cost: Floats, search: Search) -> Plan | NoPlan:
    if problem.capacitated:
        return plan_capacitated(problem, reach, replace(search, effort=search.effort / 4), cost=cost)
    return plan_median(problem, reach, cost, search, share=0.5)


def _measured(problem: Problem, reach: Reach, plan: Plan) -> Plan:
    """The plan with its value by the objective with equity; its bound was of another one."""
    value = objective(problem, reach, plan.opened, plan.assigned)
    return replace(plan, value=value, bound=-np.inf, bound_from="")


def _metres(reach: Reach, plan: Plan) -> Floats:
    return metres_of(reach, plan.assigned)


def _worst(reach: Reach, plan: Plan, weight: Floats, equity: Equity) -> Floats:
    """q of the plan: its worst share, each demand by its weight, the last one in part. ``weight`` sums to 1."""
    metres = _metres(reach, plan)
    order = np.argsort(-metres, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(weight[order])[:-1]])
    pull = np.zeros(len(weight))
    pull[order] = np.clip(equity.share - before, 0.0, weight[order]) / equity.share
    return pull
