"""Say that one has something open, and hear who else has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django_tasks import task

from gezhi.kernel import clock
from gezhi.platform.access.actor import Actor
from gezhi.platform.presence.models import Presence

log = structlog.get_logger(__name__)
# A page says it again each twenty seconds: one that is missed does not make its reader vanish.
HOLDS = timedelta(seconds=50)
# More are told as "and others".
MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who has the thing open. ``writing``: with a form open."""

    name: str
    writing: bool


def here(actor: Actor, subject_type: str, subject_id: int, *, writing: bool, now: datetime) -> list[Other]:
    """Say that the actor has a thing open, and who else has, those who write first. Whether the actor may see the thing is for
    the caller to ask. Nothing of it is kept: a row holds for ``HOLDS``, and the actor's own that hold no more go. Three queries;
    an actor without an account is nobody."""
    if actor.user_id is None:
        return []
    Presence.objects.filter(person_id=actor.user_id, until__lte=now).delete()
    mine = Presence(
        person_id=actor.user_id, subject_type=subject_type, subject_id=subject_id, writing=writing, until=now + HOLDS
    )
    Presence.objects.bulk_create(
        [mine],
        update_conflicts=True,
        unique_fields=["subject_type", "subject_id", "person"],
        update_fields=["writing", "until"],
    )
    others = (
        Presence.objects.filter(subject_type=subject_type, subject_id=subject_id, until__gt=now)
        .exclude(person_id=actor.user_id)
        .order_by("-writing", "person_id")
        .values_list("person__display_name", "person__username", "writing")[:MOST_TOLD]
    )
    return [Other(name or username, writes) for name, username, writes in others]


def put_down(actor: Actor, subject_type: str, subject_id: int) -> None:
    """The actor's form has arrived: they write no longer, whatever their page still says. One query."""
    if actor.user_id is not None:
        mine = Presence.objects.filter(person_id=actor.user_id, subject_type=subject_type, subject_id=subject_id)
        mine.update(writing=False)


@task()
def forget_presence() -> int:
    """Remove what does not hold any more."""
    gone = Presence.objects.filter(until__lt=clock.now()).delete()[0]
    log.info("upkeep.presence", forgotten=gone)
    return int(gone)
