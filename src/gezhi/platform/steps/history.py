"""The history of an object, as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gezhi.kernel.fold import Columns
from gezhi.platform.steps.kind import Kind

_NAMES = ("version", "at", "action", "actor_label", "actor_role", "from_status", "to_status", "note", "changes")


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One step."""

    version: int
    at: datetime
    action: str
    actor_label: str
    actor_role: str
    from_status: str
    to_status: str
    note: str
    changes: Columns


def history_of(kind: Kind[Any], key: int) -> list[HistoryStep]:
    """The whole history of an object, oldest first. One query."""
    rows = kind.history._default_manager.filter(**{f"{kind.subject}_id": key}).order_by("version")
    return [HistoryStep(*values) for values in rows.values_list(*_NAMES)]
