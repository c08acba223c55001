"""Sites with capacities: every demand goes to one site, and no site serves more than it can.

For a set of open sites demands are placed, the heaviest first, each at its cheapest site with room; then single demands
move where that is cheaper, and a demand without a place pushes another one aside. Around it an annealing swaps one site
for another and accepts by the whole cost. Work is counted in list entries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.distances import Indices

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NONE = -1
_STAGES = 40


@dataclass(frozen=True, slots=True)
class Capacitated:
    """Pairs by demand, cheapest first; ``unserved``: the price of leaving a demand out; weights, capacities; rules."""

    start: Ints
    site: Indices
    cost: Floats
    unserved: Floats
    weight: Floats
    capacity: Floats
    fixed: Bools
    district: Ints
    least: Ints


@njit(cache=True)
def _place(start, site, cost, unserved, weight, capacity, is_open, order, assigned, paid, room, spent):  # type: ignore[no-untyped-def]
    """Assign all demands to the open sites; the whole cost. ``spent[0]`` counts the entries."""
    n = len(unserved)
    room[:] = capacity
    assigned[:] = -1
    paid[:] = unserved
    for i in order:
        for k in range(start[i], start[i + 1]):
            j = site[k]
            spent[0] += 1
            if is_open[j] and room[j] >= weight[i]:
                assigned[i], paid[i] = j, cost[k]
                room[j] -= weight[i]
                break
    for _ in range(4):
        moved = False
        for i in order:
            for k in range(start[i], start[i + 1]):
                spent[0] += 1
                if cost[k] >= paid[i]:
                    break
                j = site[k]
                if is_open[j] and room[j] >= weight[i]:
                    if assigned[i] >= 0:
                        room[assigned[i]] += weight[i]
                    assigned[i], paid[i] = j, cost[k]
                    room[j] -= weight[i]
                    moved = True
                    break
        for i in order:
            if assigned[i] >= 0:
                continue
            moved = _push(i, start, site, cost, weight, is_open, assigned, paid, room, spent) or moved
        if not moved:
            break
    total = 0.0
    for i in range(n):
        total += paid[i]
    return total


@njit(cache=True)
def _push(i, start, site, cost, weight, is_open, assigned, paid, room, spent):  # type: ignore[no-untyped-def]
    """Make room for demand i by moving one other demand to another open site, at the least extra cost."""
    least, who, where, price, entry = np.inf, -1, -1, 0.0, -1
    for k in range(start[i], start[i + 1]):
        j = site[k]
        if not is_open[j]:
            continue
        spent[0] += len(assigned)
        for q in range(len(assigned)):
            if assigned[q] != j or room[j] + weight[q] < weight[i]:
                continue
            for e in range(start[q], start[q + 1]):
                spent[0] += 1
                if site[e] != j and is_open[site[e]] and room[site[e]] >= weight[q]:
                    extra = cost[k] + cost[e] - paid[q]
                    if extra < least:
                        least, who, where, price, entry = extra, q, site[e], cost[e], k
                    break
    if who < 0 or least >= paid[i]:
        return False
    room[assigned[who]] += weight[who]
    room[where] -= weight[who]
    assigned[who], paid[who] = where, price
    assigned[i], paid[i] = site[entry], cost[entry]
    room[site[entry]] -= weight[i]
    return True


@njit(cache=True)
def _stage(  # type: ignore[no-untyped-def]
    start, site, cost, unserved, weight, capacity, fixed, district, least, order,
    opened, is_open, held, assigned, best_opened, best_assigned, state, heat, budget, seed,
):  # fmt: skip
    """Swaps of sites at one temperature. ``state``: value now, best value."""
    np.random.seed(seed)
    n, m, p = len(unserved), len(district), len(opened)
    trial, paid, room = np.empty(n, np.int64), np.empty(n), np.empty(m)
    spent = np.zeros(1, np.int64)
    while spent[0] < budget:
        spent[0] += 8
        place = np.random.randint(p)
        out = opened[place]
        i = np.random.randint(n)
        into = np.random.randint(m)
        if start[i + 1] > start[i] and np.random.random() < 0.8:
            # Around a random demand, near ones more often.
            width = start[i + 1] - start[i]
            into = site[start[i] + int(width * np.random.random() ** 3)]
            if np.random.random() < 0.7 and assigned[i] >= 0:
                out = assigned[i]
                for other in range(p):
                    if opened[other] == out:
                        place = other
        d, d_in = district[out], district[into]
        if fixed[out] or is_open[into] or (d >= 0 and d != d_in and held[d] <= least[d]):
            continue
        is_open[out], is_open[into] = False, True
        value = _place(start, site, cost, unserved, weight, capacity, is_open, order, trial, paid, room, spent)
        change = value - state[0]
        if change <= 0 or np.random.random() < np.exp(-change / heat):
            opened[place] = into
            assigned[:] = trial
            state[0] = value
            if d >= 0:
                held[d] -= 1
            if d_in >= 0:
                held[d_in] += 1
            if value < state[1]:
                state[1] = value
                best_opened[:] = opened
                best_assigned[:] = trial
        else:
            is_open[out], is_open[into] = True, False


def place_all(capacitated: Capacitated, opened: Ints) -> tuple[Ints, float]:
    """The site of each demand (NONE: unserved) with these sites open, and the cost."""
    is_open = np.zeros(len(capacitated.district), dtype=bool)
    is_open[opened] = True
    n = len(capacitated.unserved)
    assigned, paid, room = np.empty(n, np.int64), np.empty(n), np.empty(len(is_open))
    total = _place(
        capacitated.start, capacitated.site, capacitated.cost, capacitated.unserved, capacitated.weight,
        capacitated.capacity, is_open, _order(capacitated), assigned, paid, room, np.zeros(1, np.int64),
    )  # fmt: skip
    return assigned, float(total)


def _order(capacitated: Capacitated) -> Ints:
    """Demands by weight, the heaviest first: what is large finds no room later."""
    return np.argsort(-capacitated.weight, kind="stable")


def swap_sites(
    capacitated: Capacitated, opened: Ints, *, seed: int, budget: int, stop: ShouldStop
) -> tuple[Ints, Ints, float]:
    """Open sites, the site of each demand and the cost, no worse than ``opened`` with :func:`place_all`."""
    assigned, first = place_all(capacitated, opened)
    now, best, best_assigned = opened.copy(), opened.copy(), assigned.copy()
    if len(opened) in (0, len(capacitated.district)):
        return opened, assigned, first
    is_open = np.zeros(len(capacitated.district), dtype=bool)
    is_open[now] = True
    of = capacitated.district[now]
    held = np.bincount(of[of >= 0], minlength=len(capacitated.least))
    state = np.array([first, first])
    # Leaving a demand out may cost far more than any way: heat is measured by the ways.
    served = capacitated.cost[capacitated.start[:-1][np.diff(capacitated.start) > 0]]
    scale = max(
        float(np.median(capacitated.cost)) if len(capacitated.cost) else 0.0,
        float(served.mean()) if len(served) else 0.0,
    )
    heat = max(scale, 1e-9)
    for stage in range(_STAGES):
        _stage(
            capacitated.start, capacitated.site, capacitated.cost, capacitated.unserved, capacitated.weight, capacitated.capacity,
            capacitated.fixed, capacitated.district, capacitated.least, _order(capacitated), now, is_open, held, assigned, best,
            best_assigned, state, heat * 0.001 ** (stage / (_STAGES - 1)), budget // _STAGES,
            (seed * 1_000_003 + stage) % 2**32,
        )  # fmt: skip
        if stop():
            break
    order = np.argsort(best)
    return best[order], best_assigned, float(state[1])
