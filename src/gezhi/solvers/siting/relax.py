"""A lower bound of the core by Lagrangian relaxation, and sites that it settles.

Relaxed: Σ_j x_ij = 1, at the price u_i ≤ unserved_i. Then a site is worth ρ_j = Σ_i min(0, c_ij − u_i), and
L(u) = Σ_i u_i + the least Σ ρ over p sites that keep the districts' least (greedy: those sets are the bases of a matroid).
L(u) is a bound for every u. The prices rise by a deflected subgradient with Polyak's step towards the best known value
(Held, Wolfe and Crowder 1974); one step looks at the pairs with c_ij < u_i only. A site whose exchange into (out of) the
least set lifts L above the best known value is closed (open) in every better plan: it is settled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.location import Location

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Steps without a better bound after which the step is halved, and the step at which the rise ends.
_PATIENCE = 20
_LAST_STEP = 2e-3
# Share of the former direction that stays in the new one.
_DEFLECTION = 0.3
_SLICE = 100


@dataclass
class Prices:
    """Where the rise stands: prices u (n), the best bound and its u, ρ and chosen set there, and a mean of the sets."""

    u: Floats
    bound: float
    best_u: Floats
    worth: Floats
    chosen: Bools
    mean: Floats
    steps: int
    work: int


@njit(cache=True)
def _choose(worth, district, least, p, chosen):  # type: ignore[no-untyped-def]
    """The least Σ worth over p sites with the districts' least; its sum."""
    chosen[:] = False
    if p == 0:
        return 0.0
    order = np.argsort(worth, kind="mergesort")
    need = least.copy()
    owed = need.sum()
    taken, total = 0, 0.0
    if owed > 0:
        for j in order:
            d = district[j]
            if d >= 0 and need[d] > 0:
                need[d] -= 1
                chosen[j] = True
                total += worth[j]
                taken += 1
    for j in order:
        if taken == p:
            break
        if not chosen[j]:
            chosen[j] = True
            total += worth[j]
            taken += 1
    return total


def cheapest_set(location: Location, wish: Floats) -> Ints:
    """The p sites of the least Σ ``wish`` that keep the districts' least."""
    chosen = np.zeros(location.m, dtype=bool)
    _choose(wish, location.district, location.least, location.p, chosen)
    return np.flatnonzero(chosen)


@njit(cache=True)
def _value_at(start, site, cost, u, district, least, p, worth, chosen):  # type: ignore[no-untyped-def]
    """L(u) with the worth of each site and the chosen set; the entries looked at."""
    worth[:] = 0.0
    total, work = 0.0, 0
    for i in range(len(u)):
        price = u[i]
        total += price
        for k in range(start[i], start[i + 1]):
            c = cost[k]
            if c >= price:
                break
            worth[site[k]] += c - price
            work += 1
    return total + _choose(worth, district, least, p, chosen), work


@njit(cache=True)
def _rise(  # type: ignore[no-untyped-def]
    start, site, cost, unserved, district, least, p,
    u, direction, best_u, best_worth, best_chosen, mean, state, target, steps, enough,
):  # fmt: skip
    """``steps`` steps from u. ``state``: bound, step length, steps without a better bound, work, steps done.

    Ends early once the bound reaches ``enough`` or the step has become too short.
    """
    n, m = len(u), len(district)
    worth, chosen = np.empty(m), np.empty(m, np.bool_)
    for _ in range(steps):
        value, work = _value_at(start, site, cost, u, district, least, p, worth, chosen)
        state[3] += work + 2 * n + 4 * m
        state[4] += 1
        if value > state[0] + 1e-9 * abs(state[0]) or state[4] == 1:
            state[2] = 0
        else:
            state[2] += 1
        if value > state[0]:
            state[0] = value
            best_u[:] = u
            best_worth[:] = worth
            best_chosen[:] = chosen
        if state[0] >= enough:
            return
        if state[2] >= _PATIENCE:
            state[1] *= 0.5
            state[2] = 0
            u[:] = best_u
            direction[:] = 0.0
            if state[1] < _LAST_STEP:
                return
            continue
        share = 0.1 if state[4] > 10 else 1.0 / state[4]
        for j in range(m):
            mean[j] += share * ((1.0 if chosen[j] else 0.0) - mean[j])
        length = 0.0
        for i in range(n):
            slope = 1.0
            for k in range(start[i], start[i + 1]):
                if cost[k] >= u[i]:
                    break
                if chosen[site[k]]:
                    slope -= 1.0
            direction[i] = slope + _DEFLECTION * direction[i]
            # A price at its end pushes no further.
            if not (u[i] >= unserved[i] and direction[i] > 0):
                length += direction[i] * direction[i]
        if length == 0.0:
            state[1] = 0.0
            return
        step = state[1] * max(target - value, 1e-7 * abs(target)) / length
        for i in range(n):
            u[i] = min(unserved[i], u[i] + step * direction[i])


def first_prices(location: Location) -> Floats:
    """Prices to start from: the second cheapest pair of each demand."""
    u = location.unserved.copy()
    count = np.diff(location.start)
    for rank in (0, 1):
        has = count > rank
        u[has] = np.minimum(location.unserved[has], location.cost[location.start[:-1][has] + rank])
    return u


def rise(
    location: Location, prices: Floats, *, target: float, enough: float, steps: int, step: float = 1.0, stop: ShouldStop
) -> Prices:
    """Raise the bound for at most ``steps`` steps towards ``target``, a value that some plan has.

    Ends at ``enough``. The bound is −∞ where no step was made.
    """
    m = location.m
    u = np.minimum(prices, location.unserved)
    best_u, worth, chosen, mean = u.copy(), np.zeros(m), np.zeros(m, dtype=bool), np.zeros(m)
    state = np.array([-np.inf, step, 0.0, 0.0, 0.0])
    direction = np.zeros(len(u))
    while state[4] < steps and state[1] >= _LAST_STEP and state[0] < enough:
        _rise(
            location.start, location.site, location.cost, location.unserved, location.district, location.least,
            location.p, u, direction, best_u, worth, chosen, mean, state, target,
            min(_SLICE, steps - int(state[4])), enough,
        )  # fmt: skip
        if stop():
            break
    return Prices(u, float(state[0]), best_u, worth, chosen, mean, int(state[4]), int(state[3]))


def settled(prices: Prices, above: float) -> tuple[Bools, Bools]:
    """The sites that are open, and those that are closed, in every plan whose value is at most ``above``.

    An exchange of j into the least set replaces at best the site of the largest worth in it; districts can only make
    it dearer.
    """
    worth, chosen = prices.worth, prices.chosen
    room = above - prices.bound
    opened, closed = np.zeros_like(chosen), np.zeros_like(chosen)
    if chosen.any() and not chosen.all():
        closed[~chosen] = worth[~chosen] - worth[chosen].max() > room
        opened[chosen] = worth[~chosen].min() - worth[chosen] > room
    return opened, closed
