"""The snapshot: the cases that wait, the workers and where they are, and what a plan costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.distinct import require_distinct

Floats = NDArray[np.float64]

# A dense table of more pairs than this (8 bytes each, several tables) does not fit one machine: split by district.
MOST_PAIRS = 60_000_000


class Objective(StrEnum):
    """What 'best' means; see the package's formulation."""

    TRAVEL = "travel"
    DISPATCH = "dispatch"


def _column(values: ArrayLike | None, count: int, default: float, name: str, least: float, most: float) -> Floats:
    """``values`` as ``count`` floats in [least, most]; ``default`` for None."""
    if values is None:
        return np.full(count, default)
    column = np.array(values, dtype=np.float64)
    if column.shape != (count,):
        raise InvalidInput("assign.wrong_length", f"must have {count} entries, has {column.shape}", field=name)
    wrong = ~((column >= least) & (column <= most))
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        limits = f"a number from {least:g} to {most:g}" if np.isfinite(most) else f"a number ≥ {least:g}"
        raise InvalidInput("assign.bad_number", f"is {column[place]:g}, must be {limits}", field=f"{name}[{place}]")
    column.setflags(write=False)
    return column


# Places (metres) and all other numbers: beyond these nothing on earth lies, and sums of products keep their digits.
MOST_METRES, MOST_NUMBER = 1e8, 1e12
LEAST_SPEED, MOST_DETOUR = 1e-2, 10.0
MOST_PEOPLE = 1_000


@dataclass(frozen=True, slots=True)
class Workers:
    """m workers. Places in metres in one plane, times in seconds from now.

    ``skills``: what each can do. ``free_at_s``: when the present task ends. ``shift_end_s``: no case may end later
    (infinite: no end). ``break_from_s``/``break_to_s``: nothing is done in between (both infinite: no break).
    ``on_way_to``: position of the case the worker is under way to, −1 for none. ``swaps``: how often the worker was
    taken off the way today. ``worked_s``: work done today, for fairness.
    """

    ids: Sequence[str]
    x: Floats
    y: Floats
    skills: Sequence[frozenset[str]]
    free_at_s: Floats
    shift_end_s: Floats
    break_from_s: Floats
    break_to_s: Floats
    on_way_to: NDArray[np.int64]
    swaps: NDArray[np.int64]
    worked_s: Floats

    @classmethod
    def of(
        cls,
        *,
        ids: Sequence[str],
        x: ArrayLike,
        y: ArrayLike,
        skills: Sequence[frozenset[str]] | None = None,
        free_at_s: ArrayLike | None = None,
        shift_end_s: ArrayLike | None = None,
        break_from_s: ArrayLike | None = None,
        break_to_s: ArrayLike | None = None,
        on_way_to: ArrayLike | None = None,
        swaps: ArrayLike | None = None,
        worked_s: ArrayLike | None = None,
    ) -> Workers:
        """Checked workers. Raises ``InvalidInput`` naming the field."""
        m = len(ids)
        require_distinct(ids, code="assign.duplicate_id", field="workers[{}].id")
        inf = np.inf
        return cls(
            ids=ids,
            x=_column(x, m, 0, "workers.x", -MOST_METRES, MOST_METRES),
            y=_column(y, m, 0, "workers.y", -MOST_METRES, MOST_METRES),
            skills=skills if skills is not None else [frozenset()] * m,
            free_at_s=_column(free_at_s, m, 0, "workers.free_at_s", 0, MOST_NUMBER),
            shift_end_s=_column(shift_end_s, m, inf, "workers.shift_end_s", 0, inf),
            break_from_s=_column(break_from_s, m, inf, "workers.break_from_s", 0, inf),
            break_to_s=_column(break_to_s, m, inf, "workers.break_to_s", 0, inf),
            on_way_to=np.full(m, -1) if on_way_to is None else np.asarray(on_way_to, dtype=np.int64),
            swaps=np.zeros(m, np.int64) if swaps is None else np.asarray(swaps, dtype=np.int64),
            worked_s=_column(worked_s, m, 0, "workers.worked_s", 0, MOST_NUMBER),
        )


@dataclass(frozen=True, slots=True)
class Cases:
    """n cases that wait. Places in metres in one plane, times in seconds from now.

    ``needs``: skills that everybody sent must have. ``due_s``: when somebody must be there (negative: late already;
    infinite: no limit). ``waiting_s``: how long it waits. ``urgency``: weight of its seconds. ``people``: how many
    must come. ``service_s``: expected work on the spot. ``owner``: position of the worker whose grid it is, −1: none.
    """

    ids: Sequence[str]
    x: Floats
    y: Floats
    needs: Sequence[frozenset[str]]
    due_s: Floats
    waiting_s: Floats
    urgency: Floats
    people: NDArray[np.int64]
    service_s: Floats
    owner: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        *,
        ids: Sequence[str],
        x: ArrayLike,
        y: ArrayLike,
        needs: Sequence[frozenset[str]] | None = None,
        due_s: ArrayLike | None = None,
        waiting_s: ArrayLike | None = None,
        urgency: ArrayLike | None = None,
        people: ArrayLike | None = None,
        service_s: ArrayLike | None = None,
        owner: ArrayLike | None = None,
    ) -> Cases:
        """Checked cases. Raises ``InvalidInput`` naming the field."""
        n = len(ids)
        require_distinct(ids, code="assign.duplicate_id", field="cases[{}].id")
        counts = np.ones(n, np.int64) if people is None else np.asarray(people, dtype=np.int64)
        wrong = (counts < 1) | (counts > MOST_PEOPLE)
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            what = f"is {counts[place]}, must be from 1 to {MOST_PEOPLE}"
            raise InvalidInput("assign.bad_number", what, field=f"cases.people[{place}]")
        return cls(
            ids=ids,
            x=_column(x, n, 0, "cases.x", -MOST_METRES, MOST_METRES),
            y=_column(y, n, 0, "cases.y", -MOST_METRES, MOST_METRES),
            needs=needs if needs is not None else [frozenset()] * n,
            due_s=_column(due_s, n, np.inf, "cases.due_s", -MOST_NUMBER, np.inf),
            waiting_s=_column(waiting_s, n, 0, "cases.waiting_s", 0, MOST_NUMBER),
            urgency=_column(urgency, n, 1, "cases.urgency", 0, MOST_NUMBER),
            people=counts,
            service_s=_column(service_s, n, 0, "cases.service_s", 0, MOST_NUMBER),
            owner=np.full(n, -1) if owner is None else np.asarray(owner, dtype=np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchCost:
    """What the objective 'dispatch' adds up, in weighted seconds.

    A worker j sent to a case i, arriving in a_ij seconds (after the present task, the way and a break), costs
    urgency_i · (a_ij + late_weight · max(0, a_ij − due_i)) + swap_s, if j is taken off the way to another case,
    + fairness · max(0, worked_j − mean of worked) − owner_s, if the case lies in j's grid and a_ij ≤ owner_cap_s.
    A slot left open costs urgency_i · (leave_s + ageing · waiting_i + late_weight · max(0, leave_s − due_i)).
    A worker who was taken off the way ``most_swaps`` times keeps the case that they are under way to,
    unless they may not go to it (skill, way, end of the shift): then they are free for another.
    ``most_travel_s``: nobody is sent farther than this.
    """

    late_weight: float = 3.0
    ageing: float = 0.2
    swap_s: float = 60.0
    most_swaps: int = 2
    fairness: float = 0.02
    owner_s: float = 120.0
    owner_cap_s: float = 900.0
    leave_s: float = 14_400.0
    most_travel_s: float = field(default=np.inf)

    def __post_init__(self) -> None:
        for name in ("late_weight", "ageing", "swap_s", "most_swaps", "fairness", "owner_s", "owner_cap_s", "leave_s"):
            if not 0 <= getattr(self, name) <= MOST_NUMBER:
                raise InvalidInput("assign.bad_number", "must be a number ≥ 0", field=f"costs.{name}")
        if not self.most_travel_s >= 0:
            raise InvalidInput("assign.bad_number", "must be a number ≥ 0", field="costs.most_travel_s")


@njit(cache=True)
def _straight(case_x: Floats, case_y: Floats, worker_x: Floats, worker_y: Floats, seconds_per_m: float) -> Floats:
    travel = np.empty((case_x.size, worker_x.size))
    for i in range(case_x.size):
        for j in range(worker_x.size):
            dx, dy = case_x[i] - worker_x[j], case_y[i] - worker_y[j]
            travel[i, j] = np.sqrt(dx * dx + dy * dy) * seconds_per_m
    return travel


def straight_travel(cases: Cases, workers: Workers, *, speed_mps: float, detour: float = 1.0) -> Floats:
    """Seconds from each worker to each case (n × m): straight line × ``detour`` ÷ ``speed_mps`` (metres a second)."""
    if not (LEAST_SPEED <= speed_mps <= MOST_NUMBER):
        what = f"must be a number from {LEAST_SPEED:g} to {MOST_NUMBER:g}, in metres a second"
        raise InvalidInput("assign.bad_number", what, field="speed_mps")
    if not (1 <= detour <= MOST_DETOUR):
        raise InvalidInput("assign.bad_number", f"must be from 1 to {MOST_DETOUR:g}", field="detour")
    check_size(len(cases.ids), len(workers.ids))
    return _straight(cases.x, cases.y, workers.x, workers.y, detour / speed_mps)


def check_size(cases: int, workers: int) -> None:
    """Raise ``InvalidInput`` where the table of pairs would not fit the memory."""
    if cases * workers > MOST_PAIRS:
        raise InvalidInput(
            "assign.too_many_pairs",
            f"{cases} cases × {workers} workers are more than {MOST_PAIRS} pairs: split the task by district",
            field="cases",
        )


def check_teams(cases: Cases, workers: int) -> None:
    """Raise ``InvalidInput`` where the table of pairs, with a row for each person needed, would not fit the memory."""
    people = int(cases.people.sum())
    if people * workers > MOST_PAIRS:
        raise InvalidInput(
            "assign.too_many_pairs",
            f"adds up to {people} people; × {workers} workers that is more than {MOST_PAIRS} pairs: split the task",
            field="cases.people",
        )
