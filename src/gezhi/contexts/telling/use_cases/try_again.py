"""Send a message again that was not sent: a person decides, who may know that it did not arrive."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gezhi.contexts.telling.domain.messages import State
from gezhi.contexts.telling.models import Delivery
from gezhi.kernel.errors import Conflict, NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.record import record


def try_again(*, actor: Actor, delivery_id: int, now: datetime) -> None:
    """Put a failed message in the queue once more. Raises ``NotAllowed``, ``NotFound``, ``Conflict`` (``not_failed``)."""
    require_in(actor, "retry_messages")
    with transaction.atomic():
        found = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        if found is None:
            raise NotFound("no_message", "there is no such message")
        if found.state not in {State.FAILED, State.UNCLEAR}:
            raise Conflict("not_failed", "only what failed is sent again")
        found.state, found.next_at, found.tries, found.ended_at = State.WAITING.value, now, 0, None
        found.save(update_fields=["state", "next_at", "tries", "ended_at"])
        record(actor=actor, action="telling.tried_again", object_type="message", object_id=found.pk, now=now)
