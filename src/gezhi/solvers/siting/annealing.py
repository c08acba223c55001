"""Covering by annealing: a site goes out, and another comes in, drawn by what it would add.

All pairs of a covering location cost nothing. For every site the weight that it alone would add is kept up to date, so
a step needs no trial and error: one open site is taken out, and of the sites that share demands with it (now and then: of
all) one comes in with a chance of exp(gain / temperature), the one that went out among them. The share of steps that
look at all sites brings sites to where none is. Temperatures fall geometrically from a share of what one site serves; the
best plan met is kept. Work is counted in list entries, so the same seed gives the same plan anywhere.
Reference: heat-bath sampling (Geman and Geman, IEEE PAMI 1984).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.location import Location, value

Ints = NDArray[np.int64]

# First and last temperature as shares of what one open site serves on average.
_HOT, _COLD = 0.02, 0.003
_STAGES = 60
# Share of the steps in which a site may come in anywhere.
_ANYWHERE = 0.1
# Gains that are so many temperatures below the best have no chance worth counting.
_HOPELESS = 15.0


@njit(cache=True)
def _partners(start, site, by_start, by_demand):  # type: ignore[no-untyped-def]
    """For each site those that share a demand with it, itself among them: where each list begins, and the lists."""
    m = len(by_start) - 1
    first = np.zeros(m + 1, np.int64)
    partner = np.empty(0, np.int32)
    for writing in range(2):
        met = np.full(m, -1, np.int64)
        for j in range(m):
            count = first[j]
            for a in range(by_start[j], by_start[j + 1]):
                i = by_demand[a]
                for b in range(start[i], start[i + 1]):
                    if met[site[b]] != j:
                        met[site[b]] = j
                        if writing:
                            partner[count] = site[b]
                        count += 1
            if not writing:
                first[j + 1] = count
        if not writing:
            partner = np.empty(first[m], np.int32)
    return first, partner


@njit(cache=True)
def _drawn(candidates, out, at, gain, heat, district, only):  # type: ignore[no-untyped-def]
    """One of the closed candidates (of district ``only`` unless that is negative), likelier the more it gains."""
    top = gain[out]
    for s in candidates:
        if at[s] < 0 and gain[s] > top and (only < 0 or district[s] == only):
            top = gain[s]
    into, total = out, np.exp((gain[out] - top) / heat)
    for s in candidates:
        if s != out and at[s] < 0 and gain[s] > top - _HOPELESS * heat and (only < 0 or district[s] == only):
            chance = np.exp((gain[s] - top) / heat)
            total += chance
            if np.random.random() * total < chance:
                into = s
    return into


@njit(cache=True)
def _stage(  # type: ignore[no-untyped-def]
    start,
    site,
    unserved,
    by_start,
    by_demand,
    first,
    partner,
    district,
    least,
    opened,
    at,
    cover,
    gain,
    held,
    best,
    state,
    heat,
    budget,
    seed,
):
    """Steps at one temperature until ``budget`` entries are looked at. ``state``: value now, best value, entries."""
    np.random.seed(seed)
    p = len(opened)
    everywhere = np.arange(len(district)).astype(np.int32)
    spent = 0
    while spent < budget:
        place = np.random.randint(p)
        out = opened[place]
        at[out] = -1
        lost = 0.0
        for a in range(by_start[out], by_start[out + 1]):
            i = by_demand[a]
            cover[i] -= 1
            if cover[i] == 0:
                lost += unserved[i]
                for b in range(start[i], start[i + 1]):
                    gain[site[b]] += unserved[i]
                spent += start[i + 1] - start[i]
        # A district that can spare no site gets one of its own back.
        only = district[out]
        if only >= 0 and held[only] > least[only]:
            only = -1
        if np.random.random() < _ANYWHERE:
            into = _drawn(everywhere, out, at, gain, heat, district, only)
            spent += len(everywhere)
        else:
            near = partner[first[out] : first[out + 1]]
            into = _drawn(near, out, at, gain, heat, district, only)
            spent += len(near)
        found = gain[into]
        for a in range(by_start[into], by_start[into + 1]):
            i = by_demand[a]
            if cover[i] == 0:
                for b in range(start[i], start[i + 1]):
                    gain[site[b]] -= unserved[i]
                spent += start[i + 1] - start[i]
            cover[i] += 1
        if district[out] >= 0:
            held[district[out]] -= 1
        if district[into] >= 0:
            held[district[into]] += 1
        at[into], opened[place] = place, into
        state[0] += lost - found
        if state[0] < state[1]:
            state[1] = state[0]
            best[:] = opened
        # Never nothing: empty lists must not make a stage endless.
        spent += by_start[out + 1] - by_start[out] + by_start[into + 1] - by_start[into] + 8
    state[2] += spent


def anneal(location: Location, opened: Ints, *, seed: int, budget: int, stop: ShouldStop) -> Ints:
    """A set no worse than ``opened`` for a location whose pairs all cost nothing."""
    if location.p in (0, location.m) or not len(location.site):
        return opened
    now, best = opened.copy(), opened.copy()
    at = np.full(location.m, -1, np.int64)
    at[now] = np.arange(location.p)
    demand = np.repeat(np.arange(location.n), np.diff(location.start))
    cover = np.bincount(demand[(at >= 0)[location.site]], minlength=location.n)
    missing = np.where(cover == 0, location.unserved, 0.0)
    gain = np.bincount(location.site, weights=missing[demand], minlength=location.m)
    of = location.district[now]
    held = np.bincount(of[of >= 0], minlength=len(location.least))
    first, partner = _partners(location.start, location.site, location.by_start, location.by_demand)
    begin = value(location, opened)
    state = np.array([begin, begin, 0.0])
    heat = _HOT * max(float(location.unserved.sum()) - begin, 1e-9) / location.p
    for stage in range(_STAGES):
        _stage(
            location.start, location.site, location.unserved, location.by_start, location.by_demand, first, partner,
            location.district, location.least, now, at, cover, gain, held, best, state,
            heat * (_COLD / _HOT) ** (stage / (_STAGES - 1)), budget // _STAGES, (seed * 1_000_003 + stage) % 2**32,
        )  # fmt: skip
        if stop():
            break
    # Sums that were kept up to date carry rounding: the better of the two by a fresh count.
    return min(np.sort(best), opened, key=lambda plan: value(location, plan))
