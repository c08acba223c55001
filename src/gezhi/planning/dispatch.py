"""Workers on duty and cases to go to as one moment of dispatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaLand, AreaRow
from gezhi.contexts.cases import queries as cases
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.queries import TaskPlace
from gezhi.contexts.workforce import queries as workforce
from gezhi.contexts.workforce.queries import WorkerRow
from gezhi.planning.ground import LocalPlane
from gezhi.planning.weights import Span, area_to_plan
from gezhi.platform.access.actor import Actor
from gezhi.solvers.dispatch import Decision, Demand, DispatchState, Ground, OnDuty, OpenCase
from gezhi.solvers.dispatch.ground import SPEED_KMH

# More in one decision is a register that nobody keeps.
MOST_CASES = 5_000
_Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlannedDispatch:
    """A state whose case and worker ids are those of ``tasks`` and ``workers``, with the ground and the demand under it.

    ``left_out``: ids of cases to go to of which not even the grid is known.
    """

    state: DispatchState
    ground: Ground
    demand: Demand
    tasks: dict[int, TaskPlace]
    workers: dict[int, WorkerRow]
    left_out: tuple[int, ...]

    def pairs(self, decision: Decision) -> list[tuple[TaskPlace, WorkerRow]]:
        """Whom the decision sends to which case now. Who has no account is told by telephone."""
        return [(self.tasks[int(order.case)], self.workers[int(order.worker)]) for order in decision.sent]


@dataclass(frozen=True, slots=True)
class _Held:
    """What each worker has in hand: the case at which they are, and the one they are on the way to."""

    at_work: dict[int, TaskPlace]
    on_the_way: dict[int, TaskPlace]


def _in_hand(tasks: Sequence[TaskPlace], worker_of_user: Mapping[int, int]) -> _Held:
    at_work: dict[int, TaskPlace] = {}
    on_the_way: dict[int, TaskPlace] = {}
    for task in tasks:
        worker = None if task.assignee_id is None else worker_of_user.get(task.assignee_id)
        if worker is not None and task.status is CaseStatus.HANDLING:
            at_work[worker] = task
    for task in sorted(tasks, key=lambda each: (each.dispatched_at or each.since, each.id)):
        worker = None if task.assignee_id is None else worker_of_user.get(task.assignee_id)
        if worker is not None and worker not in at_work and task.status is CaseStatus.DISPATCHED:
            on_the_way.setdefault(worker, task)
    return _Held(at_work, on_the_way)


def _centres(place: AreaRow, workers: Sequence[WorkerRow]) -> dict[int, AreaLand]:
    """The land of the grids, and of the wider areas of which somebody is in charge, by area id."""
    wider = {row.level for row in areas.areas_by_id(worker.area_id for worker in workers).values()}
    levels = sorted({AreaLevel.GRID, *wider}, key=lambda level: level.rank)
    return {land.id: land for level in levels for land in areas.land_of(level, below=place.id)}


def _place_of(task: TaskPlace, lands: Mapping[int, AreaLand]) -> _Place | None:
    """The point of a case, or else the centre of its grid."""
    if task.lon is not None and task.lat is not None:
        return task.lon, task.lat
    land = None if task.grid_id is None else lands.get(task.grid_id)
    return None if land is None else (land.lon, land.lat)


def plan_dispatch(
    actor: Actor,
    *,
    area: str,
    now: datetime,
    demand: Span | None = None,
    mean_service_min: float = 40.0,
    speed_kmh: float = SPEED_KMH,
) -> PlannedDispatch:
    """The grid workers in post today and the cases that somebody has to go to, in the area with code ``area``.

    Nobody tells their position yet: a worker stands at the case that they are handling, or else at the centre of the area
    that they serve. Nobody has a skill on record, so no case asks for one. A case that is reported is open; one that was given to
    a worker is on that worker's way, the oldest of several, and the others are open. A case given to anybody else is
    theirs. The owner of a case is the worker responsible for its grid. ``demand``: the cases of that span say where work
    comes up.
    Since no position is known between two cases, decide with ``Rules(most_swaps=0)``, so that nobody is called back from
    a way that they may have gone already. Raises ``NotFound`` and ``InvalidInput``.
    """
    place = area_to_plan(area)
    scope = (place.level, place.id)
    tasks = cases.tasks_in(actor, area=scope, most=MOST_CASES)
    today = timezone.localtime(now).date()
    in_post = workforce.workers_in(place.id, post=workforce.GRID_WORKER, on=today)
    lands = _centres(place, in_post)
    workers = [worker for worker in in_post if worker.area_id in lands]
    worker_of_user = {worker.user_id: worker.id for worker in workers if worker.user_id is not None}
    held = _in_hand(tasks, worker_of_user)
    to_go = [
        task
        for task in tasks
        if task.status is CaseStatus.REPORTED
        or (task.status is CaseStatus.DISPATCHED and task.assignee_id in worker_of_user)
    ]
    local = LocalPlane.over(areas.land_of(place.level, below=place.id))
    on_duty = _on_duty(workers, held, lands, local)
    open_cases = _open_cases(to_go, held, lands, local, now)
    known = {case.id for case in open_cases}
    came: list[_Place] = []
    if demand is not None:
        came = cases.places_reported(actor, area=scope, since=demand.since, until=demand.until)
    x, y = local.metres(came)
    return PlannedDispatch(
        state=DispatchState(cases=open_cases, workers=on_duty, mean_service_min=mean_service_min),
        ground=Ground.covering(
            width_km=local.width_m / 1_000.0, height_km=local.height_m / 1_000.0, speed_kmh=speed_kmh
        ),
        demand=Demand(x=x, y=y),
        tasks={task.id: task for task in tasks},
        workers={worker.id: worker for worker in workers},
        left_out=tuple(task.id for task in to_go if task.id not in known),
    )


def _on_duty(
    workers: Sequence[WorkerRow], held: _Held, lands: Mapping[int, AreaLand], local: LocalPlane
) -> list[OnDuty]:
    """The workers where they are."""
    places: list[_Place] = []
    for worker in workers:
        task, land = held.at_work.get(worker.id), lands[worker.area_id]
        places.append((None if task is None else _place_of(task, lands)) or (land.lon, land.lat))
    x, y = local.metres(places)
    return [
        OnDuty(id=worker.id, x=float(x[row]), y=float(y[row]), at_work=worker.id in held.at_work)
        for row, worker in enumerate(workers)
    ]


def _open_cases(
    to_go: Sequence[TaskPlace], held: _Held, lands: Mapping[int, AreaLand], local: LocalPlane, now: datetime
) -> list[OpenCase]:
    """The cases of which a place is known."""
    keeper = {task.id: worker for worker, task in held.on_the_way.items()}
    placed = [(task, found) for task in to_go if (found := _place_of(task, lands)) is not None]
    grids = {task.grid_id for task, _ in placed if task.grid_id is not None}
    responsible = workforce.responsible_workers(grids, on=timezone.localtime(now).date())
    owner = {grid: worker.id for grid, worker in responsible.items()}
    x, y = local.metres([found for _, found in placed])
    return [
        OpenCase(
            id=task.id,
            x=float(x[row]),
            y=float(y[row]),
            waited_min=max(0.0, (now - task.since).total_seconds() / 60.0),
            owner=None if task.grid_id is None else owner.get(task.grid_id),
            given_to=keeper.get(task.id),
        )
        for row, (task, _) in enumerate(placed)
    ]
