"""One server for each data folder: a second one would take the live edge's socket from the first."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderServed(Exception):
    """Another server has the data folder; the message says which process."""


@contextmanager
def sole_server_of(home: Path) -> Iterator[None]:
    """Hold the data folder for as long as the block lasts; whoever dies lets go of it.

    Raises ``FolderServed`` while another server, or what is left of one, holds it.
    """
    folder = home / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "serve.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            number = handle.read().strip() or "?"
            raise FolderServed(f"{home} is served already, by process {number}") from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
