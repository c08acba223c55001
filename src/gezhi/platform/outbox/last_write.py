"""Hold every transaction to it: what is published is its last write.

From ``publish`` to the commit everybody else who publishes waits, on PostgreSQL for a lock. Whatever is written after it
makes them wait for that too, and a lock that is taken after it can close a circle. Where ``GEZHI_HOLD_TO_LAST_WRITE`` is
set (tests, debugging) such a write raises; elsewhere nothing is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.transaction import Atomic

# A lock on rows is as bad as a write.
_WRITES = re.compile(
    r"\s*(?:INSERT|UPDATE|DELETE|MERGE|WITH\b.*\b(?:INSERT|UPDATE|DELETE)\b)|.*\bFOR UPDATE\b", re.I | re.S
)
_OWN = re.compile(r'\s*(?:WITH turn AS .*)?INSERT INTO "?outbox_outboxevent"?', re.I | re.S)


class WriteAfterPublish(AssertionError):
    """A use case publishes too early."""


class _Watch:
    """Looks at each statement until the transaction in which something was published is over."""

    def __init__(self, block: Atomic) -> None:
        self._block = block

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not any(block is self._block for block in connection.atomic_blocks):
            connection.execute_wrappers.remove(self)
        elif _WRITES.match(sql) and not _OWN.match(sql):
            raise WriteAfterPublish(f"a transaction writes after it has published: {sql[:200]}")
        return execute(sql, params, many, context)


def hold_to_last_write() -> None:
    """From now to the end of this transaction only further events may be written, where the setting asks for it."""
    if not getattr(settings, "GEZHI_HOLD_TO_LAST_WRITE", False):
        return
    # A test's own transaction around everything is not the use case's.
    blocks = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    if blocks and not any(
        isinstance(watch, _Watch) and watch._block is blocks[0] for watch in connection.execute_wrappers
    ):
        connection.execute_wrappers.append(_Watch(blocks[0]))
