"""The worker of background work: takes the runs that wait, one after the other, until it is told to end."""

from __future__ import annotations

import os
import signal
import socket
import threading
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections

from gezhi.kernel import clock
from gezhi.platform.jobs.patience import keep_working
from gezhi.platform.work.carry_out import carry_out, recover, take_next

log = structlog.get_logger(__name__)
IDLE_SECONDS = 1.0


class Command(BaseCommand):
    """One process, one run at a time. Several may work beside each other."""

    help = "Carry out background work that was asked for"

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Work until SIGTERM or SIGINT; the run in hand ends at its next report and waits for another worker."""
        ending = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: ending.set())
        worker = f"{socket.gethostname()}:{os.getpid()}"[-80:]

        def work() -> None:
            while not ending.is_set():
                close_old_connections()
                recover(now=clock.now())
                run = take_next(worker=worker, now=clock.now())
                if run is None:
                    ending.wait(IDLE_SECONDS)
                    continue
                log.info("work.begun", run=run.pk.hex, kind=run.kind, attempt=run.attempt)
                carry_out(run, ending=ending.is_set)

        keep_working(work, tidy=lambda _failure: connections.close_all())
