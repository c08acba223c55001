"""A case is the fold of its history: the row in the database is a copy, kept for speed, that must equal it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# The columns of a case that its history decides. Instants are ISO 8601 texts in the history, datetimes in the row.
INSTANTS: tuple[str, ...] = (
    "reported_at",
    "dispatched_at",
    "accepted_at",
    "handled_at",
    "checked_at",
    "closed_at",
    "rated_at",
    "dispatch_due",
    "handle_due",
    "check_due",
    "due_at",
    "paused_at",
)
VALUES: tuple[str, ...] = (
    "status",
    "class_code",
    "condition",
    "description",
    "address",
    "lon",
    "lat",
    "source_datum",
    "source_lon",
    "source_lat",
    "location_quality",
    "city_id",
    "district_id",
    "street_id",
    "community_id",
    "grid_id",
    "channel",
    "urgency",
    "suggested_organisation_id",
    "organisation_id",
    "assignee_id",
    "handled_by",
    "outcome",
    "outcome_note",
    "pauses",
    "return_count",
    "rework_count",
    "remind_count",
    "rating_solved",
    "rating_score",
    "needs_attention",
)
FOLDED: tuple[str, ...] = VALUES + INSTANTS

DEFAULTS: dict[str, Any] = dict.fromkeys(FOLDED) | {
    "description": "",
    "address": "",
    "outcome": "",
    "outcome_note": "",
    "pauses": [],
    "return_count": 0,
    "rework_count": 0,
    "remind_count": 0,
    "needs_attention": False,
}


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """What the fold needs of one history row. ``changes``: column → new value, plain JSON."""

    version: int
    changes: dict[str, Any]


def fold(rows: Iterable[HistoryRow]) -> dict[str, Any]:
    """The state after ``rows``, oldest first: column → value, instants as aware datetimes, plus ``version``.

    Raises ``ValueError`` if a version is missing or out of order, or a row changes a column that is not the history's.
    """
    state = dict(DEFAULTS)
    version = 0
    for row in rows:
        version += 1
        if row.version != version:
            raise ValueError(f"history row {row.version} where row {version} should be")
        if not isinstance(row.changes, dict):
            raise ValueError(f"history row {row.version} does not say what it changed")
        for name, value in row.changes.items():
            if name not in state:
                raise ValueError(f"history row {row.version} changes '{name}', which is no column of a case's history")
            state[name] = datetime.fromisoformat(value) if name in _INSTANT_SET and value is not None else value
    state["version"] = version
    return state


_INSTANT_SET = frozenset(INSTANTS)
