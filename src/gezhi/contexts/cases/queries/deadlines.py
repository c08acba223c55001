"""The deadlines that run, as whoever watches them needs them. Nothing here asks who may see a case: what is made of it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import DEADLINES, STAGE_DUE, due, due_of_stage, pauses_in
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.kernel.calendar import Pause
from gezhi.platform.worktime.city_calendar import city_calendar


@dataclass(frozen=True, slots=True)
class RunningDeadline:
    """An open case with a deadline that runs. ``stage``: what it is for (verify, dispatch, answer, handle, check; total: from the
    report to the closing); ``start``: from when its time counts (None: not known of an old case); ``limit``: as its table wrote
    it; ``begun``: from when the clock has run whose deadline it is, before ``start`` where more time was granted; ``area_ids``:
    from the city down."""

    case_id: int
    number: str
    version: int
    stage: str
    class_code: str
    condition: int | None
    area_ids: tuple[int, ...]
    organisation_id: int | None
    assignee_id: int | None
    start: datetime | None
    due_at: datetime
    limit: str
    pauses: tuple[Pause, ...]
    begun: datetime | None


@dataclass(frozen=True, slots=True)
class _Clock:
    begun: datetime | None
    start: datetime | None
    due_at: datetime
    limit: str
    pauses: tuple[Pause, ...]


_AREAS = ("city_id", "district_id", "street_id", "community_id", "grid_id")
_NAMES = (
    "id", "number", "version", "status", "class_code", "condition", *_AREAS, "organisation_id", "assignee_id", "due_at",
    "clock_start", "dispatch_start", "handling_start", "handled_at", "dispatched_at", "answer_due", "dispatch_limit",
    "handle_limit", "check_limit", "extension", "pauses", "total_limit", *sorted(DEADLINES - {"answer_due"}),
)  # fmt: skip


def running_deadlines(case_ids: Iterable[int]) -> list[RunningDeadline]:
    """The deadlines that run of these cases, by their keys: of each that of its stage, and that of the whole where it has one.
    One query, and one more where some are being verified."""
    rows = list(Case.objects.filter(pk__in=set(case_ids), due_at__isnull=False).order_by("pk").values(*_NAMES))
    looking = verified_since(row["id"] for row in rows if row["status"] == CaseStatus.VERIFYING)
    return [found for row in rows for found in _running(row, looking.get(row["id"]))]


def verified_since(case_ids: Iterable[int]) -> dict[int, datetime]:
    """Since when somebody looks whether the matter is there, of cases that are being verified. One query; none for no cases."""
    wanted = set(case_ids)
    if not wanted:
        return {}
    asked = CaseStep.objects.filter(case_id__in=wanted, action=Action.ASK_VERIFICATION.value)
    return dict(asked.values_list("case_id").annotate(Max("at")))


def _running(row: Any, looking_since: datetime | None) -> Iterator[RunningDeadline]:
    status = CaseStatus(row["status"])
    column = STAGE_DUE.get(status)
    if column is None:
        return
    taken_out = tuple(pauses_in(row["pauses"]))
    # Only the handling is ever paused.
    pauses = taken_out if column == "handle_due" else ()
    # What is due next is the stage, where it is not the whole.
    ends = due_of_stage(status, row) if row["due_at"] == row["total_due"] else row["due_at"]
    if ends is not None:
        stage, start, limit = _clock(row, column.removesuffix("_due"), ends, pauses, looking_since)
        begun = row["handling_start"] if stage == "handle" else start
        yield _deadline(row, stage, _Clock(begun, start, ends, limit, pauses))
    if row["total_due"] is not None:
        start, limit = row["clock_start"], row["total_limit"] or ""
        if row["extension"] and start is not None:
            start, limit = due(start, limit, city_calendar(), taken_out), row["extension"]
        yield _deadline(row, "total", _Clock(row["clock_start"], start, row["total_due"], limit, taken_out))


def _deadline(row: Any, stage: str, clock: _Clock) -> RunningDeadline:
    return RunningDeadline(
        case_id=row["id"],
        number=row["number"],
        version=row["version"],
        stage=stage,
        class_code=row["class_code"],
        condition=row["condition"],
        area_ids=tuple(row[name] for name in _AREAS if row[name] is not None),
        organisation_id=row["organisation_id"],
        assignee_id=row["assignee_id"],
        start=clock.start,
        due_at=clock.due_at,
        limit=clock.limit,
        pauses=clock.pauses,
        begun=clock.begun,
    )


def _clock(
    row: Any, stage: str, ends: datetime, pauses: tuple[Pause, ...], looking_since: datetime | None
) -> tuple[str, datetime | None, str]:
    """The stage whose clock runs, from when it counts, and its limit."""
    if stage == "handle" and row["answer_due"] == ends and row["status"] == CaseStatus.DISPATCHED:
        return "answer", row["dispatched_at"], catalogue().rules.answer_limit
    if stage == "verify":
        return "verify", looking_since, catalogue().rules.verify_limit
    if stage == "handle" and row["extension"] and row["handling_start"] is not None:
        # The time that was granted has a clock of its own, from where the limit ended.
        ended = due(row["handling_start"], row["handle_limit"], city_calendar(), pauses)
        return stage, ended, row["extension"]
    starts = {
        "dispatch": row["dispatch_start"] or row["clock_start"],
        "handle": row["handling_start"],
        "check": row["handled_at"],
    }
    return stage, starts[stage], row[f"{stage}_limit"]


def next_deadlines(after: tuple[datetime, int] | None, *, most: int) -> list[tuple[datetime, int]]:
    """Deadline and id of open cases behind such a pair (None: from the first), in their order. By the index of open deadlines,
    whatever the number of cases."""
    found = Case.objects.filter(due_at__isnull=False)
    if after is not None:
        due, case_id = after
        found = found.filter(due_at__gte=due).exclude(Q(due_at=due) & Q(pk__lte=case_id))
    rows = found.order_by("due_at", "pk").values_list("due_at", "pk")[:most]
    return [(due_at, case_id) for due_at, case_id in rows if due_at is not None]
