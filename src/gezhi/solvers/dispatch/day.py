"""One day in arrays, event by event: a case appears, somebody arrives, somebody becomes free.

Rectilinear ways (first along x, then along y) at constant speed; a worker stays where the last case ended, or where
they were when taken off the way. Work that has begun goes on past the end of the shift; a case that nobody has reached
by then has waited until the end. Complexity O(events · (workers + open cases)) for the simple policies; for 'gezhi' one
plan (:mod:`gezhi.solvers.dispatch.orders`) more for each event: 1,000 workers × 25,500 cases take some 10 to 30 CPU
seconds. Compiling takes half a minute once, then the machine code is kept on disk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from gezhi.solvers.dispatch.fields import begin_fields, even_field, put, put_busy, put_case
from gezhi.solvers.dispatch.ground import Ground
from gezhi.solvers.dispatch.orders import give_orders
from gezhi.solvers.dispatch.policy import Policy, Rules
from gezhi.solvers.dispatch.scenario import Day
from gezhi.solvers.dispatch.shelves import begin_shelves, shelve, unshelve
from gezhi.solvers.dispatch.snapshot import Weights, weights_of
from gezhi.solvers.dispatch.state import (
    AT_WORK,
    IDLE,
    NOBODY,
    UNDER_WAY,
    CaseState,
    Fleet,
    Floats,
    Ints,
    go,
    send,
    way_min,
)

FIXED, FIFO, AGED = Policy.FIXED_OWNER.number, Policy.NEAREST_FIFO.number, Policy.NEAREST_AGED.number
AGEING_OF_NEAREST = 0.2


@dataclass(frozen=True, slots=True)
class DayResult:
    """What became of n cases and m workers. Minutes; ``start`` is infinite where nobody came before the shift ended.

    ``response``: from appearance to arrival, or to the end of the shift. ``served_by``: worker, −1. ``way``: minutes
    of way of each worker. ``work``: minutes of work begun by each worker. ``swaps``: how often somebody was taken off the
    way, in all, and ``changes`` of each worker.
    """

    start: Floats
    response: Floats
    served_by: Ints
    way: Floats
    work: Floats
    swaps: int
    changes: Ints


@njit(cache=True)
def _nearest_idle(case: int, fleet: Fleet, cases: CaseState) -> int:
    best, nearest = np.inf, NOBODY
    for worker in range(fleet.x.size):
        if fleet.state[worker] == IDLE and fleet.skills[worker, cases.kind[case]]:
            way = way_min(fleet.x[worker], fleet.y[worker], cases.x[case], cases.y[case], fleet.speed_km_min)
            if way < best:
                best, nearest = way, worker
    return nearest


@njit(cache=True)
def _next_waiting(worker: int, now: float, policy: int, open_cases: Ints, fleet: Fleet, cases: CaseState) -> int:
    """The waiting case that a freed worker takes under one of the simple policies."""
    best, chosen = np.inf, NOBODY
    for case in open_cases:
        if cases.given_to[case] != NOBODY or not fleet.skills[worker, cases.kind[case]]:
            continue
        if policy == FIXED and cases.owner[case] != worker:
            continue
        rank = cases.at[case]
        if policy == AGED:
            rank = way_min(fleet.x[worker], fleet.y[worker], cases.x[case], cases.y[case], fleet.speed_km_min)
            rank -= AGEING_OF_NEAREST * (now - cases.at[case])
        if rank < best:
            best, chosen = rank, case
    return chosen


@njit(cache=True)
def _run(
    cases: CaseState,
    fleet: Fleet,
    service: Floats,
    end: float,
    policy: int,
    ground: Ground,
    reach_km: float,
    even: Floats,
    rules: Weights,
) -> tuple[Floats, Floats, int]:
    n, m = cases.at.size, fleet.x.size
    start, work = np.full(n, np.inf), np.zeros(m)
    open_cases = np.zeros(n, np.int64)
    count, following, swaps = 0, 0, 0
    ours = policy > AGED
    shelves = begin_shelves(n if ours else 0, fleet.skills.shape[1], ground)
    fields = begin_fields(fleet.x, fleet.y, fleet.skills.shape[1], ground, reach_km, even)
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
            if ours:
                shelve(case, cases, ground, shelves)
                put_case(cases.x[case], cases.y[case], cases.kind[case], 1.0, fields)
                put(fields.demand, cases.x[case], cases.y[case], 1.0, fields)
            if policy == FIXED:
                owner = cases.owner[case]
                if owner != NOBODY and fleet.state[owner] == IDLE:
                    send(owner, case, now, fleet, cases)
            elif policy in (FIFO, AGED):
                nearest = _nearest_idle(case, fleet, cases)
                if nearest != NOBODY:
                    send(nearest, case, now, fleet, cases)
        elif fleet.state[worker] == UNDER_WAY:
            case = fleet.case[worker]
            start[case] = now
            work[worker] += service[case]
            go(worker, now, fleet)
            fleet.x[worker], fleet.y[worker] = cases.x[case], cases.y[case]
            fleet.state[worker], fleet.until[worker] = AT_WORK, now + service[case]
            if ours:
                unshelve(case, cases, ground, shelves)
                put_case(cases.x[case], cases.y[case], cases.kind[case], -1.0, fields)
                put_busy(fleet.x[worker], fleet.y[worker], fleet.skills[worker], 1.0, fields)
            place = 0
            while open_cases[place] != case:
                place += 1
            for later in range(place, count - 1):
                open_cases[later] = open_cases[later + 1]
            count -= 1
            continue
        else:
            fleet.used[worker] += service[fleet.case[worker]]
            fleet.state[worker], fleet.case[worker], fleet.until[worker] = IDLE, NOBODY, np.inf
            freed = worker
            if ours:
                put_busy(fleet.x[worker], fleet.y[worker], fleet.skills[worker], -1.0, fields)
        if ours:
            swaps += give_orders(now, following, open_cases[:count], fleet, cases, fields, shelves, rules)
        elif freed != NOBODY:
            chosen = _next_waiting(freed, now, policy, open_cases[:count], fleet, cases)
            if chosen != NOBODY:
                send(freed, chosen, now, fleet, cases)
    return start, work, swaps


def simulate_day(day: Day, policy: Policy, rules: Rules | None = None) -> DayResult:
    """Run ``day`` under ``policy``; ``rules`` are the parameters of 'gezhi'. Deterministic."""
    rules = rules or Rules()
    n, m = day.at.size, day.home_x.size
    cases = CaseState(day.at, day.x, day.y, day.kind, day.owner, np.full(n, NOBODY), np.zeros(n, np.int64))
    fleet = Fleet(
        x=day.home_x.copy(),
        y=day.home_y.copy(),
        skills=day.skills,
        state=np.zeros(m, np.int64),
        case=np.full(m, NOBODY),
        since=np.zeros(m),
        until=np.full(m, np.inf),
        way=np.zeros(m),
        used=np.zeros(m),
        changed=np.full((m, rules.most_swaps), -np.inf),
        changes=np.zeros(m, np.int64),
        speed_km_min=day.ground.speed_km_min,
    )
    weights = weights_of(rules, day.skills, day.mean_service)
    even = even_field(day.ground, rules.reach_km)
    start, work, swaps = _run(
        cases, fleet, day.service, float(day.end), policy.number, day.ground, float(rules.reach_km), even, weights
    )  # fmt: skip
    response = np.where(np.isfinite(start), start, day.end) - day.at
    served_by = np.where(np.isfinite(start), cases.given_to, NOBODY)
    return DayResult(start, response, served_by, fleet.way, work, int(swaps), fleet.changes)
