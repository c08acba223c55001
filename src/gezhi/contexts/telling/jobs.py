"""Reporters are told of the steps that they chose."""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django_tasks import task

from gezhi.contexts.telling.domain.messages import State
from gezhi.contexts.telling.models import Delivery, Stopped
from gezhi.contexts.telling.queries import LABEL
from gezhi.contexts.telling.use_cases.choose_notices import LEFT_ALONE
from gezhi.contexts.telling.use_cases.follow_steps import follow_steps
from gezhi.contexts.telling.use_cases.send_due import send_due
from gezhi.kernel import clock
from gezhi.platform.access.actor import system_actor

log = structlog.get_logger(__name__)
# A backlog goes on a minute later: other jobs wait for this one.
MOST_SECONDS = 20.0
KEEP = timedelta(days=90)


@task()
def tell_reporters() -> int:
    """Write down whom to tell of what happened, then send what is due; how many messages left."""
    actor, until = system_actor(LABEL), time.monotonic() + MOST_SECONDS

    def go_on() -> bool:
        return time.monotonic() < until

    written = follow_steps(actor=actor, now=clock.now(), go_on=go_on)
    sent = send_due(actor=actor, now=clock.now(), go_on=go_on)
    if written or sent:
        log.info("telling.told", written=written, sent=sent)
    return sent


@task()
def forget_messages() -> int:
    """Remove what is known of messages of ninety days ago."""
    old = Delivery.objects.filter(at__lt=clock.now() - KEEP).exclude(state__in=(State.WAITING, State.SENDING))
    gone = int(old.delete()[0])
    Stopped.objects.filter(at__lt=clock.now() - LEFT_ALONE).delete()
    log.info("telling.forgotten", messages=gone)
    return gone
