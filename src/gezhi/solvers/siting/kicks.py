"""Interchange kicked among neighbours, for plans that open many of their sites.

Where every tenth site or more is open, a kick of sites anywhere is mended where it was made, and a search over all sites
to find that out costs more than it finds. Here a demand is drawn; of the sites nearest to it a few open ones are swapped
for closed ones, the sites around are exchanged until no swap gains, and the result is kept when it is no worse, else
undone swap by swap. A trial costs what its neighbourhood costs, however large the city is: some tens of thousands a second.
What closing each open site would cost is kept up to date with every swap. Work is counted in list entries, so the same
seed gives the same plan anywhere.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.location import Location
from gezhi.solvers.siting.swaps import SLICE, best_out, cheapest_outs, improve, look_up, tolerance_of

Ints = NDArray[np.int64]

# From one open site in so many on, kicks are made among neighbours.
MANY = 10
# Open sites that a kick takes, and open sites beyond them whose surroundings are searched.
_FEWEST, _MORE, _AROUND = 2, 4, 3
# Swaps that one trial may need; one that needs more is undone.
_MOST_SWAPS = 200


@njit(cache=True)
def _leave(i, at, near, d1, d2, loss):  # type: ignore[no-untyped-def]
    """Take demand i out of the sums."""
    if near[i] >= 0:
        loss[at[near[i]]] -= d2[i] - d1[i]
    return d1[i]


@njit(cache=True)
def _enter(i, at, near, d1, d2, loss):  # type: ignore[no-untyped-def]
    """Put demand i into the sums again."""
    if near[i] >= 0:
        loss[at[near[i]]] += d2[i] - d1[i]
    return d1[i]


@njit(cache=True)
def _swap(into, out, lists, state, held, district, largest):  # type: ignore[no-untyped-def]
    """Carry the swap out; how the sum of costs changes, the largest second cost there may be now, the entries looked at."""
    start, site, cost, unserved, by_start, by_demand, by_cost = lists
    opened, at, near, second, d1, d2, loss = state
    place = at[out]
    change, work = 0.0, 0
    # Whoever is touched leaves the sums while the places still say who is where. Nobody is touched beyond ``largest``.
    for k in range(by_start[out], by_start[out + 1]):
        if by_cost[k] > largest:
            break
        i = by_demand[k]
        work += 2
        if near[i] == out or second[i] == out:
            change -= _leave(i, at, near, d1, d2, loss)
    for k in range(by_start[into], by_start[into + 1]):
        if by_cost[k] > largest:
            break
        i = by_demand[k]
        work += 2
        if by_cost[k] < d2[i] and near[i] != out and second[i] != out:
            change -= _leave(i, at, near, d1, d2, loss)
    opened[place], at[into], at[out] = into, place, -1
    loss[place] = 0.0
    for k in range(by_start[into], by_start[into + 1]):
        i, c = by_demand[k], by_cost[k]
        if c > largest:
            break
        if c >= d2[i] or near[i] == out or second[i] == out:
            continue
        if c < d1[i]:
            second[i], d2[i] = near[i], d1[i]
            near[i], d1[i] = into, c
        else:
            second[i], d2[i] = into, c
        change += _enter(i, at, near, d1, d2, loss)
    before = largest
    for k in range(by_start[out], by_start[out + 1]):
        if by_cost[k] > before:
            break
        i = by_demand[k]
        if near[i] == out or second[i] == out:
            work += look_up(i, start, site, cost, unserved, at, near, second, d1, d2)
            change += _enter(i, at, near, d1, d2, loss)
            largest = max(largest, d2[i])
    if district[out] >= 0:
        held[district[out]] -= 1
    if district[into] >= 0:
        held[district[into]] += 1
    return change, largest, work


@njit(cache=True)
def _kicked(lists, district, least, opened, seed, budget, tolerance):  # type: ignore[no-untyped-def]
    """Trials until ``budget`` entries are looked at; ``opened`` is changed. The entries."""
    np.random.seed(seed)
    start, site, cost, unserved, by_start, by_demand, by_cost = lists
    n, m, p = len(unserved), len(district), len(opened)
    at = np.full(m, -1, np.int64)
    for place in range(p):
        at[opened[place]] = place
    near, second = np.empty(n, np.int64), np.empty(n, np.int64)
    d1, d2 = np.empty(n), np.empty(n)
    held = np.zeros(len(least), np.int64)
    for j in opened:
        if district[j] >= 0:
            held[district[j]] += 1
    work, largest = 0, 0.0
    loss, extra, touched = np.zeros(p), np.zeros(p), np.empty(p, np.int64)
    for i in range(n):
        work += look_up(i, start, site, cost, unserved, at, near, second, d1, d2)
        _enter(i, at, near, d1, d2, loss)
        largest = max(largest, d2[i])
    state = (opened, at, near, second, d1, d2, loss)
    by_site, sums = (by_start, by_demand, by_cost), (opened, at, near, d1, d2, loss)
    outs = (np.full(1, -1, np.int64), np.full(len(least), -1, np.int64))
    came, went = np.empty(_MOST_SWAPS, np.int64), np.empty(_MOST_SWAPS, np.int64)
    while work < budget:
        i = np.random.randint(n)
        taken = _FEWEST + np.random.randint(_MORE)
        first, last, found = start[i], start[i], 0
        while last < start[i + 1] and found < taken + _AROUND:
            found += at[site[last]] >= 0
            last += 1
        swaps, total, kicked = 0, 0.0, 0
        # Never nothing: short lists must not make a search endless.
        work += last - first + 8
        for _ in range(4 * taken):
            if last - first < 2 or kicked == taken:
                break
            out, into = site[first + np.random.randint(last - first)], site[first + np.random.randint(last - first)]
            d_in, d = district[into], district[out]
            if at[out] >= 0 and at[into] < 0 and (d < 0 or d == d_in or held[d] > least[d]):
                change, largest, spent = _swap(into, out, lists, state, held, district, largest)
                came[swaps], went[swaps] = into, out
                swaps, kicked, total, work = swaps + 1, kicked + 1, total + change, work + spent
        idle, turn = 0, 0
        cheapest_outs(opened, loss, district, held, least, outs[0], outs[1])
        work += p
        while idle < last - first and swaps < _MOST_SWAPS:
            into = site[first + turn]
            turn = turn + 1 if turn + 1 < last - first else 0
            idle += 1
            if at[into] >= 0:
                continue
            gain, place, spent = best_out(into, by_site, sums, extra, touched, held, district, least, largest, outs)
            work += spent
            if gain > tolerance:
                out = opened[place]
                change, largest, spent = _swap(into, out, lists, state, held, district, largest)
                came[swaps], went[swaps] = into, out
                swaps, total, work = swaps + 1, total + change, work + spent + p
                cheapest_outs(opened, loss, district, held, least, outs[0], outs[1])
                idle = 0
        if total > 0.0 or swaps == _MOST_SWAPS:
            for back in range(swaps - 1, -1, -1):
                _, largest, spent = _swap(went[back], came[back], lists, state, held, district, largest)
                work += spent
    return work


def search(location: Location, opened: Ints, *, seed: int, budget: int, stop: ShouldStop) -> Ints:
    """A set no worse than ``opened``: interchange with kicks among neighbours where many sites open, else anywhere.

    ``budget``: list entries to look at, besides two whole local searches.
    """
    if location.p * MANY < location.m or location.p == location.m:
        return improve(location, opened, seed=seed, budget=budget, stop=stop)[0]
    found, _ = improve(location, opened, seed=seed, budget=0, stop=stop)
    found = kick_neighbours(location, found, seed=seed, budget=budget, stop=stop)
    return improve(location, found, seed=seed, budget=0, stop=stop)[0]


def kick_neighbours(location: Location, opened: Ints, *, seed: int, budget: int, stop: ShouldStop) -> Ints:
    """A set no worse than ``opened``, from trials that look at ``budget`` list entries."""
    now, spent, turn = opened.copy(), 0, 0
    lists = (
        location.start, location.site, location.cost, location.unserved, location.by_start, location.by_demand,
        location.by_cost,
    )  # fmt: skip
    tolerance = tolerance_of(location)
    while spent < budget and not stop():
        share = min(SLICE, budget - spent)
        part = (seed * 1_000_003 + turn) % 2**32
        spent += int(_kicked(lists, location.district, location.least, now, part, share, tolerance))
        turn += 1
    return np.sort(now)
