"""Interchange for the core: local search by the best swap of one site for another, with kicks between.

State: the open sites and, for each demand, its cheapest and second cheapest open site. For a site to come in, one scan of
its list gives the saving, and for each site that might go out what its demand would find instead (Whitaker 1983; Resende
and Werneck, EJOR 2007): delta(in, out) = loss(out) − saving(in) − extra(in, out). The lists are sorted, so a scan ends at
the largest second cost. Districts: a site goes out only where its district keeps its least. Kicks: a few random swaps;
the result is kept when it is no worse. Work is counted in list entries, so the same seed gives the same plan anywhere.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.location import Location

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Entries between two looks at the clock of the caller.
SLICE = 3_000_000
# Smaller gains, as a share of the largest sum there can be, are rounding.
_LEAST_GAIN = 1e-13


@njit(cache=True)
def look_up(i, start, site, cost, unserved, at, near, second, d1, d2):  # type: ignore[no-untyped-def]
    """The cheapest and second cheapest open site of demand i; the entries looked at."""
    found = 0
    near[i], second[i], d1[i], d2[i] = -1, -1, unserved[i], unserved[i]
    for k in range(start[i], start[i + 1]):
        if at[site[k]] >= 0:
            if found == 0:
                near[i], d1[i] = site[k], cost[k]
                found = 1
            else:
                second[i], d2[i] = site[k], cost[k]
                return k - start[i] + 1
    return start[i + 1] - start[i]


@njit(cache=True)
def _swap(into, out, start, site, cost, unserved, by_start, by_demand, by_cost, opened, at, near, second, d1, d2):  # type: ignore[no-untyped-def]
    """Carry the swap out; the entries looked at. ``at``: place of a site in ``opened``, −1 if closed."""
    place = at[out]
    opened[place], at[into], at[out] = into, place, -1
    work = 0
    for k in range(by_start[into], by_start[into + 1]):
        i, c = by_demand[k], by_cost[k]
        if near[i] == out or second[i] == out:
            continue
        if c < d1[i]:
            second[i], d2[i] = near[i], d1[i]
            near[i], d1[i] = into, c
        elif c < d2[i]:
            second[i], d2[i] = into, c
    for k in range(by_start[out], by_start[out + 1]):
        i = by_demand[k]
        if near[i] == out or second[i] == out:
            work += look_up(i, start, site, cost, unserved, at, near, second, d1, d2)
    return work + by_start[into + 1] - by_start[into] + by_start[out + 1] - by_start[out]


@njit(cache=True)
def _losses(n, opened, at, near, d1, d2, loss):  # type: ignore[no-untyped-def]
    """What each open site's going would cost, by place in ``opened``; and the largest second cost."""
    loss[:] = 0.0
    largest = 0.0
    for i in range(n):
        if near[i] >= 0:
            loss[at[near[i]]] += d2[i] - d1[i]
        largest = max(largest, d2[i])
    return largest


@njit(cache=True)
def cheapest_outs(opened, loss, district, held, least, any_out, out_of):  # type: ignore[no-untyped-def]
    """The place that is cheapest to close: of all whose district can spare it, and of each district."""
    any_out[0] = -1
    out_of[:] = -1
    for place in range(len(opened)):
        d = district[opened[place]]
        if d < 0 or held[d] > least[d]:
            if any_out[0] < 0 or loss[place] < loss[any_out[0]]:
                any_out[0] = place
        elif out_of[d] < 0 or loss[place] < loss[out_of[d]]:
            out_of[d] = place


@njit(cache=True)
def best_out(into, lists, state, extra, touched, held, district, least, largest, outs):  # type: ignore[no-untyped-def]
    """What letting ``into`` in gains with the best partner, the place of that partner (−1: none), the entries looked at."""
    by_start, by_demand, by_cost = lists
    opened, at, near, d1, d2, loss = state
    any_out, out_of = outs
    saving, count, work = 0.0, 0, 0
    for k in range(by_start[into], by_start[into + 1]):
        c = by_cost[k]
        if c >= largest:
            break
        i = by_demand[k]
        work += 1
        if near[i] < 0:
            saving += max(0.0, d1[i] - c)
            continue
        if c >= d2[i]:
            continue
        place = at[near[i]]
        if extra[place] == 0.0:
            touched[count] = place
            count += 1
        if c < d1[i]:
            saving += d1[i] - c
            extra[place] += d2[i] - d1[i]
        else:
            extra[place] += d2[i] - c
        if extra[place] == 0.0:
            count -= 1
    d_in = district[into]
    out, lost = any_out[0], np.inf
    if out >= 0:
        lost = loss[out]
    if d_in >= 0 and out_of[d_in] >= 0 and loss[out_of[d_in]] < lost:
        out = out_of[d_in]
        lost = loss[out]
    for number in range(count):
        place = touched[number]
        d = district[opened[place]]
        if (d < 0 or d == d_in or held[d] > least[d]) and loss[place] - extra[place] < lost:
            out, lost = place, loss[place] - extra[place]
        extra[place] = 0.0
    return saving - lost if out >= 0 else -np.inf, out, work


@njit(cache=True)
def _search(  # type: ignore[no-untyped-def]
    start,
    site,
    cost,
    unserved,
    by_start,
    by_demand,
    by_cost,
    district,
    least,
    opened,
    best,
    seed,
    budget,
    kick,
    tolerance,
):
    """Interchange with kicks until ``budget`` entries are looked at. ``opened`` is changed; ``best`` gets the best set."""
    np.random.seed(seed)
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
    work = 0
    for i in range(n):
        work += look_up(i, start, site, cost, unserved, at, near, second, d1, d2)
    loss, extra = np.zeros(p), np.zeros(p)
    touched = np.empty(p, np.int64)
    any_out, out_of = np.full(1, -1, np.int64), np.full(len(least), -1, np.int64)
    by_site, sums = (by_start, by_demand, by_cost), (opened, at, near, d1, d2, loss)
    best[:] = opened
    best_value = d1.sum()
    first_round = True
    while True:
        # Local search: sites in random order, each with its best partner, until a whole round gains nothing.
        order = np.random.permutation(m)
        largest = _losses(n, opened, at, near, d1, d2, loss)
        cheapest_outs(opened, loss, district, held, least, any_out, out_of)
        idle, turn = 0, 0
        while idle < m:
            into = order[turn]
            turn = turn + 1 if turn + 1 < m else 0
            idle += 1
            if at[into] >= 0:
                continue
            gain, out, looked_at = best_out(
                into, by_site, sums, extra, touched, held, district, least, largest, (any_out, out_of)
            )
            work += looked_at
            if gain > tolerance:
                gone = opened[out]
                work += _swap(
                    into,
                    gone,
                    start,
                    site,
                    cost,
                    unserved,
                    by_start,
                    by_demand,
                    by_cost,
                    opened,
                    at,
                    near,
                    second,
                    d1,
                    d2,
                )
                if district[gone] >= 0:
                    held[district[gone]] -= 1
                if district[into] >= 0:
                    held[district[into]] += 1
                largest = _losses(n, opened, at, near, d1, d2, loss)
                cheapest_outs(opened, loss, district, held, least, any_out, out_of)
                work += n // 4
                idle = 0
        now = d1.sum()
        if first_round or now <= best_value:
            best_value = now
            best[:] = opened
        else:
            for j in opened:
                at[j] = -1
                if district[j] >= 0:
                    held[district[j]] -= 1
            opened[:] = best
            for place in range(p):
                at[opened[place]] = place
                if district[opened[place]] >= 0:
                    held[district[opened[place]]] += 1
            for i in range(n):
                work += look_up(i, start, site, cost, unserved, at, near, second, d1, d2)
        first_round = False
        if work >= budget or p in {0, m}:
            return best_value, work
        for _ in range(1 + np.random.randint(kick)):
            into = np.random.randint(m)
            out = opened[np.random.randint(p)]
            d_in, d = district[into], district[out]
            if at[into] < 0 and (d < 0 or d == d_in or held[d] > least[d]):
                work += _swap(
                    into,
                    out,
                    start,
                    site,
                    cost,
                    unserved,
                    by_start,
                    by_demand,
                    by_cost,
                    opened,
                    at,
                    near,
                    second,
                    d1,
                    d2,
                )
                if d >= 0:
                    held[d] -= 1
                if d_in >= 0:
                    held[d_in] += 1
        # Never nothing: short lists must not make a search endless.
        work += m // 4 + n // 8 + 1


def tolerance_of(location: Location) -> float:
    """Gains up to this are rounding."""
    return _LEAST_GAIN * (location.n * float(location.cost.max(initial=0.0)) + float(location.unserved.sum()))


def improve(
    location: Location, opened: Ints, *, seed: int, budget: int, kick: int = 4, stop: ShouldStop
) -> tuple[Ints, float]:
    """A set no worse than ``opened`` (p sites that keep the districts' least) and its value.

    ``budget``: list entries to look at (0: one local search). ``kick``: random swaps at most between two searches.
    """
    best, best_value = opened.copy(), np.inf
    tolerance = tolerance_of(location)
    spent, turn = 0, 0
    while True:
        now = best.copy()
        found, work = _search(
            location.start, location.site, location.cost, location.unserved, location.by_start, location.by_demand,
            location.by_cost, location.district, location.least, now, best, (seed * 1_000_003 + turn) % 2**32,
            min(SLICE, budget - spent), kick, tolerance,
        )  # fmt: skip
        best_value = float(found)
        spent, turn = spent + max(int(work), 1), turn + 1
        if spent >= budget or stop() or location.m == location.p:
            return np.sort(best), best_value
