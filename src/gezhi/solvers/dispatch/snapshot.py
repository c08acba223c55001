"""The policy 'gezhi' at one moment: what each pair costs, what leaving a case waiting costs, and the best plan.

It sees no city and no clock: only minutes of way, and what the fields say at the places of the cases and the workers. So
the simulated day and the real city ask the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.assign.shortest_paths import augment_all
from gezhi.solvers.dispatch.policy import Rules
from gezhi.solvers.dispatch.state import NOBODY, Floats, Ints

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


class Snapshot(NamedTuple):
    """n open cases × m workers who are idle or under way; workers are named by their column.

    ``way`` (n × m): minutes, infinite where there is none. ``keeper``: who is on the way to the case. ``kept``: the
    person on the way stays, since the case or the worker has reached the cap. ``open_near`` (n × kinds) and
    ``busy_near`` (n): the fields at the case. ``short_there`` (n), ``short_here`` (m): how short of workers the place is.
    ``aim`` (m): the row of the case that the worker is on the way to. ``idle`` of ``on_duty`` workers are idle.
    """

    way: Floats
    kind: Ints
    waited: Floats
    owner: Ints
    keeper: Ints
    kept: NDArray[np.bool_]
    open_near: Floats
    busy_near: Floats
    short_there: Floats
    skills: NDArray[np.bool_]
    aim: Ints
    short_here: Floats
    idle: int
    on_duty: int


def weights_of(rules: Rules, skills: NDArray[np.bool_], mean_service_min: float) -> Weights:
    """The rules for a fleet with these ``skills`` (m × kinds), all workers on duty."""
    share = skills.mean(axis=0) if len(skills) else np.ones(skills.shape[1])
    return Weights(
        ageing=rules.ageing,
        swap=rules.swap,
        case_changes=float(rules.most_case_swaps),
        owner=rules.owner,
        owner_cap=rules.owner_cap,
        patience=rules.patience,
        patience_queue=rules.patience_queue,
        most_patience=rules.most_patience,
        plain_share=rules.plain_share,
        stay=rules.stay,
        stay_idle=rules.stay_idle,
        go=rules.go,
        prior=rules.prior,
        service=mean_service_min,
        scarcity=np.where((share > 0) & (share < 1), rules.scarcity * 0.1 / np.maximum(share, 1e-9), 0.0),
    )


@njit(cache=True)
def _cost_of_waiting(row: int, seen: Snapshot, rules: Weights) -> float:
    """Minutes that leaving the case counts.

    Somebody at work near it becomes free after ``service`` ÷ (their number) on average, and takes the nearest of those
    that wait: so it counts the more, the more cases there are for each worker at work near it who has the skill.
    """
    kind = seen.kind[row]
    queue = seen.open_near[row, kind]
    for other in range(seen.open_near.shape[1]):
        if other != kind:
            # Whoever may serve a skilled case may be drawn to a plain one too, and plain cases wait for anybody.
            queue += seen.open_near[row, other] * (1.0 if kind == 0 else rules.plain_share if other == 0 else 0.0)
    busy = seen.busy_near[row]
    patience = MUST_GO
    if busy > 1e-6:
        patience = min(
            rules.most_patience, rules.patience + rules.patience_queue * rules.service * max(queue, 0.0) / busy
        )
    return float(patience + rules.ageing * seen.waited[row])


@njit(cache=True)
def best_plan(seen: Snapshot, rules: Weights) -> Ints:
    """The column of the worker of each open case in the plan of least cost, NOBODY where it is left waiting."""
    n, m = seen.way.shape
    stay = rules.stay + rules.stay_idle * seen.idle / seen.on_duty
    cost, alone = np.full((n, m), np.inf), np.empty(n)
    for row in range(n):
        kind = seen.kind[row]
        alone[row] = 2.0 * MUST_GO if seen.kept[row] else _cost_of_waiting(row, seen, rules)
        gain = rules.go * seen.short_there[row]
        for column in range(m):
            way = seen.way[row, column]
            if not seen.skills[column, kind] or way == np.inf or (seen.kept[row] and column != seen.keeper[row]):
                continue
            elsewhere = seen.aim[column] != NOBODY and seen.aim[column] != row
            if elsewhere and seen.kept[seen.aim[column]]:
                continue
            total = way + stay * seen.short_here[column] - gain + (rules.swap if elsewhere else 0.0)
            for other in range(1, rules.scarcity.size):
                if other != kind and seen.skills[column, other]:
                    total += rules.scarcity[other]
            if seen.owner[row] == column and way <= rules.owner_cap:
                total -= rules.owner
            cost[row, column] = total
    near = np.empty((n, m), np.int64)
    near[:] = np.arange(m)
    plan: Ints = augment_all(cost, alone, near, np.full(n, np.inf))[0]
    return plan
