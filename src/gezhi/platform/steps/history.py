"""The history of an object, as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Model

from gezhi.kernel.fold import Columns
from gezhi.platform.prepared import Prepared
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
    return [HistoryStep(*values) for values in _steps_of(kind.history, f"{kind.subject}_id").rows(key=key)]


@lru_cache
def _steps_of(history: type[Model], subject: str) -> Prepared:
    steps = history._default_manager
    return Prepared(lambda key: steps.filter(**{subject: key}).order_by("version").values_list(*_NAMES), key=int)
