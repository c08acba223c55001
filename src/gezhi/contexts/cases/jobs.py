"""Tables whose time has come take force."""

from __future__ import annotations

from django_tasks import task

from gezhi.contexts.cases.use_cases.install_classes import put_due_classes_in_force
from gezhi.contexts.cases.use_cases.install_duties import put_due_duties_in_force
from gezhi.contexts.cases.use_cases.install_rules import put_due_rules_in_force
from gezhi.kernel import clock
from gezhi.platform.access.actor import system_actor


@task()
def put_tables_in_force() -> int:
    """Put the versions of tables in force whose time has come; how many there were."""
    actor, now = system_actor("tables"), clock.now()
    each = (put_due_classes_in_force, put_due_duties_in_force, put_due_rules_in_force)
    return sum(len(put_in_force(actor=actor, now=now)) for put_in_force in each)
