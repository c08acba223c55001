"""Take note of what one was told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import require
from gezhi.platform.notices.models import Notice
from gezhi.platform.notices.policy import TAKE_NOTE, Inbox


def take_note(*, actor: Actor, ids: Iterable[int] | None, now: datetime) -> int:
    """Mark notices of the actor's own as taken note of (None: all of them); returns how many were not yet. Those of others stay as
    they are. Raises ``NotAllowed`` for nobody."""
    require(actor, TAKE_NOTE, Inbox(actor.user_id))
    unread = Notice.objects.filter(person_id=actor.user_id, read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=set(ids))
    return unread.update(read_at=now)
