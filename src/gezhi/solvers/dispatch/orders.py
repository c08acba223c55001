"""The policy 'gezhi' in a simulated day: whom it compares at an event, and its plan turned into orders.

The fewer of open cases and free workers are the rows of the plan. Cases look at every free worker; workers look at the
cells around them, the nearest first, and at a cell only where the oldest case in it could still be of use.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from gezhi.solvers.dispatch.fields import Fields, cell_of, put, shortage
from gezhi.solvers.dispatch.pairing import FIRST, Lists, begin_lists, best_pairs, enlist, longer, too_short
from gezhi.solvers.dispatch.shelves import Shelves, least_km
from gezhi.solvers.dispatch.snapshot import Weights, prices, rush_of, worths
from gezhi.solvers.dispatch.state import (
    AT_WORK,
    IDLE,
    NOBODY,
    UNDER_WAY,
    Bools,
    CaseState,
    Fleet,
    Floats,
    Ints,
    is_kept,
    place,
    send,
    take_off,
    way_min,
)

# Up to so many open cases, looking at all of them is as quick as looking around.
FEW = 1_500


class Moment(NamedTuple):
    """What the policy sees. ``free``: workers who may be sent, with their places and prices.

    ``worth`` (kinds × cells): of serving a case there now (``worths``), its wait left out. ``most_worth``: no open case is
    worth more, its wait counted.
    """

    now: float
    free: Ints
    x: Floats
    y: Floats
    price: Floats
    worth: Floats
    most_worth: float


@njit(cache=True)
def _look(
    now: float,
    seen: int,
    open_cases: Ints,
    fleet: Fleet,
    cases: CaseState,
    fields: Fields,
    shelves: Shelves,
    rules: Weights,
) -> Moment:
    """The moment as the policy sees it; whoever is kept on the way is not free."""
    short = shortage(fields, seen, fleet.x.size, rules.prior)
    free = np.empty(fleet.x.size, np.int64)
    size, idle, at_work = 0, 0, 0
    for worker in range(fleet.x.size):
        state = fleet.state[worker]
        idle += state == IDLE
        at_work += state == AT_WORK
        if state == IDLE or (
            state == UNDER_WAY and not is_kept(fleet.case[worker], now, fleet, cases, rules.case_changes)
        ):
            free[size] = worker
            size += 1
    free = free[:size]
    x, y, short_here = np.empty(size), np.empty(size), np.empty(size)
    for column in range(size):
        x[column], y[column] = place(free[column], now, fleet, cases)
        short_here[column] = short[cell_of(x[column], y[column], fields.ground)]
    rush = rush_of(at_work, open_cases.size, fleet.x.size, rules)
    ahead = fleet.used[free] - fleet.used.mean()
    under_way = fleet.state[free] == UNDER_WAY
    price = prices(fleet.skills[free], short_here, ahead, under_way, idle / fleet.x.size, rush, rules)
    worth = worths(fields, short, rush, rules)
    most = -np.inf
    for kind in range(worth.shape[0]):
        for column in range(worth.shape[1]):
            for row in range(worth.shape[2]):
                first = shelves.first[kind, column, row]
                if first != NOBODY:
                    most = max(most, worth[kind, column, row] + rules.ageing * (now - cases.at[first]))
    return Moment(now, free, x, y, price, worth, most)


@njit(cache=True)
def _each_with_each(
    open_cases: Ints,
    by_case: bool,
    wanted: Bools,
    lists: Lists,
    moment: Moment,
    fleet: Fleet,
    cases: CaseState,
    fields: Fields,
    rules: Weights,
) -> None:
    """List the free workers for the ``wanted`` cases, or the cases for the ``wanted`` workers, from all pairs."""
    ways = np.empty(moment.free.size)
    for row in range(open_cases.size):
        if by_case and not wanted[row]:
            continue
        case = open_cases[row]
        kind, keeper, owner = cases.kind[case], cases.given_to[case], cases.owner[case]
        worth = moment.worth[kind][cell_of(cases.x[case], cases.y[case], fields.ground)]
        worth += rules.ageing * (moment.now - cases.at[case])
        for column in range(ways.size):
            ways[column] = way_min(moment.x[column], moment.y[column], cases.x[case], cases.y[case], fleet.speed_km_min)
        for column in range(ways.size):
            cost = ways[column] + moment.price[column] - worth
            worker = moment.free[column]
            if worker == keeper:
                cost -= rules.swap
            if worker == owner and ways[column] <= rules.owner_cap:
                cost -= rules.owner
            place = row if by_case else column
            if cost < lists.farther[place] and wanted[place] and fleet.skills[worker, kind]:
                enlist(place, column if by_case else case, cost, lists)


@njit(cache=True)
def _from_shelf(
    row: int,
    case: int,
    worth: float,
    least: float,
    lists: Lists,
    moment: Moment,
    fleet: Fleet,
    cases: CaseState,
    shelves: Shelves,
    rules: Weights,
) -> None:
    """List the cases from ``case`` on, all ``worth`` the same but for their wait, for the free worker ``row``.

    ``least``: no case on the shelf costs less, its wait left out.
    """
    worker, x, y, price = moment.free[row], moment.x[row], moment.y[row], moment.price[row]
    while case != NOBODY:
        wait = rules.ageing * (moment.now - cases.at[case])
        if least - wait >= lists.farther[row]:
            break
        keeper = cases.given_to[case]
        if keeper == NOBODY or (keeper != worker and not is_kept(case, moment.now, fleet, cases, rules.case_changes)):
            way = way_min(x, y, cases.x[case], cases.y[case], fleet.speed_km_min)
            cost = way + price - (worth + wait)
            if cases.owner[case] == worker and way <= rules.owner_cap:
                cost -= rules.owner
            if cost < lists.farther[row]:
                enlist(row, case, cost, lists)
        case = shelves.after[case]


@njit(cache=True)
def _own_aim(
    row: int, lists: Lists, moment: Moment, fleet: Fleet, cases: CaseState, fields: Fields, rules: Weights
) -> None:
    """List the case that the free worker ``row`` is on the way to: it costs no swap, so it is seen first."""
    worker = moment.free[row]
    case = fleet.case[worker]
    if fleet.state[worker] != UNDER_WAY:
        return
    way = way_min(moment.x[row], moment.y[row], cases.x[case], cases.y[case], fleet.speed_km_min)
    worth = moment.worth[cases.kind[case]][cell_of(cases.x[case], cases.y[case], fields.ground)]
    cost = way + moment.price[row] - (worth + rules.ageing * (moment.now - cases.at[case])) - rules.swap
    if cases.owner[case] == worker and way <= rules.owner_cap:
        cost -= rules.owner
    if cost < lists.farther[row]:
        enlist(row, case, cost, lists)


@njit(cache=True)
def _around(
    wanted: Bools,
    lists: Lists,
    moment: Moment,
    fleet: Fleet,
    cases: CaseState,
    fields: Fields,
    shelves: Shelves,
    rules: Weights,
) -> None:
    """List the cases for the ``wanted`` of the free workers, ring by ring of cells."""
    ground, now, speed = fields.ground, moment.now, fleet.speed_km_min
    for row in range(wanted.size):
        if not wanted[row]:
            continue
        _own_aim(row, lists, moment, fleet, cases, fields, rules)
        x, y = moment.x[row], moment.y[row]
        column, line = cell_of(x, y, ground)
        skills = fleet.skills[moment.free[row]]
        price = moment.price[row] - rules.owner
        for ring in range(max(ground.columns, ground.rows)):
            nearest = max(0, ring - 1) * ground.cell_km / speed
            if nearest + price - moment.most_worth >= lists.farther[row]:
                break
            for other in range(max(0, column - ring), min(ground.columns - 1, column + ring) + 1):
                step = 1 if abs(other - column) == ring else max(1, 2 * ring)
                for another in range(line - ring, line + ring + 1, step):
                    if not 0 <= another < ground.rows:
                        continue
                    way = least_km(x, y, other, another, ground) / speed
                    for kind in range(skills.size):
                        first = shelves.first[kind, other, another]
                        if first == NOBODY or not skills[kind]:
                            continue
                        worth = moment.worth[kind, other, another]
                        least = way + price - worth
                        if least - rules.ageing * (now - cases.at[first]) < lists.farther[row]:
                            _from_shelf(row, first, worth, least, lists, moment, fleet, cases, shelves, rules)


@njit(cache=True)
def _aims(
    open_cases: Ints,
    moment: Moment,
    fleet: Fleet,
    cases: CaseState,
    fields: Fields,
    shelves: Shelves,
    rules: Weights,
) -> Ints:
    """The case of each free worker in the plan of least cost, NOBODY for those who are not needed."""
    rows = np.empty(open_cases.size, np.int64)
    size = 0
    for case in open_cases:
        if cases.given_to[case] == NOBODY or not is_kept(case, moment.now, fleet, cases, rules.case_changes):
            rows[size] = case
            size += 1
    rows = rows[:size]
    by_case = size <= moment.free.size
    lists = begin_lists(size if by_case else moment.free.size, FIRST)
    wanted = np.ones(lists.length.size, np.bool_)
    slot = np.full(moment.free.size if by_case else cases.at.size, NOBODY)
    while True:
        if by_case or size <= FEW:
            _each_with_each(rows, by_case, wanted, lists, moment, fleet, cases, fields, rules)
        else:
            _around(wanted, lists, moment, fleet, cases, fields, shelves, rules)
        chosen, u = best_pairs(lists, slot)
        wanted = too_short(lists, u)
        if not wanted.any():
            break
        lists = longer(lists, wanted)
    if not by_case:
        return chosen
    aims = np.full(moment.free.size, NOBODY)
    for row in range(size):
        if chosen[row] != NOBODY:
            aims[chosen[row]] = rows[row]
    return aims


@njit(cache=True)
def give_orders(
    now: float,
    seen: int,
    open_cases: Ints,
    fleet: Fleet,
    cases: CaseState,
    fields: Fields,
    shelves: Shelves,
    rules: Weights,
) -> int:
    """Decide on the open cases × the workers idle or under way, give the orders; returns how many were taken off."""
    if open_cases.size == 0 or fleet.x.size == 0:
        return 0
    moment = _look(now, seen, open_cases, fleet, cases, fields, shelves, rules)
    if moment.free.size == 0:
        return 0
    aims = _aims(open_cases, moment, fleet, cases, fields, shelves, rules)
    taken_off = 0
    for column in range(aims.size):
        worker = moment.free[column]
        if fleet.state[worker] == UNDER_WAY and fleet.case[worker] != aims[column]:
            case = fleet.case[worker]
            put(fields.fleet, cases.x[case], cases.y[case], -1.0, fields)
            take_off(worker, now, fleet, cases)
            put(fields.fleet, fleet.x[worker], fleet.y[worker], 1.0, fields)
            taken_off += 1
    for column in range(aims.size):
        worker, case = moment.free[column], aims[column]
        if case != NOBODY and fleet.state[worker] == IDLE:
            put(fields.fleet, fleet.x[worker], fleet.y[worker], -1.0, fields)
            put(fields.fleet, cases.x[case], cases.y[case], 1.0, fields)
            send(worker, case, now, fleet, cases)
    return taken_off
