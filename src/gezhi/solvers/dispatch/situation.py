"""Who is on duty and what is open at one moment, as a dispatcher knows it, checked and turned into arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.dispatch.scenario import MOST_PAIRS
from gezhi.solvers.dispatch.state import NOBODY, WINDOW_MIN, Floats, Ints
from gezhi.solvers.distinct import require_distinct

Name = str | int
_MOST_M, _MOST_MIN = 1e7, 1e7


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case that nobody has reached yet.

    ``x``, ``y``: metres. ``waited_min``: since it came in. ``skill``: what it needs, None where anybody will do.
    ``owner``: the worker of its grid. ``given_to``: who is on the way to it; ``lost``: how often somebody on the way to
    it was taken off.
    """

    id: Name
    x: float
    y: float
    waited_min: float = 0.0
    skill: str | None = None
    owner: Name | None = None
    given_to: Name | None = None
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """A worker on duty, at (``x``, ``y``) in metres now. ``at_work``: at a case, and so not to be sent.

    ``changed_min``: how many minutes ago each of the last changes of aim was. ``used_min``: minutes of way and work so far
    today, what is going on left out.
    """

    id: Name
    x: float
    y: float
    skills: frozenset[str] = frozenset()
    at_work: bool = False
    changed_min: tuple[float, ...] = ()
    used_min: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchState:
    """One moment. ``mean_service_min``: minutes of work that a case takes on average.

    Places are metres east and north of the south-west corner of the ground.
    """

    cases: Sequence[OpenCase]
    workers: Sequence[OnDuty]
    mean_service_min: float = 40.0


@dataclass(frozen=True, slots=True)
class Situation:
    """A checked state: n cases, m workers, both in the order given. Kilometres and minutes; workers by their row.

    ``changes`` (m): changes of aim within the last hour. ``used`` (m): minutes so far today. ``aim`` (m): the row of the
    case the worker is on the way to.
    """

    case_x: Floats
    case_y: Floats
    waited: Floats
    kind: Ints
    owner: Ints
    keeper: Ints
    lost: Ints
    x: Floats
    y: Floats
    skills: NDArray[np.bool_]
    at_work: NDArray[np.bool_]
    aim: Ints
    changes: Ints
    used: Floats


def _refuse(code: str, message: str, field: str) -> InvalidInput:
    return InvalidInput(f"dispatch.{code}", message, field=field)


def _rows(rows: Sequence[OpenCase | OnDuty], name: str) -> dict[Name, int]:
    require_distinct([row.id for row in rows], code="dispatch.duplicate_id", field=name + "[{}].id")
    for place, row in enumerate(rows):
        for axis, value in (("x", row.x), ("y", row.y)):
            if not abs(value) <= _MOST_M:
                raise _refuse("bad_number", f"{value} is no place in metres", f"{name}[{place}].{axis}")
    return {row.id: place for place, row in enumerate(rows)}


def _check_case(case: OpenCase, place: int, state: DispatchState, at: dict[Name, int]) -> None:
    if not 0 <= case.waited_min <= _MOST_MIN:
        raise _refuse("bad_number", f"{case.waited_min} is no number of minutes", f"cases[{place}].waited_min")
    if case.lost < 0:
        raise _refuse("bad_number", f"{case.lost} is negative", f"cases[{place}].lost")
    if case.given_to is None:
        return
    if case.given_to not in at:
        raise _refuse("unknown_id", f"'{case.given_to}' is no worker on duty", f"cases[{place}].given_to")
    if state.workers[at[case.given_to]].at_work:
        what = f"'{case.given_to}' is at work, and cannot be on the way"
        raise _refuse("at_work", what, f"cases[{place}].given_to")


def read_situation(state: DispatchState) -> Situation:
    """Check ``state`` and turn it into arrays. An owner who is not on duty is nobody. Raises ``InvalidInput``."""
    cases, workers = state.cases, state.workers
    if len(cases) * len(workers) > MOST_PAIRS:
        what = f"with {len(workers)} workers makes more than {MOST_PAIRS} pairs: decide on a district, or on fewer"
        raise _refuse("too_many_pairs", what, "cases")
    if not (math.isfinite(state.mean_service_min) and 0 < state.mean_service_min <= 10_000):
        raise _refuse("bad_number", "must be a number above 0, at most 10000", "mean_service_min")
    _rows(cases, "cases")
    at = _rows(workers, "workers")
    for place, worker_on_duty in enumerate(workers):
        if not 0 <= worker_on_duty.used_min <= _MOST_MIN:
            what = f"{worker_on_duty.used_min} is no number of minutes"
            raise _refuse("bad_number", what, f"workers[{place}].used_min")
    aim = np.full(len(workers), NOBODY)
    for place, case in enumerate(cases):
        _check_case(case, place, state, at)
        if case.given_to is not None:
            worker = at[case.given_to]
            if aim[worker] != NOBODY:
                what = f"'{case.given_to}' is on the way to another case already"
                raise _refuse("duplicate_id", what, f"cases[{place}].given_to")
            aim[worker] = place
    names = sorted({case.skill for case in cases if case.skill is not None}.union(*(w.skills for w in workers)))
    kind_of: dict[str | None, int] = {None: 0, **{name: kind for kind, name in enumerate(names, start=1)}}
    skills = np.zeros((len(workers), len(kind_of)), dtype=np.bool_)
    skills[:, 0] = True
    for row, worker_on_duty in enumerate(workers):
        skills[row, [kind_of[name] for name in worker_on_duty.skills]] = True

    def rows_of(wanted: list[Name | None]) -> Ints:
        return np.array([NOBODY if name is None else at.get(name, NOBODY) for name in wanted], dtype=np.int64)

    return Situation(
        case_x=np.array([case.x for case in cases], dtype=np.float64) / 1_000.0,
        case_y=np.array([case.y for case in cases], dtype=np.float64) / 1_000.0,
        waited=np.array([case.waited_min for case in cases], dtype=np.float64),
        kind=np.array([kind_of[case.skill] for case in cases], dtype=np.int64),
        owner=rows_of([case.owner for case in cases]),
        keeper=rows_of([case.given_to for case in cases]),
        lost=np.array([case.lost for case in cases], dtype=np.int64),
        x=np.array([worker.x for worker in workers], dtype=np.float64) / 1_000.0,
        y=np.array([worker.y for worker in workers], dtype=np.float64) / 1_000.0,
        skills=skills,
        at_work=np.array([worker.at_work for worker in workers], dtype=np.bool_),
        aim=aim,
        changes=np.array([sum(ago < WINDOW_MIN for ago in worker.changed_min) for worker in workers], dtype=np.int64),
        used=np.array([worker.used_min for worker in workers], dtype=np.float64),
    )
