"""Which processes an instance needs, as command lines. Nothing is started here."""

from __future__ import annotations

import importlib.util
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass

from gezhi.interfaces.serving.native import Connections, Native

WEB_APPLICATION = "gezhi.config.served:application"
LIVE_MODULE = "gezhi.interfaces.live.app"
# Waiting for the database or the disk releases the interpreter lock; beyond two a core, threads only queue for it.
THREADS_PER_WORKER = 2 * (os.cpu_count() or 1)
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
    """One child of the supervisor. ``port`` None: it listens nowhere.

    ``forked`` is what the child does where it can start as a copy of the supervisor, with all that is loaded there already:
    it then serves in a tenth of the time. Elsewhere ``command`` starts it.
    """

    name: str
    command: tuple[str, ...]
    port: int | None = None
    forked: Callable[[], None] | None = None


def has_live_edge() -> bool:
    """Whether this installation carries the live edge (it is a part of its own)."""
    try:
        return importlib.util.find_spec(LIVE_MODULE) is not None
    except ModuleNotFoundError:
        return False


def processes(*, host: str, port: int, workers: int, connections: Connections, jobs: bool = True) -> list[Process]:
    """The children of ``gezhi serve``: pages and API on ``port``, the live edge on the next one, the job worker and the
    worker of background work.
    """
    web = Native(WEB_APPLICATION, "rsgi", host, port, connections)
    # One server a worker, all on one port: a server of several stops them all when one of them ends again too soon.
    names = ["web", *(f"web {number}" for number in range(2, workers + 1))]
    children = [Process(name, web.command, port, forked=web.serve) for name in names]
    if has_live_edge():
        # One process: it holds the latest state and every listener in memory.
        # Its streams never end by themselves, and whoever reads one comes back and misses nothing.
        live = Native(f"{LIVE_MODULE}:application", "asgi", host, port + 1, connections, grace_seconds=1)
        children.append(Process("live", live.command, port + 1))
    if jobs:
        children.append(
            Process("jobs", (sys.executable, "-m", "django", "run_jobs", "--queue-name", "*", "--no-reload"))
        )
        # A process of its own: a run that takes long or ends badly keeps no upkeep waiting.
        children.append(Process("work", (sys.executable, "-m", "django", "run_work")))
    return children
