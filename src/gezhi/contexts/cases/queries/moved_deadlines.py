"""What another calendar would make of the deadlines that run: they stay where they are until a step counts them anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import STAGE_DUE, due, next_due, pauses_in
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.terms import Terms
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries.deadlines import verified_since
from gezhi.kernel.calendar import WorkCalendar

# A preview is looked at, not waited for.
MOST = 5_000
_NAMES = (
    "id", "status", "clock_start", "dispatch_limit", "handle_limit", "check_limit", "handling_start", "handled_at", "pauses",
    "extension", "dispatch_start", "total_limit", "dispatched_at", "answer_due",
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
    """Compare the deadlines ahead of ``now`` by two calendars, the nearest first. One query, by the index of open deadlines, and
    one more where some are being verified."""
    ahead = Case.objects.filter(due_at__gt=now, clock_start__isnull=False).order_by("due_at")
    rows = list(ahead.values(*_NAMES)[: MOST + 1])
    looking = verified_since(row["id"] for row in rows[:MOST] if row["status"] == CaseStatus.VERIFYING)
    earlier = later = 0
    for row in rows[:MOST]:
        since = looking.get(row["id"])
        was, becomes = _due(row, since, before), _due(row, since, after)
        if was is not None and becomes is not None:
            earlier += becomes < was
            later += becomes > was
    return Moved(len(rows[:MOST]), earlier, later, len(rows) > MOST)


def _due(row: Any, looking_since: datetime | None, calendar: WorkCalendar) -> datetime | None:
    """The deadline in force (``domain.clocks.next_due``), all those that decide it counted anew."""
    status, pauses = CaseStatus(row["status"]), pauses_in(row["pauses"])
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
    rules, dispatched_at, handled_at = catalogue().rules, row["dispatched_at"], row["handled_at"]
    try:
        counted: dict[str, datetime | None] = {"total_due": terms.total_due(calendar, pauses)}
        column = STAGE_DUE.get(status)
        if column == "dispatch_due":
            counted[column] = terms.dispatch_due(calendar)
        elif column == "verify_due" and looking_since is not None:
            counted[column] = due(looking_since, rules.verify_limit, calendar)
        elif column == "handle_due":
            counted[column] = terms.handle_due(calendar, pauses)
            if row["answer_due"] is not None and dispatched_at is not None:
                counted["answer_due"] = due(dispatched_at, rules.answer_limit, calendar)
        elif column == "check_due" and handled_at is not None:
            counted[column] = terms.check_due(handled_at, calendar)
        return next_due(status, counted)
    except ValueError:
        # A limit from outside that nobody can read moves no deadline.
        return None
