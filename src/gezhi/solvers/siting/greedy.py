"""A first plan of the core: the site that saves most, one after another.

Savings only fall as sites open, so an old figure is a limit of the new one: only the head of the list is worked out anew
(Minoux 1978). Districts: once as many places are left as districts are owed, only theirs are looked at.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.siting.location import Location

Ints = NDArray[np.int64]


@njit(cache=True)
def _greedy(by_start, by_demand, by_cost, unserved, district, least, p):  # type: ignore[no-untyped-def]
    m = len(district)
    paid, need = unserved.copy(), least.copy()
    owed = need.sum()
    saving, known = np.full(m, np.inf), np.full(m, -1, np.int64)
    opened = np.empty(p, np.int64)
    for turn in range(p):
        only_owed = owed >= p - turn
        while True:
            pick = -1
            for j in range(m):
                if only_owed and (district[j] < 0 or need[district[j]] <= 0):
                    continue
                if saving[j] >= 0 and (pick < 0 or saving[j] > saving[pick]):
                    pick = j
            if known[pick] == turn:
                break
            total = 0.0
            for k in range(by_start[pick], by_start[pick + 1]):
                total += max(0.0, paid[by_demand[k]] - by_cost[k])
            saving[pick], known[pick] = total, turn
        opened[turn] = pick
        saving[pick] = -1.0
        for k in range(by_start[pick], by_start[pick + 1]):
            paid[by_demand[k]] = min(paid[by_demand[k]], by_cost[k])
        if district[pick] >= 0 and need[district[pick]] > 0:
            need[district[pick]] -= 1
            owed -= 1
    return opened


def greedy(location: Location, *, in_order: bool = False) -> Ints:
    """p sites that keep the districts' least, sorted or as they were opened. ``location`` must be possible."""
    opened = _greedy(
        location.by_start, location.by_demand, location.by_cost, location.unserved, location.district, location.least,
        location.p,
    )  # fmt: skip
    return np.asarray(opened if in_order else np.sort(opened))
