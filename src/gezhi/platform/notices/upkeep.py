"""What was told long ago goes: the history of each case keeps what was done about it."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django_tasks import task

from gezhi.kernel import clock
from gezhi.platform.notices.models import Notice

log = structlog.get_logger(__name__)
KEEP = timedelta(days=90)


@task()
def forget_notices() -> int:
    """Remove notices of ninety days ago, read or not."""
    gone = Notice.objects.filter(at__lt=clock.now() - KEEP).delete()[0]
    log.info("upkeep.notices", forgotten=gone)
    return int(gone)
