"""Is there room on the disk, and was a failure one of a full disk? Asked without writing anything."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
# The database file, its log or its shared memory could not grow.
_SQLITE_NO_ROOM = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN}
)
_POSTGRESQL_DISK_FULL = "53100"


def room_left(folder: Path) -> int:
    """Bytes that an ordinary account may still write on the disk of ``folder``. Raises ``OSError``."""
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def is_disk_full(error: BaseException | None) -> bool:
    """Whether this error, or one that it came from, says that a disk is full (ours or the database's)."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return True
        if getattr(error, "sqlite_errorcode", None) in _SQLITE_NO_ROOM:
            return True
        if getattr(error, "sqlstate", None) == _POSTGRESQL_DISK_FULL:
            return True
        error = error.__cause__ or error.__context__
    return False
