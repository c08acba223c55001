"""The policy 'gezhi' at one moment: what each pair costs, what leaving a case waiting costs, the best plan, the orders."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from gezhi.solvers.assign.shortest_paths import augment_all
from gezhi.solvers.dispatch.fields import Fields, cell, put, shortage
from gezhi.solvers.dispatch.state import (
    AT_WORK,
    IDLE,
    NOBODY,
    UNDER_WAY,
    CaseState,
    Fleet,
    Floats,
    Ints,
    may_change,
    place,
    send,
    take_off,
    way_min,
)

# What it costs to leave a case waiting that nobody now at work could take over: more than any way in a city.
MUST_GO = 10_000.0


class Weights(NamedTuple):
    """The rules as compiled code takes them; see :class:`gezhi.solvers.dispatch.policy.Rules`."""

    ageing: float
    swap: float
    case_changes: float
    owner: float
    owner_cap: float
    patience: float
    patience_queue: float
    most_patience: float
    plain_share: float
    stay: float
    stay_idle: float
    go: float
    prior: float
    service: float  # mean minutes of work
    scarcity: Floats  # of each kind's skill, minutes


@njit(cache=True)
def _cost_of_waiting(case: int, now: float, fields: Fields, cases: CaseState, rules: Weights) -> float:
    """Minutes that leaving the case counts.

    Somebody at work near it becomes free after ``service`` ÷ (their number) on average, and takes the nearest of those
    that wait: so it counts the more, the more cases there are for each worker at work near it who has the skill.
    """
    kind, column, row = cases.kind[case], cell(cases.x[case]), cell(cases.y[case])
    queue = fields.open[kind, column, row]
    for other in range(fields.open.shape[0]):
        if other != kind:
            # Whoever may serve a skilled case may be drawn to a plain one too, and plain cases wait for anybody.
            queue += fields.open[other, column, row] * (1.0 if kind == 0 else rules.plain_share if other == 0 else 0.0)
    busy = fields.busy[kind, column, row]
    patience = MUST_GO
    if busy > 1e-6:
        patience = min(
            rules.most_patience, rules.patience + rules.patience_queue * rules.service * max(queue, 0.0) / busy
        )
    return float(patience + rules.ageing * (now - cases.at[case]))


@njit(cache=True)
def decide(
    now: float, seen: int, open_cases: Ints, fleet: Fleet, cases: CaseState, fields: Fields, rules: Weights
) -> int:
    """Solve the open cases × the workers idle or under way, and give the orders; returns how many were taken off."""
    free = np.flatnonzero(fleet.state != AT_WORK)
    n, m = open_cases.size, free.size
    if n == 0 or m == 0:
        return 0
    short = shortage(fields, seen, fleet.x.size, rules.prior)
    idle = 0
    for worker in free:
        idle += fleet.state[worker] == IDLE
    stay = rules.stay + rules.stay_idle * idle / fleet.x.size
    xs, ys, price = np.empty(m), np.empty(m), np.empty(m)
    for column in range(m):
        xs[column], ys[column] = place(free[column], now, fleet, cases)
        price[column] = stay * short[cell(xs[column]), cell(ys[column])]
    cost, alone = np.full((n, m), np.inf), np.empty(n)
    for row in range(n):
        case = open_cases[row]
        kind, keeper = cases.kind[case], cases.given_to[case]
        alone[row] = _cost_of_waiting(case, now, fields, cases, rules)
        gain = rules.go * short[cell(cases.x[case]), cell(cases.y[case])]
        kept = keeper != NOBODY and (cases.lost[case] >= rules.case_changes or not may_change(keeper, now, fleet))
        if kept:
            alone[row] = 2.0 * MUST_GO
        for column in range(m):
            worker = free[column]
            if not fleet.skills[worker, kind] or (kept and worker != keeper):
                continue
            elsewhere = fleet.state[worker] == UNDER_WAY and fleet.case[worker] != case
            if elsewhere and (
                cases.lost[fleet.case[worker]] >= rules.case_changes or not may_change(worker, now, fleet)
            ):
                continue
            way = way_min(xs[column], ys[column], cases.x[case], cases.y[case])
            total = way + price[column] - gain + (rules.swap if elsewhere else 0.0)
            for other in range(1, rules.scarcity.size):
                if other != kind and fleet.skills[worker, other]:
                    total += rules.scarcity[other]
            if cases.owner[case] == worker and way <= rules.owner_cap:
                total -= rules.owner
            cost[row, column] = total
    near = np.empty((n, m), np.int64)
    near[:] = np.arange(m)
    column_of = augment_all(cost, alone, near, np.full(n, np.inf))[0]
    taken_off = 0
    for row in range(n):
        case = open_cases[row]
        worker = cases.given_to[case]
        if worker != NOBODY and (column_of[row] == NOBODY or free[column_of[row]] != worker):
            put(fields.fleet, cases.x[case], cases.y[case], -1.0, fields.fall)
            take_off(worker, now, fleet, cases)
            put(fields.fleet, fleet.x[worker], fleet.y[worker], 1.0, fields.fall)
            taken_off += 1
    for row in range(n):
        case = open_cases[row]
        if column_of[row] != NOBODY and cases.given_to[case] == NOBODY:
            worker = free[column_of[row]]
            put(fields.fleet, fleet.x[worker], fleet.y[worker], -1.0, fields.fall)
            put(fields.fleet, cases.x[case], cases.y[case], 1.0, fields.fall)
            send(worker, case, now, fleet, cases)
    return taken_off
