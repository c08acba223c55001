"""Cut a street's compounds into grids from a task file: ``gezhi solve partition`` in the background."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from uuid import UUID

from gezhi.interfaces.solver_tasks import answer_json, task_of
from gezhi.interfaces.work.plan_words import plan_words, why_words
from gezhi.interfaces.work.uploads import at_hand
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import phrase
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.inputs import asked_as
from gezhi.platform.work.kinds import Result, ResultFile, WorkKind
from gezhi.platform.work.progress import Progress
from gezhi.solvers.certificate import Status

LONGEST = 3_600
_USABLE = {Status.OPTIMAL, Status.FEASIBLE, Status.PARTIAL}


@dataclass(frozen=True, slots=True)
class GridTask:
    """A task file of ``gezhi solve partition``; after ``seconds`` the best plan so far is taken."""

    file: UUID = field(metadata=asked_as(phrase("Task file (JSON)")))
    seconds: int = field(default=120, metadata=asked_as(phrase("Seconds after which the best plan so far is taken")))


@dataclass(frozen=True, slots=True)
class GridsCut:
    """How the search ended, in plain words. ``reasons``: what stands in the way of the rules → in how many places."""

    status: str = field(metadata=asked_as(phrase("How it ended")))
    units: int = field(metadata=asked_as(phrase("Units")))
    grids: int = field(metadata=asked_as(phrase("Grids")))
    claim: str = field(metadata=asked_as(phrase("What is known of the plan")))
    usable: bool = field(metadata=asked_as(phrase("There is a plan to work with")))
    reasons: dict[str, int] = field(metadata=asked_as(phrase("What stands in the way of the rules")))


def _check(_actor: Actor, given: GridTask) -> None:
    if given.seconds > LONGEST:
        raise InvalidInput("search_too_long", filled("at most %(most)s seconds", most=LONGEST), field="seconds")


def cut_grids(given: GridTask, progress: Progress) -> Result:
    """Search until the plan is proven best, the time is over, or somebody stops it."""
    # Here, because it takes a second and only a worker needs it.
    from gezhi.solvers.partition import PartitionTask, solve_partition

    task = task_of(at_hand(given.file, progress).read_bytes(), PartitionTask)
    end = time.monotonic() + given.seconds
    done = 0

    def told(share: float, _words: str) -> None:
        nonlocal done
        done = int(share * 100)

    def should_stop() -> bool:
        # A stop by somebody leaves from here: no plan is wanted then.
        progress.report(done)
        return time.monotonic() >= end

    progress.report(0, total=100, words=phrase("Searching for a plan"))
    try:
        found = solve_partition(task, should_stop=should_stop, progress=told)
    except InvalidInput as error:
        said = filled("%(place)s: %(fault)s", place=error.field or "", fault=error.said or error.message)
        raise InvalidInput(error.code, said, field="file") from error
    progress.report(100)
    path = progress.folder / "plan.json"
    path.write_bytes(answer_json(found))
    grids = len(set(found.assignment.values()))
    claim, reasons = plan_words(task, found), why_words(found)
    told_of = GridsCut(
        status=found.status.value,
        units=len(task.units),
        grids=grids,
        claim=str(claim),
        usable=found.status in _USABLE,
        reasons={str(words): count for words, count in reasons},
    )
    words = {str(one): one for one in (claim, *(reason for reason, _count in reasons))}
    return Result(told_of, (ResultFile(path, "plan.json", "application/json"),), words)


CUT_GRIDS = WorkKind(
    name="cut_grids",
    title=phrase("Cutting of grids"),
    about=phrase(
        "Compounds are cut into grids within a band of households, from a task file. The plan is a file; nothing in the city "
        "is changed by it."
    ),
    roles=frozenset({Role.PLANNER}),
    given=GridTask,
    result=GridsCut,
    run=cut_grids,
    repeatable=True,
    check=_check,
    uploads={"file": phrase("Cut one street at a time, or have an administrator run the task on the server.")},
    achieved="usable",
)
