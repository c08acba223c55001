"""What background work leaves behind goes: runs after thirty days, files when their time is over."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django_tasks import task

from gezhi.kernel import clock
from gezhi.platform.files.documents import remove_expired_documents, sweep_documents
from gezhi.platform.files.store import ABANDONED_AFTER
from gezhi.platform.jobs.periodic import PERIODIC, Periodic
from gezhi.platform.work.models import ENDED, WorkRun, WorkState

log = structlog.get_logger(__name__)


def sweep_folders(*, now: datetime) -> int:
    """Remove the folders of runs that no worker has in hand: what a killed worker left behind. Returns how many went."""
    before = (now - ABANDONED_AFTER).timestamp()
    old = [path for path in (Path(settings.GEZHI_HOME) / "work").glob("*-*") if path.stat().st_mtime < before]
    running = WorkRun.objects.filter(state=WorkState.RUNNING).values_list("pk", "attempt")
    in_hand = {f"{key.hex}-{attempt}" for key, attempt in running} if old else set()
    gone = [path for path in old if path.name not in in_hand]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


@task()
def forget_runs() -> int:
    """Remove files whose time is over, files that no row names, and runs that ended long ago."""
    now = clock.now()
    files = remove_expired_documents(now=now) + sweep_documents(now=now) + sweep_folders(now=now)
    gone = WorkRun.objects.filter(state__in=ENDED, expires_at__lte=now).delete()[0]
    log.info("upkeep.work", runs=gone, files=files)
    return int(gone)


def register_upkeep() -> None:
    """Put it on the clock."""
    PERIODIC.add("work.forget", Periodic(forget_runs, every=timedelta(hours=1)))
