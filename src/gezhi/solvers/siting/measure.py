"""The objective of a plan, and its figures, computed from the task and not from what a search believed."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.siting.capacity import Capacitated, place_all
from gezhi.solvers.siting.distances import Reach
from gezhi.solvers.siting.task import NONE, Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WORST_SHARE = 0.1


def nearest_of(reach: Reach, opened: Ints) -> Ints:
    """The nearest open site within reach of each demand, NONE where there is none."""
    found = np.full(len(reach.start) - 1, NONE)
    used = np.flatnonzero(np.isin(reach.site, opened))
    of, first = np.unique(reach.demand[used], return_index=True)
    found[of] = reach.site[used[first]]
    return found


def metres_of(reach: Reach, assigned: Ints) -> Floats:
    """Metres of each demand to its site, infinite where it has none."""
    metres = np.full(len(assigned), np.inf)
    demand = reach.demand
    used = assigned[demand] == reach.site
    metres[demand[used]] = reach.metres[used]
    return metres


def objective(problem: Problem, reach: Reach, opened: Ints, assigned: Ints) -> float:
    """The cost of a plan: the model's value, or for covering the weight left out."""
    if problem.model == "set_cover":
        return float(len(opened))
    if problem.model == "max_cover":
        return float(problem.weight[assigned == NONE].sum())
    metres = metres_of(reach, assigned)
    if (assigned == NONE).any():
        return float("inf")
    if problem.equity is None:
        return float((problem.weight * metres).sum())
    total = float(problem.weight.sum())
    mean = float((problem.weight * metres).sum()) / total if total > 0 else 0.0
    worst = worst_mean(metres, problem.weight, problem.equity.share)
    return (1.0 - problem.equity.weight) * mean + problem.equity.weight * worst


def worst_from(metres: Floats, weight: Floats, share: float) -> float:
    """The distance from which on the worst ``share`` of the weight lies."""
    order = np.argsort(-metres, kind="stable")
    upto = np.cumsum(weight[order])
    place = int(np.searchsorted(upto, share * upto[-1], side="left"))
    return float(metres[order[min(place, len(order) - 1)]])


def worst_mean(metres: Floats, weight: Floats, share: float) -> float:
    """The mean distance over the worst ``share`` of the weight; a demand on its border counts in part."""
    total = float(weight.sum())
    if total <= 0:
        return 0.0
    limit = worst_from(metres, weight, share)
    return limit + float((weight * np.maximum(0.0, metres - limit)).sum()) / (share * total)


def capacitated_of(problem: Problem, reach: Reach, cost: Floats, unserved: Floats) -> Capacitated:
    """The arrays of the search with capacities, with a cost for each pair and a price for each demand left out."""
    return Capacitated(
        reach.start, reach.site, cost, unserved, problem.weight, problem.capacity, problem.fixed, problem.district,
        problem.minimums,
    )  # fmt: skip


def closing_costs(
    problem: Problem, reach: Reach, opened: Ints, assigned: Ints, value: float
) -> dict[str, float | None]:
    """What closing each open site would cost, everybody else staying open, in the unit of the objective.

    Covering: weight lost; set covering: demands lost; p-median: what its demands walk more. None where somebody would
    find no other site. With capacities demands are placed anew, which may be dearer than need be.
    """
    if problem.capacitated or problem.equity is not None:
        return {problem.site_ids[j]: _without(problem, reach, opened, j, value) for j in opened.tolist()}
    demand = reach.demand
    used = np.flatnonzero(np.isin(reach.site, opened) & (reach.site != assigned[demand]))
    of, first = np.unique(demand[used], return_index=True)
    second = np.full(len(problem.ids), np.inf)
    second[of] = reach.metres[used[first]]
    served = np.flatnonzero(assigned != NONE)
    if problem.model == "p_median":
        alone = np.isinf(second)
        second[alone] = 0.0
        more = np.where(alone, np.inf, problem.weight * (second - metres_of(reach, assigned)))
    else:
        worth = problem.weight if problem.model == "max_cover" else np.ones(len(problem.ids))
        more = np.where(np.isinf(second), worth, 0.0)
    lost = np.bincount(assigned[served], more[served], minlength=len(problem.site_ids))
    return {problem.site_ids[j]: float(lost[j]) if np.isfinite(lost[j]) else None for j in opened.tolist()}


def _without(problem: Problem, reach: Reach, opened: Ints, closed: int, value: float) -> float | None:
    """The closing cost by assigning everybody anew."""
    rest = opened[opened != closed]
    if problem.capacitated:
        cost = np.zeros(len(reach.site)) if problem.model != "p_median" else problem.weight[reach.demand] * reach.metres
        unserved = (
            problem.weight if problem.model == "max_cover" else np.full(len(problem.ids), 1e3 * (cost.sum() + 1.0))
        )
        assigned, _ = place_all(capacitated_of(problem, reach, cost, unserved), rest)
    else:
        assigned = nearest_of(reach, rest)
    if problem.model == "set_cover":
        return float((assigned == NONE).sum())
    after = objective(problem, reach, rest, assigned)
    return max(0.0, after - value) if np.isfinite(after) else None


class SitingFigures(TypedDict, total=False):
    """What a planner compares plans by; empty without a plan. Distances in metres, weighted, None where nobody has any way.

    ``demand``, ``unserved``, ``beyond_any_way``: numbers of demands, the last of those that reach no open site at all.
    ``covered_…`` with a radius, ``open_by_district`` with minimums only.
    """

    open: int
    fixed: int
    sites: int
    demand: int
    demand_weight: float
    served_weight: float
    unserved: int
    mean_m: float | None
    p95_m: float | None
    worst_tenth_m: float | None
    farthest_m: float | None
    beyond_any_way: int
    loads: dict[str, float]
    covered_weight: float
    covered_share: float | None
    open_by_district: dict[str, int]


def figures(problem: Problem, reach: Reach, opened: Ints, assigned: Ints) -> SitingFigures:
    """The figures of a plan. Its distances are those of the demands that can reach an open site."""
    total = float(problem.weight.sum())
    served = assigned != NONE
    # Whom covering leaves out still has a nearest site; with capacities one goes where one is sent.
    metres = problem.ways.nearest(opened)
    metres[served] = metres_of(reach, assigned)[served]
    near, weight = metres[np.isfinite(metres)], problem.weight[np.isfinite(metres)]
    known = len(near) > 0 and float(weight.sum()) > 0
    load = np.bincount(assigned[served], problem.weight[served], minlength=len(problem.site_ids))
    found: SitingFigures = {
        "open": len(opened),
        "fixed": int(problem.fixed.sum()),
        "sites": len(problem.site_ids),
        "demand": len(problem.ids),
        "demand_weight": total,
        "served_weight": float(problem.weight[served].sum()),
        "unserved": int((~served).sum()),
        "mean_m": float((near * weight).sum() / weight.sum()) if known else None,
        "p95_m": worst_from(near, weight, 0.05) if known else None,
        "worst_tenth_m": worst_mean(near, weight, WORST_SHARE) if known else None,
        "farthest_m": float(near[weight > 0].max()) if known else None,
        "beyond_any_way": int(np.isinf(metres).sum()),
        "loads": {problem.site_ids[j]: float(load[j]) for j in opened.tolist()},
    }
    if problem.radius_m is not None:
        inside = metres <= problem.radius_m if problem.model == "p_median" else served
        covered = float(problem.weight[inside].sum())
        found["covered_weight"] = covered
        found["covered_share"] = covered / total if total > 0 else None
    if problem.district_names:
        of = problem.district[opened]
        held = np.bincount(of[of != NONE], minlength=len(problem.district_names))
        found["open_by_district"] = dict(zip(problem.district_names, held.tolist(), strict=True))
    return found
