"""What the cases context tells the others: one event for every step of a case, and one for a batch that is imported.

A step's event carries the case's row as it is after the step, so that a listener who replaces the row that it has (or drops
it where it no longer matches) ends with what a fresh snapshot would show.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import publish

# case.report → 'case.reported': the names that the outside reads.
EVENT_TYPES: dict[Action, str] = {
    Action.REPORT: "case.reported",
    Action.DISPATCH: "case.dispatched",
    Action.ACCEPT: "case.accepted",
    Action.RETURN: "case.returned",
    Action.HANDLE: "case.handled",
    Action.PAUSE: "case.paused",
    Action.RESUME: "case.resumed",
    Action.CHECK: "case.checked",
    Action.REWORK: "case.rework_ordered",
    Action.CLOSE: "case.closed",
    Action.RATE: "case.rated",
    Action.REOPEN: "case.reopened",
    Action.CANCEL: "case.cancelled",
    Action.WITHDRAW: "case.withdrawn",
    Action.REMIND: "case.reminded",
    Action.CORRECT: "case.corrected",
    Action.NOTE: "case.noted",
}


IMPORTED = "cases.imported"


def cases_imported(*, source: str, rows: int, now: datetime) -> OutboxEvent:
    """Publish that ``rows`` cases came in at once: too many to tell one by one, so listeners take a fresh snapshot."""
    return publish(type=IMPORTED, subject=source, district_id=None, payload={"rows": rows}, now=now)


def case_stepped(*, action: Action, row: dict[str, Any], was: dict[str, Any], now: datetime) -> OutboxEvent:
    """Publish one step. ``row`` is the case's list row after it.

    ``was`` holds the scope columns (areas, organisation, assignee) before the step: whoever saw the case then and does
    not now must be told too, so that it leaves the screen.
    """
    return publish(
        type=EVENT_TYPES[action],
        subject=row["number"],
        district_id=row["district_id"],
        payload={"case": msgspec.to_builtins(row), "was": was},
        now=now,
    )
