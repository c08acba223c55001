"""Events for the live edge: the newest one of the outbox again and again, each committed by itself."""

from __future__ import annotations

import time

from django.db import transaction

from gezhi.kernel import clock
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import publish


def repeat(*, count: int, per_second: float) -> None:
    """Publish the newest event ``count`` times; prints each one's id and the time of its commit, in ns of the monotonic clock."""
    newest = OutboxEvent.objects.latest("pk")
    begun = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, begun + number / per_second - time.monotonic()))
        with transaction.atomic():
            event_id = publish(
                type=newest.type,
                subject=newest.subject,
                district_id=newest.district_id,
                payload=newest.payload,
                now=clock.now(),
            )
        print(event_id, time.monotonic_ns(), flush=True)
