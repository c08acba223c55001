"""What anybody may see is counted when a month is over."""

from __future__ import annotations

import structlog
from django_tasks import task

from gezhi.contexts.openfigures.use_cases.count_month import count_months
from gezhi.kernel import clock
from gezhi.platform.access.actor import system_actor

log = structlog.get_logger(__name__)


@task()
def count_open_figures() -> int:
    """Count what is over; how many months there were."""
    made = count_months(actor=system_actor("open figures"), now=clock.now())
    if made:
        log.info("openfigures.counted", months=made)
    return made
