"""What background work leaves behind goes: runs after thirty days, files when their time is over."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django_tasks import task

from gezhi.kernel import clock
from gezhi.platform.files.documents import remove_expired_documents, sweep_documents
from gezhi.platform.jobs.periodic import register
from gezhi.platform.work.models import ENDED, WorkRun

log = structlog.get_logger(__name__)


@task()
def forget_runs() -> int:
    """Remove files whose time is over, files that no row names, and runs that ended long ago."""
    now = clock.now()
    files = remove_expired_documents(now=now) + sweep_documents(now=now)
    gone = WorkRun.objects.filter(state__in=ENDED, expires_at__lte=now).delete()[0]
    log.info("upkeep.work", runs=gone, files=files)
    return int(gone)


def register_upkeep() -> None:
    """Put it on the clock."""
    register("work.forget", forget_runs, every=timedelta(hours=1))
