"""The log of looks at personal data, for those who watch over it: who, when, why, of what; never the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.queries import of_whom_and_when
from gezhi.platform.vault.models import PersonalDataAccess


@dataclass(frozen=True, slots=True)
class LoggedLook:
    """One look at a record, or its erasure (``action``). ``actor_id`` None: nobody was signed in."""

    id: int
    at: datetime
    actor_id: int | None
    actor_label: str
    action: str
    reason: str
    subject_type: str
    subject_id: str


@dataclass(frozen=True, slots=True)
class LookPage:
    """Looks, those logged last first, and the id before which the next page begins; None at the end."""

    rows: list[LoggedLook]
    next: int | None


def logged_looks(
    actor: Actor,
    *,
    who: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int,
) -> LookPage:
    """A page of the log. One query. Raises ``NotAllowed`` for anyone but an audit administrator."""
    require_in(actor, "read_record")
    found = of_whom_and_when(PersonalDataAccess.objects.order_by("-pk"), who=who, since=since, until=until)
    if before is not None:
        found = found.filter(pk__lt=before)
    columns = ("pk", "at", "actor_id", "actor_label", "action", "reason", "record__subject_type", "record__subject_id")
    rows = [LoggedLook(*values) for values in found.values_list(*columns)[: limit + 1]]
    return LookPage(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)
