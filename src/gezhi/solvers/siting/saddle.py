"""Prices of a covering that prove nearly what its linear program does, at any size, by a primal-dual method.

max over prices 0 ≤ u ≤ w, min over shares 0 ≤ y ≤ 1, Σ y = p, of Σ_i u_i (1 − Σ_{j in reach of i} y_j). Each step moves
along both slopes and looks at every pair once, and again at those of sites with a share; steps are by the lengths of the lists
(Pock and Chambolle 2011), and begin anew from the mean of the steps when that is nearer, with the balance of both sides set by
how far each went (Applegate and others, PDLP, 2021). Any prices prove a bound (:mod:`gezhi.solvers.siting.relax`), which is
where that of the best ones met is computed; so nothing hangs on convergence, and the districts' least, left out here, only
counts there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.location import Location

Floats = NDArray[np.float64]

# Steps between two looks; what is left to gain, as a share of the value, at which steps end.
_LOOK, _CLOSE = 40, 1e-5
# A new start is due when the gap is this share of the one at the last, or this share of all steps have gone by.
_SUFFICES, _LONG = 0.5, 0.36
_HALVINGS = 60


def saddle_prices(location: Location, *, steps: int, stop: ShouldStop) -> Floats:
    """The best prices u met in ``steps`` steps. All pairs must cost nothing."""
    w, sites = location.unserved, location.m
    by_demand = np.maximum(np.diff(location.start), 1).astype(np.float64)
    by_site = np.maximum(np.diff(location.by_start), 1).astype(np.float64)

    def served(y: Floats) -> Floats:
        return np.asarray(_spread(location.by_start, location.by_demand, y, location.n))

    def worth(u: Floats) -> Floats:
        return np.asarray(_sums(location.by_start, location.by_demand, u))

    def bound(u: Floats) -> float:
        return float(u.sum() - np.sort(worth(u))[sites - location.p :].sum())

    def cost(y: Floats) -> float:
        return float((w * np.maximum(0.0, 1.0 - served(y))).sum())

    y = np.full(sites, location.p / sites)
    cover = served(y)
    u = np.where(cover < 1.0, w, 0.0)
    # Weight for a whole site, by which steps of prices are longer than those of shares.
    balance = max(float(w.mean()), 1e-12)
    begun, sums, count, last = (u, y), (np.zeros_like(u), np.zeros_like(y)), 0, np.inf
    best_u, best, least = u, -np.inf, np.inf
    for step in range(1, steps + 1):
        ahead = np.clip(u + balance / by_demand * (1.0 - cover), 0.0, w)
        sigma = 1.0 / (balance * by_site)
        y = np.asarray(_nearest_share(y + sigma * worth(2.0 * ahead - u), sigma, location.p))
        u, cover = ahead, served(y)
        sums, count = (sums[0] + u, sums[1] + y), count + 1
        if step % _LOOK and step < steps:
            continue
        mean = sums[0] / count, sums[1] / count
        bounds, costs = (bound(mean[0]), bound(u)), (cost(mean[1]), cost(y))
        if max(bounds) > best:
            best, best_u = max(bounds), mean[0] if bounds[0] > bounds[1] else u
        least = min(least, *costs)
        if least - best <= _CLOSE * max(least, 1e-12) or stop():
            break
        gaps = costs[0] - bounds[0], costs[1] - bounds[1]
        if min(gaps) < _SUFFICES * last or count >= _LONG * step:
            if gaps[0] < gaps[1]:
                u, y = mean
                cover = served(y)
            went = (
                float(np.sqrt((by_demand * (u - begun[0]) ** 2).sum())),
                float(np.sqrt((by_site * (y - begun[1]) ** 2).sum())),
            )
            if min(went) > 1e-12:
                balance = float(np.sqrt(balance * went[0] / went[1]))
            begun, sums, count, last = (u, y), (np.zeros_like(u), np.zeros_like(y)), 0, min(gaps)
    return best_u


@njit(cache=True)
def _sums(start: Any, index: Any, values: Any) -> Any:
    """For each list the sum of the values of what it names."""
    found = np.empty(len(start) - 1)
    for row in range(len(start) - 1):
        total = 0.0
        for place in range(start[row], start[row + 1]):
            total += values[index[place]]
        found[row] = total
    return found


@njit(cache=True)
def _spread(start: Any, index: Any, values: Any, size: int) -> Any:
    """For each of ``size`` the sum of the values of the lists that name it; most values are 0."""
    found = np.zeros(size)
    for row in range(len(start) - 1):
        value = values[row]
        if value > 0.0:
            for place in range(start[row], start[row + 1]):
                found[index[place]] += value
    return found


@njit(cache=True)
def _nearest_share(wish: Any, sigma: Any, p: int) -> Any:
    """The nearest point (distances ÷ ``sigma``) to ``wish`` in 0 ≤ y ≤ 1, Σ y = p, by halving on the price of a site."""
    low, high = np.min((wish - 1.0) / sigma), np.max(wish / sigma)
    for _ in range(_HALVINGS):
        price = 0.5 * (low + high)
        total = 0.0
        for j in range(len(wish)):
            total += min(max(wish[j] - price * sigma[j], 0.0), 1.0)
        if total > p:
            low = price
        else:
            high = price
    return np.minimum(np.maximum(wish - high * sigma, 0.0), 1.0)
