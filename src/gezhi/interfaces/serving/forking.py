"""A child that begins as a copy of this process, with all that is loaded here, and is handled like a ``Popen``. Linux only:
elsewhere, system libraries do not bear being copied."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping

CAN_FORK = sys.platform == "linux"
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


def end_with_parent() -> None:
    """In the child: ask Linux for SIGTERM when the parent dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _begin(work: Callable[[], None], name: str, environment: Mapping[str, str]) -> None:
    os.setsid()
    end_with_parent()
    ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode()[:15])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.environ.update(environment)
    work()


class Forked:
    """``work`` in a copy of this process: a session of its own, ``name`` in the list of processes, ``environment`` added.

    This process must hold no open connection of a database and no thread at that moment.
    """

    def __init__(self, work: Callable[[], None], *, name: str, environment: Mapping[str, str]) -> None:
        self._process = multiprocessing.get_context("fork").Process(target=_begin, args=(work, name, environment))
        self._process.start()
        self.pid: int = self._process.pid or 0

    def poll(self) -> int | None:
        """Its exit code, the negative number of the signal that ended it, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises ``subprocess.TimeoutExpired``."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()
