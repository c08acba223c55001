"""Which processes an instance needs, as command lines. Nothing is started here."""

from __future__ import annotations

import importlib.util
import os
import resource
import sys
from dataclasses import dataclass

WEB_APPLICATION = "gezhi.config.served:application"
LIVE_MODULE = "gezhi.interfaces.live.app"
# Waiting for the database or the disk releases the interpreter lock; beyond two a core, threads only queue for it.
THREADS_PER_WORKER = 2 * (os.cpu_count() or 1)
# The head of a request must fit, and a body comes in pieces of at most this size.
BUFFER_BYTES = 65_536
BACKLOG = 2_048
# Files that a process has open beside its connections.
_OTHER_FILES = 256
_FILES_WANTED = 65_536


def room_for_connections(wanted: int, *, uploads: int) -> int:
    """How many connections this machine lets a process hold, up to ``wanted``, beside the files of ``uploads`` bodies.

    Raises the limit of open files for this process and its children as far as the machine allows.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = max(soft, min(_FILES_WANTED, hard if hard != resource.RLIM_INFINITY else _FILES_WANTED))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(wanted, soft - uploads - _OTHER_FILES))


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


@dataclass(frozen=True, slots=True)
class Connections:
    """What the native server allows each process: ``most`` at once, ``header_seconds`` for the head of a request (and as
    long a rest between two requests)."""

    most: int
    header_seconds: int


def _granian(interface: str, application: str, *, host: str, port: int, connections: Connections) -> tuple[str, ...]:
    options = {
        "--interface": interface,
        "--host": host,
        "--port": port,
        "--workers": 1,
        "--log-level": "warning",
        "--workers-kill-timeout": 5,
        # HTTP/2 would come from a proxy at most, and none speaks it to its upstream; its first bytes have no time limit.
        "--http": 1,
        "--http1-header-read-timeout": connections.header_seconds * 1_000,
        "--http1-buffer-size": BUFFER_BYTES,
        "--backlog": BACKLOG,
        # What it calls requests are connections, idle ones among them.
        "--backpressure": connections.most,
        "--respawn-interval": 0,
    }
    pairs = [part for name, value in options.items() for part in (name, str(value))]
    return (sys.executable, "-m", "granian", *pairs, "--no-ws", "--respawn-failed-workers", application)


def processes(*, host: str, port: int, workers: int, connections: Connections, jobs: bool = True) -> list[Process]:
    """The children of ``gezhi serve``: pages and API on ``port``, the live edge on the next one, the job worker."""
    web = _granian("rsgi", WEB_APPLICATION, host=host, port=port, connections=connections)
    # One server a worker, all on one port: a server of several stops them all when one of them ends again too soon.
    children = [Process("web" if number == 1 else f"web {number}", web, port) for number in range(1, workers + 1)]
    if has_live_edge():
        # One process: it holds the latest state and every listener in memory.
        live = _granian("asgi", f"{LIVE_MODULE}:application", host=host, port=port + 1, connections=connections)
        children.append(Process("live", live, port + 1))
    if jobs:
        children.append(
            Process("jobs", (sys.executable, "-m", "django", "run_jobs", "--queue-name", "*", "--no-reload"))
        )
    return children
