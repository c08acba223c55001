"""What somebody has been told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.kernel.filled import Filled, restored
from gezhi.platform.access.actor import Actor
from gezhi.platform.notices.models import Notice
from gezhi.platform.prepared import Inquiry, Prepared

PAGE = 50
# More than that is told as "99+": the count is a sign, not a figure.
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice of a person. ``read_at`` None: not taken note of yet."""

    id: int
    topic: str
    kind: str
    reference: str
    words: Filled
    at: datetime
    read_at: datetime | None


def notices_of(actor: Actor, *, unread: bool, before: int | None = None) -> tuple[list[NoticeRow], int | None]:
    """A page of what the actor was told, newest first, and after which notice the next page begins (None: there is none)."""
    found = Notice.objects.filter(person_id=actor.user_id)
    if unread:
        found = found.filter(read_at__isnull=True)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PAGE + 1])
    told = [_row(row) for row in rows[:PAGE]]
    return told, told[-1].id if len(rows) > PAGE else None


def unread_by(user_id: int) -> Inquiry[int]:
    """How many notices wait for somebody, up to ``MOST_COUNTED``."""
    return Inquiry([(_UNREAD, {"user_id": user_id})], lambda rows: len(rows[0]))


_UNREAD = Prepared(
    lambda user_id: Notice.objects.filter(person_id=user_id, read_at__isnull=True).values_list("pk")[:MOST_COUNTED],
    user_id=int,
)


def unread_of_topic(user_id: int, topic: str) -> list[NoticeRow]:
    """What one part of the program told somebody who has taken no note of it yet, newest first; at most a page. One query."""
    found = Notice.objects.filter(person_id=user_id, topic=topic, read_at__isnull=True).order_by("-pk")[:PAGE]
    return [_row(row) for row in found]


def _row(row: Notice) -> NoticeRow:
    return NoticeRow(row.pk, row.topic, row.kind, row.reference, restored(row.words), row.at, row.read_at)
