"""Going on working when the database or the disk fails for a while: wait longer each time, and never end over it."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.db.utils import OperationalError

log = structlog.get_logger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
# Whoever worked so long without a failure begins with the first wait again.
STEADY_AFTER = 60.0


def keep_working(
    work: Callable[[], None],
    *,
    tidy: Callable[[Exception], None],
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Run ``work`` until it returns. After a failure of the database or the disk, wait, ``tidy`` up and begin again.

    ``tidy`` is given the failure, and may fail in the same way itself.
    """
    wait = FIRST_WAIT
    failure: Exception | None = None
    while True:
        began = monotonic()
        try:
            if failure is not None:
                tidy(failure)
                failure = None
            work()
        except (OperationalError, OSError) as error:
            failure = failure or error
            if monotonic() - began > STEADY_AFTER:
                wait = FIRST_WAIT
            log.error("jobs.waiting", seconds=wait, exc_info=True)
            sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            return
