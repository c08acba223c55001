"""Read one state of the database for as long as it takes, while others write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, cast

from django.db import connection, transaction


class _OfSqlite(Protocol):
    """What a connection to SQLite has beside what every connection has."""

    transaction_mode: str | None


@contextmanager
def one_state() -> Iterator[None]:
    """Everything read in the block is of one moment. Takes no lock that a writer waits for; nothing may be written.

    SQLite: a deferred transaction, which in WAL mode reads its snapshot. PostgreSQL: repeatable read, read only. Inside
    a transaction that is open already, that one's view holds.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        connection.ensure_connection()
        sqlite = cast(_OfSqlite, connection)
        usual = sqlite.transaction_mode
        sqlite.transaction_mode = "DEFERRED"
        try:
            with transaction.atomic():
                sqlite.transaction_mode = usual
                yield
        finally:
            sqlite.transaction_mode = usual
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
