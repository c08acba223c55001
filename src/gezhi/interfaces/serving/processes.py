"""Which processes an instance needs, as command lines. Nothing is started here."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass

WSGI_APPLICATION = "gezhi.config.served:application"
LIVE_MODULE = "gezhi.interfaces.live.app"
# Waiting for the database or the disk releases the interpreter lock; beyond two a core, threads only queue for it.
THREADS_PER_WORKER = 2 * (os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Process:
    """One child of the supervisor. ``port`` None: it listens nowhere."""

    name: str
    command: tuple[str, ...]
    port: int | None = None


def has_live_edge() -> bool:
    """Whether this installation carries the live edge (it is a part of its own)."""
    try:
        return importlib.util.find_spec(LIVE_MODULE) is not None
    except ModuleNotFoundError:
        return False


def _granian(
    interface: str, application: str, *, host: str, port: int, workers: int, more: tuple[str, ...] = ()
) -> tuple[str, ...]:
    return (
        sys.executable,
        "-m",
        "granian",
        "--interface",
        interface,
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--log-level",
        "warning",
        "--no-ws",
        "--workers-kill-timeout",
        "5",
        *more,
        application,
    )


def processes(*, host: str, port: int, workers: int, jobs: bool = True) -> list[Process]:
    """The children of ``gezhi serve``: pages and API on ``port``, the live edge on the next one, the job worker."""
    threads = ("--blocking-threads", str(THREADS_PER_WORKER))
    children = [
        Process("web", _granian("wsgi", WSGI_APPLICATION, host=host, port=port, workers=workers, more=threads), port)
    ]
    if has_live_edge():
        # One process: it holds the latest state and every listener in memory.
        live = _granian("asgi", f"{LIVE_MODULE}:application", host=host, port=port + 1, workers=1)
        children.append(Process("live", live, port + 1))
    if jobs:
        children.append(
            Process("jobs", (sys.executable, "-m", "django", "run_jobs", "--queue-name", "*", "--no-reload"))
        )
    return children
