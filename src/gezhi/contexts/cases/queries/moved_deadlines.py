"""What another calendar would make of the deadlines that run: they stay where they are until a step counts them anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gezhi.contexts.cases.domain.clocks import STAGE_DUE, pauses_in
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.terms import Terms
from gezhi.contexts.cases.models import Case
from gezhi.kernel.calendar import WorkCalendar

# A preview is looked at, not waited for.
MOST = 5_000
_NAMES = (
    "status", "clock_start", "dispatch_limit", "handle_limit", "check_limit", "handling_start", "handled_at", "pauses",
    "extension", "dispatch_start", "total_limit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved:
    """Of the deadlines that run (``looked_at`` of them; ``more``: there are others behind) so many would lie earlier or later if
    they were counted by another calendar."""

    looked_at: int
    earlier: int
    later: int
    more: bool


def moved_deadlines(before: WorkCalendar, after: WorkCalendar, *, now: datetime) -> Moved:
    """Compare the deadlines ahead of ``now`` by two calendars, the nearest first. One query, by the index of open deadlines."""
    ahead = Case.objects.filter(due_at__gt=now, clock_start__isnull=False).order_by("due_at")
    rows = list(ahead.values(*_NAMES)[: MOST + 1])
    earlier = later = 0
    for row in rows[:MOST]:
        was, becomes = _due(row, before), _due(row, after)
        if was is not None and becomes is not None:
            earlier += becomes < was
            later += becomes > was
    return Moved(len(rows[:MOST]), earlier, later, len(rows) > MOST)


def _due(row: Any, calendar: WorkCalendar) -> datetime | None:
    stage = STAGE_DUE.get(CaseStatus(row["status"]))
    terms = Terms(
        row["clock_start"],
        row["dispatch_limit"],
        row["handle_limit"],
        row["check_limit"],
        None,
        row["handling_start"],
        row["extension"],
        row["dispatch_start"],
        row["total_limit"] or "",
    )
    try:
        found = [_due_of_stage(stage, row, terms, calendar), terms.total_due(calendar, pauses_in(row["pauses"]))]
        return min((due for due in found if due is not None), default=None)
    except ValueError:
        # A limit from outside that nobody can read moves no deadline.
        return None


def _due_of_stage(stage: str | None, row: Any, terms: Terms, calendar: WorkCalendar) -> datetime | None:
    if stage == "dispatch_due":
        return terms.dispatch_due(calendar)
    if stage == "handle_due":
        return terms.handle_due(calendar, pauses_in(row["pauses"]))
    return None if row["handled_at"] is None else terms.check_due(row["handled_at"], calendar)
