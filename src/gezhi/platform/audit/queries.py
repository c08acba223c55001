"""The record of changes, page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.models import AuditRecord

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One change: when, by whom, what, of what; ``data`` as JSON in one line. ``actor_id`` None: nobody was signed in."""

    id: int
    at: datetime
    actor_id: int | None
    actor_label: str
    action: str
    object_type: str
    object_id: str
    data: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Changes, the latest first, and the id of the one before which the next page begins; None at the end."""

    rows: list[RecordRow]
    next: int | None


def of_whom_and_when(found: QuerySet[M], *, who: str, since: datetime | None, until: datetime | None) -> QuerySet[M]:
    """What of entries with ``actor_label`` and ``at`` is of whoever has ``who`` in their name, from ``since`` on and before
    ``until``; None, or an empty name, leaves nothing out."""
    if who:
        found = found.filter(actor_label__icontains=who)
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found


def records(
    actor: Actor,
    *,
    who: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int,
) -> RecordPage:
    """A page of the record; ``action``: a name or its beginning. One query, two for a page that is not the
    first. Raises ``NotAllowed`` for anyone but an audit
    administrator."""
    require_in(actor, "read_record")
    found = AuditRecord.objects.order_by("-at", "-pk")
    found = of_whom_and_when(found, who=who, since=since, until=until)
    if action:
        found = found.filter(action__startswith=action)
    if before is not None:
        # What was written down later may be of an earlier moment: a history that is imported, the days of a demo city.
        last = AuditRecord.objects.filter(pk=before).values_list("at", flat=True).first()
        found = found.filter(Q(at__lt=last) | Q(at=last, pk__lt=before)) if last is not None else found.none()
    rows = [
        RecordRow(
            row.pk,
            row.at,
            row.actor_id,
            row.actor_label,
            row.action,
            row.object_type,
            row.object_id,
            json.dumps(row.data, ensure_ascii=False) if row.data else "",
        )
        for row in found[: limit + 1]
    ]
    return RecordPage(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)
