"""The core of all models without capacities: p of m sites, each demand at its cheapest open one, or unserved at a price.

min Σ_i min(unserved_i, min_{j open} c_ij) over sets of exactly p sites with at least ``least_d`` of each district d.
p-median: c = weight × metres. Maximal covering: c = 0 within the radius, unserved = weight. Fixed sites are taken out
beforehand: they lower ``unserved`` and the counts. Only pairs that cost less than ``unserved`` are kept, so the lists
shrink as sites are settled; that is what makes the search and the proof quick.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.siting.distances import Indices

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Location:
    """n demands and m sites. ``start``, ``site``, ``cost``: the pairs by demand, cheapest first; ``by_start``,
    ``by_demand``, ``by_cost``: the same by site. ``district`` (m): position in ``least``, −1 for none. ``p``: to open."""

    start: Ints
    site: Indices
    cost: Floats
    unserved: Floats
    by_start: Ints
    by_demand: Indices
    by_cost: Floats
    district: Ints
    least: Ints
    p: int

    @property
    def n(self) -> int:
        """Number of demands."""
        return len(self.unserved)

    @property
    def m(self) -> int:
        """Number of sites."""
        return len(self.district)

    @property
    def possible(self) -> bool:
        """Whether the counts allow any set at all."""
        there = np.bincount(self.district[self.district >= 0], minlength=len(self.least))
        return 0 <= self.p <= self.m and bool((there >= self.least).all()) and int(self.least.sum()) <= self.p


def make_location(
    start: Ints, site: Indices, cost: Floats, unserved: Floats, *, district: Ints, least: Ints, p: int
) -> Location:
    """From pairs by demand, cheapest first."""
    by_start, by_demand, by_cost = _by_site(start, site, cost, len(district))
    return Location(start, site, cost, unserved, by_start, by_demand, by_cost, district, least, p)


def settle(location: Location, opened: Ints, closed: Bools, *, exactly: bool = True) -> tuple[Location, Ints]:
    """What is left to decide once ``opened`` sites are open and the marked ones ``closed``; and the sites it is about.

    Of k sites left of which p open, k − p stay closed, so nobody pays more than for the (k − p + 1)-th cheapest; not so
    unless ``exactly`` p are to open.
    """
    unserved = with_open(location, opened)
    stays = ~closed
    stays[opened] = False
    left = np.flatnonzero(stays)
    number = np.full(location.m, -1, np.int64)
    number[left] = np.arange(len(left))
    start, site, cost = _kept(location.start, location.site, location.cost, unserved, number)
    of = location.district[opened]
    least = np.maximum(location.least - np.bincount(of[of >= 0], minlength=len(location.least)), 0)
    p = location.p - len(opened)
    if exactly and 0 < p <= len(left):
        _cut(start, cost, unserved, len(left) - p)
        start, site, cost = _kept(start, site, cost, unserved, np.arange(len(left)))
    smaller = make_location(start, site, cost, unserved, district=location.district[left], least=least, p=p)
    return smaller, left


def with_open(location: Location, opened: Ints) -> Floats:
    """The cost (n) of each demand with these sites open."""
    mask = np.zeros(location.m, dtype=bool)
    mask[opened] = True
    return np.asarray(_served(location.start, location.site, location.cost, location.unserved, mask))


def value(location: Location, opened: Ints) -> float:
    """The objective with these sites open."""
    return float(with_open(location, opened).sum())


@njit(cache=True)
def _served(start: Ints, site: Indices, cost: Floats, unserved: Floats, opened: Bools) -> Floats:
    paid = unserved.copy()
    for i in range(len(unserved)):
        for k in range(start[i], start[i + 1]):
            if opened[site[k]]:
                paid[i] = cost[k]
                break
    return paid


@njit(cache=True)
def _by_site(start: Ints, site: Indices, cost: Floats, m: int) -> tuple[Ints, Indices, Floats]:
    """The transposed lists, each sorted by cost."""
    by_start = np.zeros(m + 1, np.int64)
    for k in range(len(site)):
        by_start[site[k] + 1] += 1
    for j in range(m):
        by_start[j + 1] += by_start[j]
    at = by_start[:-1].copy()
    by_demand, by_cost = np.empty(len(site), np.int32), np.empty(len(site))
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            j = site[k]
            by_demand[at[j]] = i
            by_cost[at[j]] = cost[k]
            at[j] += 1
    for j in range(m):
        first, last = by_start[j], by_start[j + 1]
        order = np.argsort(by_cost[first:last], kind="mergesort")
        by_demand[first:last] = by_demand[first:last][order]
        by_cost[first:last] = by_cost[first:last][order]
    return by_start, by_demand, by_cost


@njit(cache=True)
def _cut(start: Ints, cost: Floats, unserved: Floats, closed: int) -> None:
    """Lower ``unserved`` to the dearest cost there can be with ``closed`` sites closed."""
    for i in range(len(unserved)):
        if start[i + 1] - start[i] > closed:
            unserved[i] = min(unserved[i], cost[start[i] + closed])


@njit(cache=True)
def _kept(start: Ints, site: Indices, cost: Floats, unserved: Floats, number: Ints) -> tuple[Ints, Indices, Floats]:
    """The pairs of sites that have a number, where they cost less than going unserved."""
    new_start = np.zeros(len(start), np.int64)
    new_site, new_cost = np.empty_like(site), np.empty_like(cost)
    count = 0
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            if cost[k] >= unserved[i]:
                break
            if number[site[k]] >= 0:
                new_site[count] = number[site[k]]
                new_cost[count] = cost[k]
                count += 1
        new_start[i + 1] = count
    return new_start, new_site[:count].copy(), new_cost[:count].copy()
