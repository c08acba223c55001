"""Tables whose time has come take force; each night the class guess learns."""

from __future__ import annotations

import structlog
from django_tasks import task

from gezhi.contexts.cases.use_cases.install_classes import put_due_classes_in_force
from gezhi.contexts.cases.use_cases.install_duties import put_due_duties_in_force
from gezhi.contexts.cases.use_cases.install_rules import put_due_rules_in_force
from gezhi.contexts.cases.use_cases.learn_guess import learn_guess
from gezhi.kernel import clock
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import system_actor

log = structlog.get_logger(__name__)


@task()
def put_tables_in_force() -> int:
    """Put the versions of tables in force whose time has come; how many there were."""
    actor, now = system_actor("tables"), clock.now()
    each = (put_due_classes_in_force, put_due_duties_in_force, put_due_rules_in_force)
    return sum(len(put_in_force(actor=actor, now=now)) for put_in_force in each)


@task()
def learn_class_guess() -> bool:
    """Learn from the city's confirmed cases; whether the new version is used. A city with few cases waits for more."""
    try:
        return learn_guess(actor=system_actor("class guess"), now=clock.now()).in_force
    except InvalidInput as error:
        log.info("cases.guess_not_learned", reason=str(error))
        return False
