"""Was a failure of the database one of somebody else writing into it for longer than anybody waits?"""

from __future__ import annotations

import sqlite3

_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
# The last eight bits are the error, the rest says more of it.
_ERROR = 0xFF
_POSTGRESQL_LOCK_NOT_AVAILABLE = "55P03"


def is_busy(error: BaseException | None) -> bool:
    """Whether this error, or one that it came from, says that another holds the database's lock: the same may go well later."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and code & _ERROR in _SQLITE_BUSY:
            return True
        if getattr(error, "sqlstate", None) == _POSTGRESQL_LOCK_NOT_AVAILABLE:
            return True
        error = error.__cause__ or error.__context__
    return False
