"""The whole task as one mixed-integer program: whom each site serves, within its capacity, and what the worst served bear.

y_j: site j is open; x_ij: demand i is served by j, wholly (x is binary where capacities bind it). Σ_j x_ij = 1 (covering: ≤ 1);
x_ij ≤ y_j; Σ_i w_i x_ij ≤ capacity_j y_j; Σ y = p, fixed sites open, the districts' least. Equity: the mean over the
worst share is min_t t + Σ w_i max(0, d_i − t) ÷ (share Σ w) (Rockafellar and Uryasev, J. of Risk 2000), with s_i for
the maximum. Objective: Σ w d x, Σ w (1 − Σ x), Σ y, or (1 − λ) mean + λ worst.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.distances import Reach
from gezhi.solvers.siting.measure import worst_from
from gezhi.solvers.siting.program import Program
from gezhi.solvers.siting.task import NONE, Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def solve_whole(
    problem: Problem, reach: Reach, *, opened: Ints | None, assigned: Ints | None, nodes: int, stop: ShouldStop
) -> tuple[Ints | None, Ints | None, float]:
    """Open sites and the site of each demand (NONE: unserved), or None and None; and a bound of the objective.

    ``opened``, ``assigned``: a plan to start from. The bound is infinite where there is no plan at all.
    """
    model = _model(problem, reach)
    m, demand = len(problem.site_ids), reach.demand
    start = None
    if opened is not None and assigned is not None:
        start = _start(problem, reach, opened, assigned, len(model.cost))
    outcome = model.solve(start=start, nodes=nodes, stop=stop)
    if outcome.x is None:
        return None, None, outcome.bound
    found = np.full(len(problem.ids), NONE)
    used = np.flatnonzero(outcome.x[m : m + len(demand)] > 0.5)
    found[demand[used]] = reach.site[used]
    return np.flatnonzero(outcome.x[:m] > 0.5), found, outcome.bound


def worst_weights(problem: Problem, reach: Reach, share: float, *, stop: ShouldStop) -> Floats | None:
    """Weights q ≥ 0 (n), Σ q ≤ 1, none above its part of the worst ``share``, for which the relaxed task is hardest: the
    duals of the rows of the worst served. None where the linear program was not solved."""
    relaxed = _model(problem, reach).relaxed(stop=stop)
    if relaxed is None:
        return None
    # The rows of the worst served are the first ones.
    pull = np.abs(relaxed.duals[: len(problem.ids)])
    pull /= max(float(pull.sum()), 1e-12)
    pull = np.minimum(pull, problem.weight / (share * float(problem.weight.sum())))
    return np.asarray(pull / max(1.0, float(pull.sum())))


def assign_within(
    problem: Problem, reach: Reach, opened: Ints, assigned: Ints, cost: Floats, *, nodes: int, stop: ShouldStop
) -> Ints:
    """The cheapest assignment to open sites within their capacities that HiGHS finds, no dearer than ``assigned``.

    ``cost``: of each pair; a demand that stays unserved in ``assigned`` may stay so, the others may not.
    """
    demand = reach.demand
    pairs = np.flatnonzero(np.isin(reach.site, opened))
    of, to = demand[pairs], reach.site[pairs]
    program = Program(cost=cost[pairs], upper=np.ones(len(pairs)), whole=np.ones(len(pairs), dtype=bool))
    served = assigned != NONE
    program.add(len(problem.ids), of, np.arange(len(pairs)), 1.0, served.astype(float), served.astype(float))
    program.add(len(problem.site_ids), to, np.arange(len(pairs)), problem.weight[of], -np.inf, problem.capacity)
    outcome = program.solve(start=(assigned[of] == to).astype(float), nodes=nodes, stop=stop)
    better = assigned.copy()
    if outcome.x is not None:
        used = np.flatnonzero(outcome.x > 0.5)
        better[of[used]] = to[used]
    return better


def _model(problem: Problem, reach: Reach) -> Program:
    n, m, pairs = len(problem.ids), len(problem.site_ids), len(reach.site)
    demand, weight, total = reach.demand, problem.weight, float(problem.weight.sum())
    x = m + np.arange(pairs)
    equity = problem.equity
    extra = 0 if equity is None else 1 + n
    cost = np.zeros(m + pairs + extra)
    upper = np.repeat([1.0, np.inf], [m + pairs, extra])
    whole = np.arange(len(cost)) < (m + pairs if problem.capacitated else m)
    program = Program(cost=cost, upper=upper, whole=whole)
    if problem.model == "set_cover":
        cost[:m] = 1.0
    elif problem.model == "max_cover":
        cost[x] = -weight[demand]
        program.constant = total
    else:
        cost[x] = weight[demand] * reach.metres
        if equity is not None:
            t, s = m + pairs, m + pairs + 1 + np.arange(n)
            cost[x] *= (1.0 - equity.weight) / total
            cost[t] = equity.weight
            cost[s] = equity.weight * weight / (equity.share * total)
            rows = np.concatenate([np.arange(n), np.arange(n), demand])
            columns = np.concatenate([s, np.full(n, t), x])
            program.add(n, rows, columns, np.concatenate([np.ones(2 * n), -reach.metres]), 0.0, np.inf)
    program.add(n, demand, x, 1.0, 0.0 if problem.model == "max_cover" else 1.0, 1.0)
    row = np.arange(pairs)
    columns = np.concatenate([x, reach.site])
    program.add(pairs, np.concatenate([row, row]), columns, np.repeat([1.0, -1.0], pairs), -np.inf, 0.0)
    limited = np.isfinite(problem.capacity)
    if limited.any():
        number = np.cumsum(limited) - 1
        held = np.flatnonzero(limited[reach.site])
        rows = np.concatenate([number[reach.site[held]], np.arange(limited.sum())])
        columns = np.concatenate([x[held], np.flatnonzero(limited)])
        values = np.concatenate([weight[demand[held]], -problem.capacity[limited]])
        program.add(int(limited.sum()), rows, columns, values, -np.inf, 0.0)
    if problem.p is not None:
        least = 0 if problem.model == "set_cover" else problem.p
        program.add(1, np.zeros(m), np.arange(m), 1.0, least, problem.p)
    fixed = np.flatnonzero(problem.fixed)
    program.add(len(fixed), np.arange(len(fixed)), fixed, 1.0, 1.0, 1.0)
    for district, least in enumerate(problem.minimums.tolist()):
        inside = np.flatnonzero(problem.district == district)
        program.add(1, np.zeros(len(inside)), inside, 1.0, least, np.inf)
    return program


def _start(problem: Problem, reach: Reach, opened: Ints, assigned: Ints, size: int) -> Floats:
    """The plan as a point of the program."""
    m, demand = len(problem.site_ids), reach.demand
    point = np.zeros(size)
    point[opened] = 1.0
    used = np.flatnonzero(assigned[demand] == reach.site)
    point[m + used] = 1.0
    if problem.equity is not None:
        metres = np.zeros(len(problem.ids))
        metres[demand[used]] = reach.metres[used]
        limit = worst_from(metres, problem.weight, problem.equity.share)
        point[m + len(demand)] = limit
        point[m + len(demand) + 1 :] = np.maximum(0.0, metres - limit)
    return point
