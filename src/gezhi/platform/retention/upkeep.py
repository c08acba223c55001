"""Tables of times whose own time has come take force."""

from __future__ import annotations

from django_tasks import task

from gezhi.kernel import clock
from gezhi.platform.access.actor import system_actor
from gezhi.platform.retention.use_cases.install_retention import put_due_retention_in_force


@task()
def put_retention_in_force() -> int:
    """Put the versions in force whose time has come; how many there were."""
    return len(put_due_retention_in_force(actor=system_actor("tables"), now=clock.now()))
