"""Write down whom to tell of which step: by the events of the outbox, in the order of commits, once each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction

from gezhi.contexts.cases.domain.actions import Action
from gezhi.contexts.cases.domain.transitions import TRANSITIONS
from gezhi.contexts.cases.queries import going_along, is_step_told
from gezhi.contexts.telling.domain.messages import BY_EVENT, State, is_told
from gezhi.contexts.telling.models import Choice, Delivery, Follower
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import purged_up_to, read_after

BATCH = 500


def follow_steps(*, actor: Actor, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Take in what happened since the last time, as long as ``go_on`` says; how many messages are to be sent of it."""
    require_in(actor, "tell_reporters")
    Follower.objects.get_or_create(pk=1)
    written = 0
    while go_on():
        found = _one_batch(now)
        if found is None:
            break
        written += found
    return written


@transaction.atomic
def _one_batch(now: datetime) -> int | None:
    # Two schedulers take turns: the second goes on where the first has come to.
    follower = Follower.objects.select_for_update().get(pk=1)
    # What was purged before anybody looked is three days old: no news any more.
    follower.event_id = max(follower.event_id, purged_up_to())
    events = read_after(follower.event_id, limit=BATCH)
    if not events:
        return None
    rows = [row for event in events for row in _messages(event, now)]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    follower.event_id = events[-1].pk
    follower.save()
    return len(rows)


def _messages(event: OutboxEvent, now: datetime) -> Iterator[Delivery]:
    action, row = BY_EVENT.get(event.type), event.payload.get("case")
    if action is None or not isinstance(row, dict) or "id" not in row:
        return
    if TRANSITIONS[action].told_with and not is_step_told(int(row["id"]), int(row["version"])):
        return
    for choice in _choices(int(row["id"]), action, event.at):
        yield Delivery(
            choice=choice, event_id=event.pk, action=action.value, at=event.at, state=State.WAITING.value, next_at=now
        )


def _choices(case_id: int, action: Action, at: datetime) -> list[Choice]:
    wanted = [case_id, *going_along(case_id, action, at=at)]
    found = Choice.objects.filter(case_id__in=wanted, ended_at__isnull=True).order_by("pk")
    return [choice for choice in found if (choice.since or choice.created_at) <= at and is_told(choice.which, action)]
