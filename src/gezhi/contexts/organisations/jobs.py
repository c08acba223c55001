"""Organisations whose last day has passed go out of use."""

from __future__ import annotations

from django_tasks import task

from gezhi.contexts.organisations.use_cases.change_organisation import end_due_organisations
from gezhi.kernel import clock
from gezhi.platform.access.actor import system_actor


@task()
def end_due() -> int:
    """Put the organisations out of use whose last day has passed; how many."""
    return end_due_organisations(actor=system_actor("organisations"), now=clock.now())
