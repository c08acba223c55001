"""The job worker with a clock: runs queued tasks, and queues the periodic ones when they are due."""

from __future__ import annotations

import threading
from typing import Any

import structlog
from django.db import close_old_connections, connections
from django.db.utils import OperationalError
from django_tasks_db.management.commands.db_worker import Command as Worker
from django_tasks_db.models import DBTaskResult

from gezhi.kernel import clock
from gezhi.platform.jobs.patience import keep_working
from gezhi.platform.jobs.periodic import tick

log = structlog.get_logger(__name__)
TICK_SECONDS = 20.0


def _keep_ticking(stop: threading.Event) -> None:
    while not stop.wait(TICK_SECONDS):
        close_old_connections()
        try:
            for name in tick(now=clock.now()):
                log.info("jobs.queued", job=name)
        except OperationalError:
            # The database is away or busy: the jobs stay due and are queued at the next tick.
            log.warning("jobs.tick_failed", exc_info=True)


class Command(Worker):
    """``django-tasks-db``'s worker with the clock beside it in a thread."""

    help = "Run queued tasks and queue periodic ones when they are due"

    def configure_logging(self, verbosity: int) -> None:
        """Leave the levels of the log to the settings, as everywhere else."""

    def handle(self, *arguments: Any, **options: Any) -> None:
        stop = threading.Event()
        threading.Thread(target=_keep_ticking, args=(stop,), name="job-clock", daemon=True).start()

        def work() -> None:
            super(Command, self).handle(*arguments, **options)

        def tidy(failure: Exception) -> None:
            connections.close_all()
            give_up_tasks(worker_id=options["worker_id"], failure=failure)

        try:
            keep_working(work, tidy=tidy)
        finally:
            stop.set()


def give_up_tasks(*, worker_id: str, failure: Exception) -> int:
    """Mark as failed what this worker had in hand when ``failure`` kept it from saying how it ended; returns how many."""
    in_hand = [row for row in DBTaskResult.objects.running() if row.worker_ids[-1:] == [worker_id]]
    for row in in_hand:
        row.set_failed(failure)
    return len(in_hand)
