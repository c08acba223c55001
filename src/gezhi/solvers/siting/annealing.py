"""Covering by annealing: one site out, another one in, near the first or over an uncovered demand.

All pairs of a covering location cost nothing, so a swap is worth what loses its last cover less what gains its first
one: two short lists, no matter how many sites there are. Temperatures fall geometrically from a share of what one
site serves; the best plan met is kept. Work is counted in list entries.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.location import Location, value

Ints = NDArray[np.int64]

# First and last temperature as shares of what one open site serves on average.
_HOT, _COLD = 0.06, 0.002
_STAGES = 60


@njit(cache=True)
def _stage(  # type: ignore[no-untyped-def]
    start,
    site,
    unserved,
    by_start,
    by_demand,
    district,
    least,
    opened,
    at,
    cover,
    held,
    best,
    state,
    heat,
    budget,
    seed,
):
    """Swaps at one temperature until ``budget`` entries are looked at. ``state``: value now, best value, entries."""
    np.random.seed(seed)
    n, m, p = len(unserved), len(district), len(opened)
    spent = 0
    while spent < budget:
        spent += 8
        place = np.random.randint(p)
        out = opened[place]
        first = by_start[out]
        if np.random.random() < 0.5 and by_start[out + 1] > first:
            i = by_demand[first + np.random.randint(by_start[out + 1] - first)]
        else:
            i = np.random.randint(n)
            for _ in range(20):
                if cover[i] == 0 and start[i + 1] > start[i]:
                    break
                i = np.random.randint(n)
        into = np.random.randint(m)
        if start[i + 1] > start[i]:
            into = site[start[i] + np.random.randint(start[i + 1] - start[i])]
        d, d_in = district[out], district[into]
        if at[into] >= 0 or (d >= 0 and d != d_in and held[d] <= least[d]):
            continue
        change = 0.0
        for k in range(first, by_start[out + 1]):
            i = by_demand[k]
            cover[i] -= 1
            if cover[i] == 0:
                change += unserved[i]
        for k in range(by_start[into], by_start[into + 1]):
            if cover[by_demand[k]] == 0:
                change -= unserved[by_demand[k]]
        spent += by_start[out + 1] - first + by_start[into + 1] - by_start[into]
        if change <= 0 or np.random.random() < np.exp(-change / heat):
            for k in range(by_start[into], by_start[into + 1]):
                cover[by_demand[k]] += 1
            opened[place], at[into], at[out] = into, place, -1
            if d >= 0:
                held[d] -= 1
            if d_in >= 0:
                held[d_in] += 1
            state[0] += change
            if state[0] < state[1]:
                state[1] = state[0]
                best[:] = opened
        else:
            for k in range(first, by_start[out + 1]):
                cover[by_demand[k]] += 1
    state[2] += spent


def anneal(location: Location, opened: Ints, *, seed: int, budget: int, stop: ShouldStop) -> Ints:
    """A set no worse than ``opened`` for a location whose pairs all cost nothing."""
    if location.p in (0, location.m) or not len(location.site):
        return opened
    now, best = opened.copy(), opened.copy()
    at = np.full(location.m, -1, np.int64)
    at[now] = np.arange(location.p)
    mask = at >= 0
    demand = np.repeat(np.arange(location.n), np.diff(location.start))
    cover = np.bincount(demand[mask[location.site]], minlength=location.n)
    of = location.district[now]
    held = np.bincount(of[of >= 0], minlength=len(location.least))
    first = value(location, opened)
    state = np.array([first, first, 0.0])
    heat = _HOT * max(float(location.unserved.sum()) - first, 1e-9) / location.p
    for stage in range(_STAGES):
        _stage(
            location.start, location.site, location.unserved, location.by_start, location.by_demand, location.district,
            location.least, now, at, cover, held, best, state,
            heat * (_COLD / _HOT) ** (stage / (_STAGES - 1)), budget // _STAGES, (seed * 1_000_003 + stage) % 2**32,
        )  # fmt: skip
        if stop():
            break
    return np.sort(best)
