"""The clocks of a case: which stage owes an answer by when, and what a pause does to it (DOMAIN: 处置时限, 挂账)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.kernel.calendar import Pause, WorkCalendar, deadline
from gezhi.kernel.fold import Columns
from gezhi.kernel.time_limits import parse_limit

# Which deadline is the one that counts while a case is in a status; none while it is suspended or ended.
STAGE_DUE: dict[CaseStatus, str] = {
    CaseStatus.REPORTED: "dispatch_due",
    CaseStatus.VERIFYING: "verify_due",
    CaseStatus.DISPATCHED: "handle_due",
    CaseStatus.HANDLING: "handle_due",
    CaseStatus.HANDLED: "check_due",
    CaseStatus.CHECKED: "check_due",
}

# The columns that hold a stage's deadline; a body that was called in has one more, by which it signs; and that of the whole.
DEADLINES = frozenset({*STAGE_DUE.values(), "answer_due", "total_due"})


def due(start: datetime, limit: str, calendar: WorkCalendar, pauses: Sequence[Pause] = ()) -> datetime:
    """When a limit such as ``4WH`` is up that began at ``start``. Raises ``ValueError`` for a limit it cannot read."""
    parsed = parse_limit(limit)
    return deadline(start, parsed.amount, parsed.kind, calendar, pauses)


def due_of_stage(status: CaseStatus, state: Columns) -> datetime | None:
    """The deadline of the stage alone, taken from the deadlines in ``state``; None where no clock runs."""
    column = STAGE_DUE.get(status)
    found: datetime | None = None if column is None else state.get(column)
    answer: datetime | None = state.get("answer_due")
    # A body that was called in must sign for it first.
    if status is CaseStatus.DISPATCHED and answer is not None:
        return answer if found is None else min(answer, found)
    return found


def next_due(status: CaseStatus, state: Columns) -> datetime | None:
    """The deadline in force for a status: that of the stage or that of the whole, whichever comes first. None where no clock runs:
    a case that is suspended or over."""
    if status not in STAGE_DUE:
        return None
    found = [due for due in (due_of_stage(status, state), state.get("total_due")) if due is not None]
    return min(found, default=None)


def pauses_in(column: Iterable[tuple[str, str]]) -> list[Pause]:
    """The finished pauses of a case, from its ``pauses`` column (pairs of ISO instants)."""
    return [Pause(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in column]
