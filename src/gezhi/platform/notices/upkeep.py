"""What was told long ago goes: the history of each case keeps what was done about it."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django_tasks import task

from gezhi.kernel import clock
from gezhi.platform.notices.models import Notice
from gezhi.platform.retention.in_force import days_of

log = structlog.get_logger(__name__)
KEEP_DAYS = 90


@task()
def forget_notices() -> int:
    """Remove notices that have served their time, read or not."""
    kept = timedelta(days=days_of("notices", otherwise=KEEP_DAYS))
    gone = Notice.objects.filter(at__lt=clock.now() - kept).delete()[0]
    log.info("upkeep.notices", forgotten=gone)
    return int(gone)
