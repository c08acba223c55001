"""The policy 'gezhi' at one moment: what each pair costs, what leaving a case waiting costs, and the best plan.

It sees no city and no clock: only minutes of way, and what the fields say at the places of the cases and the workers. So
the simulated day and the real city ask the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from gezhi.solvers.dispatch.fields import Fields
from gezhi.solvers.dispatch.pairing import FIRST, begin_lists, best_pairs, enlist, longer, too_short
from gezhi.solvers.dispatch.policy import Rules
from gezhi.solvers.dispatch.state import NOBODY, Bools, Floats, Ints

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
    even: float
    calm: float
    service: float  # mean minutes of work
    scarcity: Floats  # of each kind's skill, minutes


class Snapshot(NamedTuple):
    """n open cases × m workers who are idle or under way; workers are named by their column.

    ``way`` (n × m): minutes, infinite where there is none. ``worth`` (n): what serving the case now is worth (``worths``
    and its wait). ``price`` (m): what taking the worker costs (``prices``). ``keeper``: who is on the way to the case.
    ``kept``: the person on the way stays, since the case or the worker has reached the cap. ``aim`` (m): the row of the
    case that the worker is on the way to.
    """

    way: Floats
    kind: Ints
    worth: Floats
    owner: Ints
    keeper: Ints
    kept: Bools
    skills: Bools
    aim: Ints
    price: Floats


def weights_of(rules: Rules, skills: Bools, mean_service_min: float) -> Weights:
    """The rules for a fleet with these ``skills`` (m × kinds), all workers on duty."""
    share = skills.mean(axis=0) if len(skills) else np.ones(skills.shape[1])
    # Numbers of one kind only, or the compiler makes the day anew for each mixture.
    return Weights(
        ageing=float(rules.ageing),
        swap=float(rules.swap),
        case_changes=float(rules.most_case_swaps),
        owner=float(rules.owner),
        owner_cap=float(rules.owner_cap),
        patience=float(rules.patience),
        patience_queue=float(rules.patience_queue),
        most_patience=float(rules.most_patience),
        plain_share=float(rules.plain_share),
        stay=float(rules.stay),
        stay_idle=float(rules.stay_idle),
        go=float(rules.go),
        prior=float(rules.prior),
        even=float(rules.even),
        calm=float(rules.calm),
        service=float(mean_service_min),
        scarcity=np.where((share > 0) & (share < 1), rules.scarcity * 0.1 / np.maximum(share, 1e-9), 0.0),
    )


@njit(cache=True)
def worths(fields: Fields, short: Floats, rush: float, rules: Weights) -> Floats:
    """Minutes (kinds × cells) that serving a case of a kind in a cell is worth, its wait left out.

    ``short``: of each cell, see :func:`gezhi.solvers.dispatch.fields.shortage`; ``rush``: ``rush_of`` the moment.
    Somebody at work near the case becomes free after ``service`` ÷ (their number) on average, and takes the nearest of
    those that wait: so leaving it costs the more, the more cases there are for each worker at work near it who has the
    skill.
    """
    kinds, columns, rows = fields.open.shape
    found = np.empty((kinds, columns, rows))
    for kind in range(kinds):
        # The skill that the case needs is not wasted on it.
        needed = rules.scarcity[kind] if kind else 0.0
        for column in range(columns):
            for row in range(rows):
                # Whoever may serve a skilled case may be drawn to a plain one too, and plain cases wait for anybody.
                queue = fields.open[kind, column, row]
                if kind:
                    queue += rules.plain_share * fields.open[0, column, row]
                else:
                    for other in range(1, kinds):
                        queue += fields.open[other, column, row]
                busy = fields.busy[kind, column, row]
                patience = MUST_GO
                if busy > 1e-6:
                    longer_wait = rules.patience_queue * rules.service * max(queue, 0.0) / busy
                    patience = min(rules.most_patience, rules.patience + longer_wait)
                found[kind, column, row] = patience + rush * (rules.go * short[column, row] + needed)
    return found


@njit(cache=True)
def rush_of(at_work: int, open_cases: int, on_duty: int, rules: Weights) -> float:
    """How far what is done for later counts, from 0 to 1: the share of the fleet that is needed now, ÷ ``calm``."""
    needed = at_work + open_cases
    return float(min(1.0, needed / (rules.calm * on_duty))) if rules.calm > 0.0 else 1.0


@njit(cache=True)
def prices(
    skills: Bools, short_here: Floats, ahead: Floats, under_way: Bools, idle_share: float, rush: float, rules: Weights
) -> Floats:
    """Minutes (m) that taking each worker counts: the place they leave, their skills, their day, the way they leave.

    ``ahead`` (m): minutes that they have been used longer than the fleet on average.
    """
    found = np.empty(short_here.size)
    stay = rules.stay + rules.stay_idle * idle_share
    for column in range(found.size):
        later = stay * short_here[column] + rules.even * ahead[column] / rules.service
        for kind in range(1, skills.shape[1]):
            if skills[column, kind]:
                later += rules.scarcity[kind]
        found[column] = rush * later + (rules.swap if under_way[column] else 0.0)
    return found


@njit(cache=True)
def best_plan(seen: Snapshot, rules: Weights) -> Ints:
    """The column of the worker of each open case in the plan of least cost, NOBODY where it is left waiting."""
    n, m = seen.way.shape
    plan = np.full(n, NOBODY)
    bound = np.zeros(m, np.bool_)
    for row in np.flatnonzero(seen.kept):
        column = seen.keeper[row]
        bound[column] = True
        if seen.skills[column, seen.kind[row]] and seen.way[row, column] < np.inf:
            plan[row] = column
    cases, workers = np.flatnonzero(~seen.kept), np.flatnonzero(~bound)
    by_case = cases.size <= workers.size
    rows, columns = (cases, workers) if by_case else (workers, cases)
    lists = begin_lists(rows.size, FIRST)
    wanted = np.ones(rows.size, np.bool_)
    slot = np.full(max(n, m), NOBODY)
    while True:
        for place in range(rows.size):
            if not wanted[place]:
                continue
            for each in range(columns.size):
                other = columns[each]
                row, column = (rows[place], other) if by_case else (other, rows[place])
                if not seen.skills[column, seen.kind[row]]:
                    continue
                cost = seen.way[row, column] + seen.price[column] - seen.worth[row]
                if seen.aim[column] == row:
                    cost -= rules.swap
                if seen.owner[row] == column and seen.way[row, column] <= rules.owner_cap:
                    cost -= rules.owner
                if cost < lists.farther[place]:
                    enlist(place, other, cost, lists)
        chosen, u = best_pairs(lists, slot)
        wanted = too_short(lists, u)
        if not wanted.any():
            break
        lists = longer(lists, wanted)
    for place in range(rows.size):
        if chosen[place] == NOBODY:
            continue
        row, column = (rows[place], chosen[place]) if by_case else (chosen[place], rows[place])
        plan[row] = column
    return plan
