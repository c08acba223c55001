"""The policy 'gezhi' in a simulated day: what it sees at an event, and its plan turned into orders."""

from __future__ import annotations

import numpy as np
from numba import njit

from gezhi.solvers.dispatch.fields import Fields, cell_of, put, shortage
from gezhi.solvers.dispatch.snapshot import Snapshot, Weights, best_plan
from gezhi.solvers.dispatch.state import (
    AT_WORK,
    IDLE,
    NOBODY,
    CaseState,
    Fleet,
    Ints,
    may_change,
    place,
    send,
    take_off,
    ways_min,
)


@njit(cache=True)
def _look(
    now: float,
    seen: int,
    open_cases: Ints,
    free: Ints,
    fleet: Fleet,
    cases: CaseState,
    fields: Fields,
    rules: Weights,
) -> Snapshot:
    """The open cases and the ``free`` workers as the policy sees them."""
    n, m = open_cases.size, free.size
    short = shortage(fields, seen, fleet.x.size, rules.prior)
    column_of = np.full(fleet.x.size, NOBODY)
    xs, ys, short_here = np.empty(m), np.empty(m), np.empty(m)
    skills = np.empty((m, fleet.skills.shape[1]), np.bool_)
    idle = 0
    for column in range(m):
        worker = free[column]
        column_of[worker] = column
        idle += fleet.state[worker] == IDLE
        skills[column] = fleet.skills[worker]
        xs[column], ys[column] = place(worker, now, fleet, cases)
        short_here[column] = short[cell_of(xs[column], ys[column], fields.ground)]
    aim = np.full(m, NOBODY)
    owner, keeper, kept = np.full(n, NOBODY), np.full(n, NOBODY), np.zeros(n, np.bool_)
    open_near, busy_near, short_there = np.empty((n, skills.shape[1])), np.empty(n), np.empty(n)
    for row in range(n):
        case = open_cases[row]
        column, line = cell_of(cases.x[case], cases.y[case], fields.ground)
        for kind in range(skills.shape[1]):
            open_near[row, kind] = fields.open[kind, column, line]
        busy_near[row] = fields.busy[cases.kind[case], column, line]
        short_there[row] = short[column, line]
        if cases.owner[case] != NOBODY:
            owner[row] = column_of[cases.owner[case]]
        worker = cases.given_to[case]
        if worker != NOBODY:
            keeper[row] = column_of[worker]
            aim[keeper[row]] = row
            kept[row] = cases.lost[case] >= rules.case_changes or not may_change(worker, now, fleet)
    return Snapshot(
        ways_min(cases.x[open_cases], cases.y[open_cases], xs, ys, fleet.speed_km_min),
        cases.kind[open_cases],
        now - cases.at[open_cases],
        owner,
        keeper,
        kept,
        open_near,
        busy_near,
        short_there,
        skills,
        aim,
        short_here,
        idle,
        fleet.x.size,
    )


@njit(cache=True)
def give_orders(
    now: float, seen: int, open_cases: Ints, fleet: Fleet, cases: CaseState, fields: Fields, rules: Weights
) -> int:
    """Decide on the open cases × the workers idle or under way, give the orders; returns how many were taken off."""
    free = np.flatnonzero(fleet.state != AT_WORK)
    if open_cases.size == 0 or free.size == 0:
        return 0
    column_of = best_plan(_look(now, seen, open_cases, free, fleet, cases, fields, rules), rules)
    taken_off = 0
    for row in range(open_cases.size):
        case = open_cases[row]
        worker = cases.given_to[case]
        if worker != NOBODY and (column_of[row] == NOBODY or free[column_of[row]] != worker):
            put(fields.fleet, cases.x[case], cases.y[case], -1.0, fields)
            take_off(worker, now, fleet, cases)
            put(fields.fleet, fleet.x[worker], fleet.y[worker], 1.0, fields)
            taken_off += 1
    for row in range(open_cases.size):
        case = open_cases[row]
        if column_of[row] != NOBODY and cases.given_to[case] == NOBODY:
            worker = free[column_of[row]]
            put(fields.fleet, fleet.x[worker], fleet.y[worker], -1.0, fields)
            put(fields.fleet, cases.x[case], cases.y[case], 1.0, fields)
            send(worker, case, now, fleet, cases)
    return taken_off
