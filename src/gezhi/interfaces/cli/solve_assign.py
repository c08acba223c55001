"""``gezhi solve assign``: which worker goes to which case, from a file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import click
import msgspec
import numpy as np
from numpy.typing import NDArray

from gezhi.interfaces.cli.solver_files import bad_input_refused, finish, out_option, read_task, task_argument
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.assign import Cases, DispatchCost, Objective, Workers, solve_assignment, straight_travel

Id = str | int
# Counts that fit a column of whole numbers.
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
NEVER = math.inf


class Worker(msgspec.Struct, forbid_unknown_fields=True):
    """One worker of the task."""

    id: Id
    x: float
    y: float
    skills: list[str] = []
    free_at_s: float = 0.0
    on_way_to: Id | None = None
    shift_end_s: float | None = None
    break_from_s: float | None = None
    break_to_s: float | None = None
    swaps: Count = 0
    worked_s: float = 0.0


class Case(msgspec.Struct, forbid_unknown_fields=True):
    """One case of the task."""

    id: Id
    x: float
    y: float
    needs: list[str] = []
    due_s: float | None = None
    waiting_s: float = 0.0
    urgency: float = 1.0
    people: Count = 1
    service_s: float = 0.0
    owner: Id | None = None


class Costs(msgspec.Struct, forbid_unknown_fields=True):
    """The terms of the objective 'dispatch' that the task changes."""

    late_weight: float | None = None
    ageing: float | None = None
    swap_s: float | None = None
    most_swaps: Count | None = None
    fairness: float | None = None
    owner_s: float | None = None
    owner_cap_s: float | None = None
    leave_s: float | None = None
    most_travel_s: float | None = None


class Task(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    workers: list[Worker]
    cases: list[Case]
    objective: Literal["travel", "dispatch"] = "travel"
    speed_mps: float | None = None
    travel_s: list[list[float | None]] | None = None
    costs: Costs | None = None


def _positions(names: list[Id | None], known: list[str], place: str) -> NDArray[np.int64]:
    """The position of each name among ``known``; −1 for None."""
    at = {name: position for position, name in enumerate(known)}
    found = np.full(len(names), -1)
    for number, name in enumerate(names):
        if name is None:
            continue
        if str(name) not in at:
            kind, field = place.split(".")
            raise InvalidInput("assign.unknown_id", f"'{name}' is not there", field=f"{kind}[{number}].{field}")
        found[number] = at[str(name)]
    return found


def _travel(task: Task, cases: Cases, workers: Workers) -> NDArray[np.float64]:
    """Seconds, cases × workers. The file's matrix is workers × cases, null where there is no way."""
    if task.travel_s is None:
        if task.speed_mps is None:
            raise InvalidInput("assign.no_speed", "is missing, and so is travel_s: give one of them", field="speed_mps")
        return straight_travel(cases, workers, speed_mps=task.speed_mps)
    n, m = len(cases.ids), len(workers.ids)
    if len(task.travel_s) != m:
        raise InvalidInput("assign.wrong_shape", f"has {len(task.travel_s)} rows for {m} workers", field="travel_s")
    for number, row in enumerate(task.travel_s):
        if len(row) != n:
            raise InvalidInput(
                "assign.wrong_shape", f"has {len(row)} entries for {n} cases", field=f"travel_s[{number}]"
            )
    travel = np.array([[NEVER if s is None else s for s in row] for row in task.travel_s], dtype=np.float64)
    return np.ascontiguousarray(travel.reshape(m, n).T)


def _workers(task: Task, case_ids: list[str]) -> Workers:
    rows = task.workers
    for number, row in enumerate(rows):
        if (row.break_from_s is None) != (row.break_to_s is None):
            field = f"workers[{number}].break_to_s"
            raise InvalidInput("assign.half_break", "a break needs both break_from_s and break_to_s", field=field)
        if row.break_from_s is not None and row.break_to_s is not None and row.break_from_s > row.break_to_s:
            field = f"workers[{number}].break_to_s"
            raise InvalidInput("assign.half_break", "lies before break_from_s", field=field)
    return Workers.of(
        ids=[str(row.id) for row in rows],
        x=[row.x for row in rows],
        y=[row.y for row in rows],
        skills=[frozenset(row.skills) for row in rows],
        free_at_s=[row.free_at_s for row in rows],
        shift_end_s=[NEVER if row.shift_end_s is None else row.shift_end_s for row in rows],
        break_from_s=[NEVER if row.break_from_s is None else row.break_from_s for row in rows],
        break_to_s=[NEVER if row.break_to_s is None else row.break_to_s for row in rows],
        on_way_to=_positions([row.on_way_to for row in rows], case_ids, "workers.on_way_to"),
        swaps=[row.swaps for row in rows],
        worked_s=[row.worked_s for row in rows],
    )


def _cases(task: Task) -> Cases:
    rows = task.cases
    return Cases.of(
        ids=[str(row.id) for row in rows],
        x=[row.x for row in rows],
        y=[row.y for row in rows],
        needs=[frozenset(row.needs) for row in rows],
        due_s=[NEVER if row.due_s is None else row.due_s for row in rows],
        waiting_s=[row.waiting_s for row in rows],
        urgency=[row.urgency for row in rows],
        people=[row.people for row in rows],
        service_s=[row.service_s for row in rows],
        owner=_positions([row.owner for row in rows], [str(row.id) for row in task.workers], "cases.owner"),
    )


@click.command()
@task_argument
@out_option
def command(task: Path, out: Path) -> None:
    """Send workers to cases: one snapshot, at proven least cost.

    IN is JSON:

    \b
    workers      list of
      id           text or whole number, unique
      x, y         metres in one plane
      skills       list of texts (default none)
      free_at_s    seconds until the present task ends and the way begins (default 0);
                   counts for the break and the shift with both objectives
      on_way_to    id of the case the worker is under way to (may be changed)
      shift_end_s  seconds until the shift ends; no case may end later
      break_from_s, break_to_s   seconds until the break begins and ends
      swaps        times taken off the way today (default 0)
      worked_s     seconds worked today, for fairness (default 0)
    cases        list of
      id           text or whole number, unique
      x, y         metres in the same plane
      needs        skills that everybody sent must have (default none)
      due_s        seconds until somebody must be there; negative: late
      waiting_s    seconds it has waited (default 0)
      urgency      weight of its seconds (default 1)
      people       how many must come, all or none (default 1; 'dispatch')
      service_s    expected seconds of work on the spot (default 0)
      owner        id of the worker whose grid it lies in
    speed_mps    metres a second: travel is the straight line ÷ speed
    travel_s     instead: seconds, workers × cases, null where there is no way
    objective    travel (default): most cases served, then least travel
                 dispatch: least weighted seconds, by the terms in 'costs'
    costs        terms of 'dispatch', each with its default:
      late_weight 3, ageing 0.2, swap_s 60, most_swaps 2, fairness 0.02,
      owner_s 120, owner_cap_s 900, leave_s 14400, most_travel_s (no limit)

    'dispatch' adds up, for each person sent, urgency × (arrival + late_weight ×
    lateness), + swap_s for taking somebody off the way to another case,
    + fairness × seconds worked above the mean, − owner_s where the case's owner
    comes within owner_cap_s; and for each person not sent, urgency × (leave_s +
    ageing × waiting_s + late_weight × lateness after leave_s). Who was taken off
    the way most_swaps times keeps their case, unless they lack a skill, have no
    way or would end after the shift: then they are free for another.

    The answer, JSON:

    \b
    status        optimal, or feasible (many teams only: the search ended early)
    assignment    case id → worker id (a list of ids where people > 1)
    unassigned    case id → the reason
    cost          travel seconds, or weighted seconds
    bound         a proven value that no plan can undercut, in the same unit
    explanations  case id → worker, arrival_s, cost, rank by arrival, nearer
                  (worker → the case they go to), next_best (worker, arrival_s,
                  cost), plan_cost_without (what the best plan without this pair
                  costs more, with teams: the best that sends the same teams;
                  null: it would serve fewer cases), words
    figures       served, cases, workers
    certificate   what is proven, and how

    Exit codes: 0 a plan; 2 bad input, with the field named. Cases that nobody
    can serve are no error: they stand under 'unassigned'.
    """
    with bad_input_refused():
        read = read_task(task, Task)
        case_ids = [str(row.id) for row in read.cases]
        cases, workers = _cases(read), _workers(read, case_ids)
        given = msgspec.to_builtins(read.costs) if read.costs else {}
        plan = solve_assignment(
            cases=cases,
            workers=workers,
            travel_s=_travel(read, cases, workers),
            objective=Objective(read.objective),
            costs=DispatchCost(**{name: value for name, value in given.items() if value is not None}),
        )
    single = {name: int(count) == 1 for name, count in zip(case_ids, cases.people, strict=True)}
    answer = {
        "status": plan.status,
        "assignment": {case: sent[0] if single[case] else list(sent) for case, sent in plan.assignment.items()},
        "unassigned": dict(plan.unassigned),
        "cost": plan.cost,
        "bound": plan.bound,
        "explanations": {case: why[0] if single[case] else list(why) for case, why in plan.explanations.items()},
        "figures": {"served": len(plan.assignment), "cases": len(case_ids), "workers": len(workers.ids)},
        "certificate": plan.certificate,
    }
    finish(out, answer, plan.status, plan.certificate.claim)
