"""Plans without capacities and without equity: the three models on the core."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.siting.distances import Reach
from gezhi.solvers.siting.greedy import greedy
from gezhi.solvers.siting.location import Location, make_location, settle, value
from gezhi.solvers.siting.measure import nearest_of
from gezhi.solvers.siting.plan import SEARCH, NoPlan, Plan, Search
from gezhi.solvers.siting.prove import Best, Grain, solve_location
from gezhi.solvers.siting.relax import cheapest_set
from gezhi.solvers.siting.set_cover import Cover, cover_all
from gezhi.solvers.siting.task import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def core_of(
    problem: Problem, reach: Reach, cost: Floats, unserved: Floats, *, exactly: bool = True
) -> tuple[Location, Ints]:
    """The core left once the fixed sites are open, and the numbers of its sites in the problem.

    ``exactly``: p sites are to open, not any number.
    """
    whole = make_location(
        reach.start, reach.site, cost, unserved,
        district=problem.district, least=problem.minimums, p=len(problem.site_ids) if problem.p is None else problem.p,
    )  # fmt: skip
    nothing = np.zeros(len(problem.site_ids), dtype=bool)
    return settle(whole, np.flatnonzero(problem.fixed), nothing, exactly=exactly)


def grain_of(amounts: Floats, scale: float) -> Grain:
    """Where all amounts are whole numbers, values are multiples of their greatest common divisor."""
    if len(amounts) and float(np.abs(amounts).sum()) < 2**52 and bool((amounts % 1 == 0).all()):
        return Grain(float(np.gcd.reduce(amounts.astype(np.int64))), scale)
    return Grain(0.0, scale)


def price_unserved(reach: Reach, cost: Floats, sites: int) -> tuple[Floats, float]:
    """A price for each demand that stays unserved, and the price that is above all that any plan pays.

    A demand that every site can serve is never unserved: just above its dearest site.
    """
    n = len(reach.start) - 1
    dearest = np.zeros(n)
    has = np.diff(reach.start) > 0
    dearest[has] = cost[reach.start[1:][has] - 1]
    price = 2.0 * float(dearest.sum()) + 2.0
    return np.where(np.diff(reach.start) == sites, dearest + 1.0, price), price


def all_served(location: Location, price: float, opened: Ints, search: Search) -> tuple[Ints | None, int]:
    """p sites that leave nobody unserved at ``price``, from ``opened`` or by set covering (None: not found), and a number
    of sites that any such plan needs."""
    mask = np.zeros(location.m, dtype=bool)
    mask[opened] = True
    demand = np.repeat(np.arange(location.n), np.diff(location.start))
    served = np.zeros(location.n, dtype=bool)
    served[demand[mask[location.site]]] = True
    priced = location.unserved >= price
    if not (priced & ~served).any():
        return opened, 0
    needed = priced[demand]
    count = np.bincount(demand[needed], minlength=location.n)
    only = make_location(
        np.concatenate([[0], np.cumsum(count)]).astype(np.int64), location.site[needed], np.zeros(int(needed.sum())),
        priced.astype(float), district=location.district, least=location.least, p=location.p,
    )  # fmt: skip
    cover = cover_all(only, seed=search.seed, budget=search.entries(100_000_000), stop=search.stop)
    if len(cover.opened) > location.p:
        return None, cover.bound
    wish = np.ones(location.m)
    wish[opened] = 0.0
    wish[cover.opened] = -1.0
    return cheapest_set(location, wish), cover.bound


def plan_median(problem: Problem, reach: Reach, cost: Floats, search: Search, *, share: float = 1.0) -> Plan | NoPlan:
    """p-median with the cost of each pair (its value is their sum over the demands)."""
    unserved, price = price_unserved(reach, cost, len(problem.site_ids))
    core, number = core_of(problem, reach, cost, unserved)
    fixed = np.flatnonzero(problem.fixed)
    start, needed = all_served(core, price, greedy(core), search)
    if start is None:
        return NoPlan(needed > core.p, f"at least {needed + len(fixed)} sites are needed to reach everybody")
    best = solve_location(
        core, start, grain=grain_of(cost, value(core, start)), effort=search.core(share), seed=search.seed,
        stop=search.stop, progress=search.progress,
    )  # fmt: skip
    return _plan(reach, best, fixed, number)


def plan_cover(problem: Problem, reach: Reach, search: Search) -> Plan:
    """Maximal covering; the value is the weight left out."""
    core, number = core_of(problem, reach, np.zeros(len(reach.site)), problem.weight.copy())
    best = solve_location(
        core, greedy(core), grain=grain_of(problem.weight, float(problem.weight.sum())), effort=search.covering(),
        seed=search.seed, stop=search.stop, progress=search.progress,
    )  # fmt: skip
    return _plan(reach, best, np.flatnonzero(problem.fixed), number)


def _plan(reach: Reach, best: Best, fixed: Ints, number: Ints) -> Plan:
    opened = np.sort(np.concatenate([fixed, number[best.opened]]))
    return Plan(opened, nearest_of(reach, opened), best.value, best.bound, SEARCH, best.nodes, best.steps)


def fewest(problem: Problem, reach: Reach, search: Search) -> tuple[Ints, Cover]:
    """Sites that cover everything, and what is proven of their number. Every demand must have a site in reach."""
    core, number = core_of(problem, reach, np.zeros(len(reach.site)), np.ones(len(problem.ids)), exactly=False)
    found = cover_all(core, seed=search.seed, budget=search.entries(100_000_000), stop=search.stop)
    fixed = np.flatnonzero(problem.fixed)
    opened = np.sort(np.concatenate([fixed, number[found.opened]]))
    return opened, Cover(opened, found.bound + len(fixed), found.bound_from)


def plan_set_cover(problem: Problem, reach: Reach, search: Search) -> Plan | NoPlan:
    """Set covering; the value is the number of open sites."""
    opened, cover = fewest(problem, reach, search)
    if problem.p is not None and len(opened) > problem.p:
        return NoPlan(cover.bound > problem.p, f"at least {cover.bound} sites are needed to cover everybody")
    return Plan(opened, nearest_of(reach, opened), float(len(opened)), float(cover.bound), cover.bound_from)
