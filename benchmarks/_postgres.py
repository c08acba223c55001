"""A PostgreSQL server of the benchmark's own, in a folder that goes with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

_PROGRAMS = Path("/usr/lib/postgresql")


def _program(name: str) -> str | None:
    versions = sorted(_PROGRAMS.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(versions[-1]) if versions else shutil.which(name)


@contextlib.contextmanager
def server() -> Iterator[str | None]:
    """The address of an empty database; None where PostgreSQL is not installed."""
    initdb, control = _program("initdb"), _program("pg_ctl")
    if initdb is None or control is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="gezhi-bench-pg-"))
    # PostgreSQL refuses to run as root.
    by = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if by:
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    # One process a question, so that what it costs is told by its connection's process.
    options = (
        f"-p {port} -c unix_socket_directories={folder} -c max_parallel_workers_per_gather=0 -c shared_buffers=512MB"
    )
    quiet = partial(subprocess.run, stdout=subprocess.DEVNULL, check=True)
    quiet([*by, initdb, "-D", data, "-U", "gezhi", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"])
    quiet([*by, control, "-D", data, "-l", f"{data}/log", "-w", "-o", options, "start"])
    try:
        yield f"postgresql://gezhi@127.0.0.1:{port}/postgres"
    finally:
        quiet([*by, control, "-D", data, "-m", "immediate", "stop"])
        shutil.rmtree(folder)
