"""The times in force."""

from __future__ import annotations

from gezhi.platform.dated_versions import Versions
from gezhi.platform.kept import kept
from gezhi.platform.retention.models import RetentionTable
from gezhi.platform.retention.retained import RETAINED


@kept(seconds=5.0)
def _days_in_force() -> dict[str, int]:
    """What the city has decided; empty where it has decided nothing."""
    found = RetentionTable.objects.filter(in_force=True).values_list("days", flat=True).first()
    return dict(found or {})


def days_of(name: str, *, otherwise: int) -> int:
    """For how many days something is kept; ``otherwise`` where the city has not decided. No query but every five seconds."""
    return _days_in_force().get(name, otherwise)


def days_in_force() -> dict[str, int]:
    """The days of everything of which the city decides, by its name."""
    own = _days_in_force()
    return {name: own.get(name, one.days or 0) for name, one in RETAINED.items() if one.chosen_by_city}


RETENTION_VERSIONS = Versions(RetentionTable, "retention.table", "retention_table", "number", _days_in_force.forget)
