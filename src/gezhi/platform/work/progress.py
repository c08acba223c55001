"""What the function of a run is handed: who it acts for, a folder for its files, and how it tells how far it is.

The function writes nothing about its run itself: a second thread does, with a connection of its own, so that progress is
seen and a stop is heard while the function is inside a transaction.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from django.db.utils import Error

from gezhi.kernel import clock
from gezhi.kernel.steps import Words
from gezhi.platform.access.actor import Actor
from gezhi.platform.work.models import WorkRun, WorkState

log = structlog.get_logger(__name__)
# Seconds between two looks at the row; a row that says nothing new is touched less often.
LOOK_EVERY, BEAT_EVERY = 1.0, 5.0


class Why(StrEnum):
    """Why a run is to stop: somebody asked, the worker is to end, or the run is no longer this worker's."""

    ASKED = "asked"
    ENDING = "ending"
    LOST = "lost"


class Stopped(Exception):
    """Raised by ``Progress.report``: let it through, so that open transactions are rolled back."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Far:
    done: int = 0
    total: int | None = None
    words: str = ""


class Progress:
    """Handed to the function of a run.

    ``actor`` is the starter with the rights held when the run began at ``now``; ``asked_at`` is when it was asked for, which
    may be a day before. ``folder`` holds what the run writes and goes with it: files of the result are named in its
    ``Result``.
    """

    def __init__(self, *, actor: Actor, folder: Path, asked_at: datetime, now: datetime) -> None:
        self.actor, self.folder, self.asked_at, self.now = actor, folder, asked_at, now
        self.far = _Far()
        self.stop: Why | None = None

    def report(self, done: int, *, total: int | None = None, words: Words | None = None) -> None:
        """Say how far it is, as often as is handy. What is left out stays as it was. Raises ``Stopped``."""
        was = self.far
        self.far = _Far(done, was.total if total is None else total, was.words if words is None else words.text)
        if self.stop is not None:
            raise Stopped(self.stop)


class Beat(threading.Thread):
    """Writes a run's progress while the block runs, and hears whether it is to stop."""

    def __init__(self, run_id: UUID, attempt: int, progress: Progress, *, ending: Callable[[], bool]) -> None:
        super().__init__(name=f"work-{run_id}", daemon=True)
        self._row = WorkRun.objects.filter(pk=run_id, attempt=attempt, state=WorkState.RUNNING)
        self._progress, self._ending = progress, ending
        self._over = threading.Event()
        self._told, self._beaten = _Far(), time.monotonic()

    def __enter__(self) -> Beat:
        self.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        """The thread: a look a second until the block is left."""
        try:
            while not self._over.wait(LOOK_EVERY):
                try:
                    self._look()
                except Error:
                    log.warning("work.beat_failed", exc_info=True)
                    connection.close()
                    # With SQLite the function itself may hold the only lock there is, and then nobody takes its run.
                    late = time.monotonic() - self._beaten > settings.GEZHI_WORK_SILENCE / 2
                    if late and connection.vendor != "sqlite":
                        self._progress.stop = Why.LOST
        finally:
            connection.close()

    def _look(self) -> None:
        far, now = self._progress.far, time.monotonic()
        if far != self._told or now - self._beaten >= min(BEAT_EVERY, settings.GEZHI_WORK_SILENCE / 4):
            self._row.update(beat_at=clock.now(), done=far.done, total=far.total, words=far.words)
            self._told, self._beaten = far, now
        asked = list(self._row.values_list("stop_asked_at", flat=True))
        if not asked:
            self._progress.stop = Why.LOST
        elif asked[0] is not None:
            self._progress.stop = Why.ASKED
        elif self._ending():
            self._progress.stop = Why.ENDING
