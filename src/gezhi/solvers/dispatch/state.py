"""A running day in arrays: the cases, the fleet, where everybody is, and how somebody is sent or taken off the way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NOBODY = -1
IDLE, UNDER_WAY, AT_WORK = 0, 1, 2
# Changes of aim are counted within so many minutes.
WINDOW_MIN = 60.0


class CaseState(NamedTuple):
    """n cases: what is known of each once it has appeared, and who is on the way to it."""

    at: Floats
    x: Floats
    y: Floats
    kind: Ints
    owner: Ints
    given_to: Ints
    lost: Ints  # how often the person on the way was taken off it


class Fleet(NamedTuple):
    """m workers."""

    x: Floats  # where the present way began, or where the worker is
    y: Floats
    skills: Bools
    state: Ints
    case: Ints
    since: Floats  # when the present way began
    until: Floats  # when the next event of the worker comes
    way: Floats  # minutes gone so far
    used: Floats  # minutes of way and work so far, what is going on left out
    changed: Floats  # m × most: when each of the last changes of aim was, in a ring
    changes: Ints  # changes of aim so far
    speed_km_min: float


@njit(cache=True)
def way_min(x: float, y: float, to_x: float, to_y: float, speed_km_min: float) -> float:
    """Minutes of a rectilinear way between places in kilometres."""
    return (abs(x - to_x) + abs(y - to_y)) / speed_km_min


@njit(cache=True)
def ways_min(case_x: Floats, case_y: Floats, worker_x: Floats, worker_y: Floats, speed_km_min: float) -> Floats:
    """Minutes of the rectilinear way from each worker to each case (n × m)."""
    found = np.empty((case_x.size, worker_x.size))
    for row in range(case_x.size):
        for column in range(worker_x.size):
            found[row, column] = way_min(worker_x[column], worker_y[column], case_x[row], case_y[row], speed_km_min)
    return found


@njit(cache=True)
def place(worker: int, now: float, fleet: Fleet, cases: CaseState) -> tuple[float, float]:
    """Where the worker is: first along x, then along y."""
    x, y = fleet.x[worker], fleet.y[worker]
    if fleet.state[worker] != UNDER_WAY:
        return x, y
    case = fleet.case[worker]
    gone = (now - fleet.since[worker]) * fleet.speed_km_min
    dx, dy = cases.x[case] - x, cases.y[case] - y
    if gone <= abs(dx):
        return x + np.sign(dx) * gone, y
    return cases.x[case], y + np.sign(dy) * min(gone - abs(dx), abs(dy))


@njit(cache=True)
def send(worker: int, case: int, now: float, fleet: Fleet, cases: CaseState) -> None:
    """Send an idle worker to a case that nobody is on the way to."""
    fleet.state[worker] = UNDER_WAY
    fleet.case[worker] = case
    fleet.since[worker] = now
    way = way_min(fleet.x[worker], fleet.y[worker], cases.x[case], cases.y[case], fleet.speed_km_min)
    fleet.until[worker] = now + way
    cases.given_to[case] = worker


@njit(cache=True)
def go(worker: int, now: float, fleet: Fleet) -> None:
    """Count the way that ends here and now."""
    gone = now - fleet.since[worker]
    fleet.way[worker] += gone
    fleet.used[worker] += gone


@njit(cache=True)
def take_off(worker: int, now: float, fleet: Fleet, cases: CaseState) -> None:
    """Take a worker off the way: they stand where they have got to, and the change of aim is on record."""
    case = fleet.case[worker]
    x, y = place(worker, now, fleet, cases)
    fleet.x[worker], fleet.y[worker] = x, y
    go(worker, now, fleet)
    fleet.state[worker], fleet.case[worker], fleet.until[worker] = IDLE, NOBODY, np.inf
    most = fleet.changed.shape[1]
    if most:
        fleet.changed[worker, fleet.changes[worker] % most] = now
    fleet.changes[worker] += 1
    cases.given_to[case] = NOBODY
    cases.lost[case] += 1


@njit(cache=True)
def may_change(worker: int, now: float, fleet: Fleet) -> bool:
    """Whether the worker has had fewer changes of aim in the last hour than the most there may be."""
    most = fleet.changed.shape[1]
    return bool(most > 0 and fleet.changed[worker, fleet.changes[worker] % most] <= now - WINDOW_MIN)


@njit(cache=True)
def is_kept(case: int, now: float, fleet: Fleet, cases: CaseState, most_losses: float) -> bool:
    """Whether the person on the way to the case stays on it, since the case or the worker has reached the cap."""
    return bool(cases.lost[case] >= most_losses or not may_change(cases.given_to[case], now, fleet))
