"""One day in arrays, event by event: a case appears, somebody arrives, somebody becomes free.

Rectilinear ways (first along x, then along y) at constant speed; a worker stays where the last case ended, or where
they were when taken off the way. Work that has begun goes on past the end of the shift; a case that nobody has reached
by then has waited until the end. Complexity O(events · (workers + open cases)) for the simple policies; for 'gezhi' one
snapshot more for each event. Compiling takes some seconds once, then the machine code is kept on disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.assign.shortest_paths import augment_all
from gezhi.solvers.dispatch.policy import Policy, Rules
from gezhi.solvers.dispatch.scenario import SPEED_KM_MIN, Day

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOBODY = -1
IDLE, UNDER_WAY, AT_WORK = 0, 1, 2
FIXED, FIFO, AGED = Policy.FIXED_OWNER.number, Policy.NEAREST_FIFO.number, Policy.NEAREST_AGED.number
AGEING_OF_NEAREST = 0.2


@dataclass(frozen=True, slots=True)
class DayResult:
    """What became of n cases and m workers. Minutes; ``start`` is infinite where nobody came before the shift ended.

    ``response``: from appearance to arrival, or to the end of the shift. ``served_by``: worker, −1. ``way``: minutes
    of way of each worker. ``work``: minutes of work begun by each worker. ``swaps``: how often somebody was taken off.
    """

    start: Floats
    response: Floats
    served_by: Ints
    way: Floats
    work: Floats
    swaps: int


class _Cases(NamedTuple):
    at: Floats
    x: Floats
    y: Floats
    kind: Ints
    owner: Ints
    given_to: Ints


class _Fleet(NamedTuple):
    x: Floats  # where the present way began, or where the worker is
    y: Floats
    skills: NDArray[np.bool_]
    state: Ints
    case: Ints
    since: Floats  # when the present way began
    until: Floats  # when the next event of the worker comes
    way: Floats
    taken_off: Ints  # since the last arrival


@njit(cache=True)
def _way(x: float, y: float, to_x: float, to_y: float) -> float:
    """Minutes."""
    return (abs(x - to_x) + abs(y - to_y)) / SPEED_KM_MIN


@njit(cache=True)
def _send(worker: int, case: int, now: float, fleet: _Fleet, cases: _Cases) -> None:
    fleet.state[worker] = UNDER_WAY
    fleet.case[worker] = case
    fleet.since[worker] = now
    fleet.until[worker] = now + _way(fleet.x[worker], fleet.y[worker], cases.x[case], cases.y[case])
    cases.given_to[case] = worker


@njit(cache=True)
def _place(worker: int, now: float, fleet: _Fleet, cases: _Cases) -> tuple[float, float]:
    """Where the worker is: first along x, then along y."""
    x, y = fleet.x[worker], fleet.y[worker]
    if fleet.state[worker] != UNDER_WAY:
        return x, y
    case = fleet.case[worker]
    gone = (now - fleet.since[worker]) * SPEED_KM_MIN
    dx, dy = cases.x[case] - x, cases.y[case] - y
    if gone <= abs(dx):
        return x + np.sign(dx) * gone, y
    return cases.x[case], y + np.sign(dy) * min(gone - abs(dx), abs(dy))


@njit(cache=True)
def _nearest_idle(case: int, fleet: _Fleet, cases: _Cases) -> int:
    best, nearest = np.inf, NOBODY
    for worker in range(fleet.x.size):
        if fleet.state[worker] == IDLE and fleet.skills[worker, cases.kind[case]]:
            way = _way(fleet.x[worker], fleet.y[worker], cases.x[case], cases.y[case])
            if way < best:
                best, nearest = way, worker
    return nearest


@njit(cache=True)
def _next_waiting(worker: int, now: float, policy: int, open_cases: Ints, fleet: _Fleet, cases: _Cases) -> int:
    """The waiting case that a freed worker takes under one of the simple policies."""
    best, chosen = np.inf, NOBODY
    for case in open_cases:
        if cases.given_to[case] != NOBODY or not fleet.skills[worker, cases.kind[case]]:
            continue
        if policy == FIXED and cases.owner[case] != worker:
            continue
        rank = cases.at[case]
        if policy == AGED:
            rank = _way(fleet.x[worker], fleet.y[worker], cases.x[case], cases.y[case])
            rank -= AGEING_OF_NEAREST * (now - cases.at[case])
        if rank < best:
            best, chosen = rank, case
    return chosen


@njit(cache=True)
def _snapshot(now: float, open_cases: Ints, fleet: _Fleet, cases: _Cases, rules: Floats, scarcity: Floats) -> int:
    """Solve the open cases × the workers idle or under way; returns how many were taken off their way."""
    ageing, swap, most_swaps, owner, owner_cap, leave = rules
    free = np.flatnonzero(fleet.state != AT_WORK)
    n, m = open_cases.size, free.size
    if n == 0 or m == 0:
        return 0
    xs, ys = np.empty(m), np.empty(m)
    for column in range(m):
        xs[column], ys[column] = _place(free[column], now, fleet, cases)
    cost, alone = np.full((n, m), np.inf), np.empty(n)
    for row in range(n):
        case = open_cases[row]
        kind = cases.kind[case]
        alone[row] = leave + ageing * (now - cases.at[case])
        for column in range(m):
            worker = free[column]
            if not fleet.skills[worker, kind]:
                continue
            elsewhere = fleet.state[worker] == UNDER_WAY and fleet.case[worker] != case
            if elsewhere and fleet.taken_off[worker] >= most_swaps:
                continue
            way = _way(xs[column], ys[column], cases.x[case], cases.y[case])
            total = way + (swap if elsewhere else 0.0)
            for other in range(1, scarcity.size):
                if other != kind and fleet.skills[worker, other]:
                    total += scarcity[other]
            if cases.owner[case] == worker and way <= owner_cap:
                total -= owner
            cost[row, column] = total
    for row in range(n):
        worker = cases.given_to[open_cases[row]]
        if worker != NOBODY and fleet.taken_off[worker] >= most_swaps:
            # Nobody else may come either: the worker keeps the case.
            for column in range(m):
                if free[column] != worker:
                    cost[row, column] = np.inf
    near = np.empty((n, m), np.int64)
    near[:] = np.arange(m)
    column_of = augment_all(cost, alone, near, np.full(n, np.inf))[0]
    taken_off = 0
    for row in range(n):
        case = open_cases[row]
        worker = cases.given_to[case]
        if worker != NOBODY and (column_of[row] == NOBODY or free[column_of[row]] != worker):
            x, y = _place(worker, now, fleet, cases)
            fleet.x[worker], fleet.y[worker] = x, y
            fleet.way[worker] += now - fleet.since[worker]
            fleet.state[worker], fleet.case[worker], fleet.until[worker] = IDLE, NOBODY, np.inf
            fleet.taken_off[worker] += 1
            cases.given_to[case] = NOBODY
            taken_off += 1
    for row in range(n):
        case = open_cases[row]
        if column_of[row] != NOBODY and cases.given_to[case] == NOBODY:
            _send(free[column_of[row]], case, now, fleet, cases)
    return taken_off


@njit(cache=True)
def _run(
    cases: _Cases, fleet: _Fleet, service: Floats, end: float, policy: int, rules: Floats, scarcity: Floats
) -> tuple[Floats, Floats, int]:
    n, m = cases.at.size, fleet.x.size
    start, work = np.full(n, np.inf), np.zeros(m)
    open_cases = np.zeros(n, np.int64)
    count, following, swaps = 0, 0, 0
    while True:
        freed = NOBODY
        worker = int(fleet.until.argmin()) if m else NOBODY
        worker_at = fleet.until[worker] if m else np.inf
        case_at = cases.at[following] if following < n else np.inf
        now = min(worker_at, case_at)
        if now >= end:
            break
        if case_at <= worker_at:
            case = following
            open_cases[count] = case
            count += 1
            following += 1
            if policy == FIXED:
                owner = cases.owner[case]
                if owner != NOBODY and fleet.state[owner] == IDLE:
                    _send(owner, case, now, fleet, cases)
            elif policy in (FIFO, AGED):
                nearest = _nearest_idle(case, fleet, cases)
                if nearest != NOBODY:
                    _send(nearest, case, now, fleet, cases)
        elif fleet.state[worker] == UNDER_WAY:
            case = fleet.case[worker]
            start[case] = now
            work[worker] += service[case]
            fleet.way[worker] += now - fleet.since[worker]
            fleet.x[worker], fleet.y[worker] = cases.x[case], cases.y[case]
            fleet.state[worker], fleet.until[worker], fleet.taken_off[worker] = AT_WORK, now + service[case], 0
            place = 0
            while open_cases[place] != case:
                place += 1
            for later in range(place, count - 1):
                open_cases[later] = open_cases[later + 1]
            count -= 1
            continue
        else:
            fleet.state[worker], fleet.case[worker], fleet.until[worker] = IDLE, NOBODY, np.inf
            freed = worker
        if policy > AGED:
            swaps += _snapshot(now, open_cases[:count], fleet, cases, rules, scarcity)
        elif freed != NOBODY:
            chosen = _next_waiting(freed, now, policy, open_cases[:count], fleet, cases)
            if chosen != NOBODY:
                _send(freed, chosen, now, fleet, cases)
    return start, work, swaps


def simulate_day(day: Day, policy: Policy, rules: Rules | None = None) -> DayResult:
    """Run ``day`` under ``policy``; ``rules`` are the parameters of 'gezhi'. Deterministic."""
    rules = rules or Rules()
    n, m = day.at.size, day.home_x.size
    cases = _Cases(day.at, day.x, day.y, day.kind, day.owner, np.full(n, NOBODY))
    fleet = _Fleet(
        x=day.home_x.copy(),
        y=day.home_y.copy(),
        skills=day.skills,
        state=np.zeros(m, np.int64),
        case=np.full(m, NOBODY),
        since=np.zeros(m),
        until=np.full(m, np.inf),
        way=np.zeros(m),
        taken_off=np.zeros(m, np.int64),
    )
    share = day.skills.mean(axis=0) if m else np.ones(day.skills.shape[1])
    scarcity = np.where((share > 0) & (share < 1), rules.scarcity * 0.1 / np.maximum(share, 1e-9), 0.0)
    numbers = np.array([rules.ageing, rules.swap, float(rules.most_swaps), rules.owner, rules.owner_cap, rules.leave])
    start, work, swaps = _run(cases, fleet, day.service, day.end, policy.number, numbers, scarcity)
    response = np.where(np.isfinite(start), start, day.end) - day.at
    served_by = np.where(np.isfinite(start), cases.given_to, NOBODY)
    return DayResult(start, response, served_by, fleet.way, work, int(swaps))
