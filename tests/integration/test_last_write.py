"""What is published is the last write of its transaction."""

from __future__ import annotations

import pytest
from django.db import transaction

from gezhi.kernel.clock import now
from gezhi.platform.access.actor import system_actor
from gezhi.platform.audit.record import record
from gezhi.platform.outbox.last_write import WriteAfterPublish
from gezhi.platform.outbox.models import OutboxEvent, PurgeMark
from gezhi.platform.outbox.publish import publish

pytestmark = pytest.mark.django_db


def event() -> None:
    publish(type="case.noted", subject=1, district_id=None, payload={}, now=now())


def note() -> None:
    record(actor=system_actor("test"), action="test", object_type="test", object_id=1, now=now())


@pytest.mark.parametrize(
    "late",
    [
        note,
        lambda: PurgeMark.objects.update_or_create(id=1, defaults={"event_id": 1}),
        lambda: PurgeMark.objects.filter(id=1).update(event_id=1),
        lambda: PurgeMark.objects.filter(id=1).delete(),
    ],
)
def test_a_write_after_it_raises(late):
    @transaction.atomic
    def both() -> None:
        event()
        late()

    with pytest.raises(WriteAfterPublish):
        both()
    assert OutboxEvent.objects.count() == 0


def test_writes_before_it_further_events_and_reads_are_fine_and_the_next_transaction_is_free():
    with transaction.atomic():
        note()
        event()
        event()
        assert OutboxEvent.objects.count() == 2
    note()
    with transaction.atomic():
        note()
        event()
