"""What falls due is spoken of, and tables of rules whose time has come take force."""

from __future__ import annotations

import time

import structlog
from django_tasks import task

from gezhi.contexts.escalation.queries import LABEL
from gezhi.contexts.escalation.use_cases.fire_due import fire_due
from gezhi.contexts.escalation.use_cases.follow_deadlines import follow_deadlines
from gezhi.contexts.escalation.use_cases.install_escalation import put_due_escalation_in_force
from gezhi.kernel import clock
from gezhi.platform.access.actor import system_actor

log = structlog.get_logger(__name__)
# A backlog goes on a minute later: other jobs wait for this one.
MOST_SECONDS = 20.0


@task()
def watch_deadlines() -> int:
    """Note the deadlines that changed, then speak of those that fall due; how many rules spoke."""
    actor, until = system_actor(LABEL), time.monotonic() + MOST_SECONDS

    def go_on() -> bool:
        return time.monotonic() < until

    looked = follow_deadlines(actor=actor, now=clock.now(), go_on=go_on)
    fired = fire_due(actor=actor, now=clock.now(), go_on=go_on)
    if looked or fired:
        log.info("escalation.watched", looked=looked, fired=fired)
    return fired


@task()
def put_escalation_in_force() -> int:
    """Put the versions of the rules in force whose time has come; how many there were."""
    return len(put_due_escalation_in_force(actor=system_actor("tables"), now=clock.now()))
