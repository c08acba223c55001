"""The versions of the table of times, and what would go by other ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gezhi.platform.retention.in_force import RETENTION_VERSIONS, days_in_force
from gezhi.platform.retention.models import RetentionTable
from gezhi.platform.retention.retained import RETAINED

_MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class RetentionVersion:
    """A version of the table. ``withdrawn``: taken back before its time."""

    number: int
    name: str
    in_force: bool
    waiting: bool
    withdrawn: bool
    effective_from: datetime
    days: Mapping[str, int]


def retention_versions() -> list[RetentionVersion]:
    """The versions, the newest first; the latest fifty. Two queries."""
    gone = RETENTION_VERSIONS.taken_back()
    return [
        RetentionVersion(one.number, one.name, one.in_force, one.waiting, one.pk in gone, one.effective_from, one.days)
        for one in RetentionTable.objects.order_by("-pk")[:_MOST_VERSIONS]
    ]


def would_go(days: Mapping[str, int], *, now: datetime) -> dict[str, int]:
    """How much of each would go at ``now`` if it were kept for so long; what is not named, by the times in force. Nothing goes.
    One query for each thing that goes by its age."""
    wanted = {**days_in_force(), **days}
    return {
        name: one.would_go(wanted.get(name, one.days or 0), now)
        for name, one in RETAINED.items()
        if one.would_go is not None
    }
