"""Write an event to the outbox and, once the transaction has committed, wake whoever listens."""

from __future__ import annotations

import json
import socket
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from gezhi.platform.bulk import insert_row
from gezhi.platform.outbox.last_write import hold_to_last_write
from gezhi.platform.outbox.models import OutboxEvent, PurgeMark
from gezhi.platform.prepared import Inquiry, Prepared

# Any constant: it names the advisory lock that makes outbox ids grow in commit order on PostgreSQL.
_ORDER_LOCK = 4206_0001
CHANNEL = "gezhi_outbox"
# One way there and back: the lock, then the event (whose number is drawn once the lock is held), then word of it, which
# PostgreSQL passes on at the commit.
_IN_TURN = """
WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(%s)),
told AS (
    INSERT INTO outbox_outboxevent (at, type, subject, district_id, payload)
    SELECT %s::timestamptz, %s::text, %s::text, %s::bigint, %s::jsonb FROM turn
    RETURNING id
)
SELECT id, pg_notify(%s, id::text) FROM told
"""


def publish(*, type: str, subject: object, district_id: int | None, payload: dict[str, Any], now: datetime) -> int:
    """Add an event and return its id. Must be the last write of its transaction (``last_write`` holds tests to it).

    A reader that asks for ``id > last`` must never miss an event, so ids have to become visible in order. SQLite has
    one writer, which gives that; on PostgreSQL an advisory lock held until commit does.
    """
    event_id: int
    if connection.vendor == "postgresql":
        values: list[Any] = [now, type, str(subject), district_id, json.dumps(payload)]
        with connection.cursor() as cursor:
            cursor.execute(_IN_TURN, [_ORDER_LOCK, *values, CHANNEL])
            event_id = cursor.fetchone()[0]
    else:
        row = {"at": now, "type": type, "subject": str(subject), "district_id": district_id, "payload": payload}
        event_id = insert_row(OutboxEvent, row)
        transaction.on_commit(_nudge)
    hold_to_last_write()
    return event_id


def _nudge() -> None:
    """Send one byte to the socket of the live edge so that it looks now and not at its next tick. Nobody there, no harm."""
    path = settings.GEZHI_HOME / "run" / "live.sock"
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        try:
            sender.sendto(b"\0", str(path))
        except (BlockingIOError, ConnectionRefusedError, FileNotFoundError):
            # A full queue means that it is awake already; a dead socket means that it polls when it is back.
            return


def more_than(count: int, *, after: int) -> bool:
    """Whether more than so many events follow one. Their ids leave gaps."""
    return OutboxEvent.objects.filter(pk__gt=after).order_by("pk")[count : count + 1].exists()


def read_after(event_id: int, *, limit: int = 500) -> list[OutboxEvent]:
    """Up to ``limit`` events after ``event_id``, oldest first."""
    return list(OutboxEvent.objects.filter(pk__gt=event_id).order_by("pk")[:limit])


def latest_id() -> int:
    """The id of the newest event that there ever was, 0 where there was none."""
    return LATEST.alone()


_NEWEST = Prepared(lambda: OutboxEvent.objects.order_by("-pk").values_list("pk")[:1])
_PURGED = Prepared(lambda: PurgeMark.objects.values_list("event_id"))
# What `latest_id` tells, to be asked along with more.
LATEST = Inquiry([(_NEWEST, {}), (_PURGED, {})], lambda rows: max((key for (key,) in chain(*rows)), default=0))


def purged_up_to() -> int:
    """The newest event that was purged, 0 where none was: a listener behind it needs a fresh snapshot."""
    return max((key for (key,) in _PURGED.rows()), default=0)


def purge(*, now: datetime, keep: timedelta = timedelta(days=3)) -> int:
    """Delete events older than ``keep``; the history of record lies elsewhere. Returns how many went."""
    with transaction.atomic():
        last = OutboxEvent.objects.filter(at__lt=now - keep).order_by("-pk").values_list("pk", flat=True).first()
        if last is None:
            return 0
        PurgeMark.objects.update_or_create(id=1, defaults={"event_id": last})
        return OutboxEvent.objects.filter(pk__lte=last).delete()[0]
