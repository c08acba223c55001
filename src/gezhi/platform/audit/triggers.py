"""Triggers in the database: the program makes none, so each is somebody's hand in what the program writes."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from gezhi.platform.audit.walk import Finding

_SQLITE = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' ORDER BY tbl_name, name"
_POSTGRESQL = (
    "SELECT relation.relname, trigger.tgname FROM pg_trigger trigger JOIN pg_class relation ON relation.oid = trigger.tgrelid"
    " JOIN pg_namespace space ON space.oid = relation.relnamespace"
    " WHERE NOT trigger.tgisinternal AND space.nspname = current_schema() ORDER BY relation.relname, trigger.tgname"
)


def check_triggers() -> Iterator[Finding]:
    """A finding for each trigger on a table of the program's schema."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL if connection.vendor == "postgresql" else _SQLITE)
        found = cursor.fetchall()
    for table, name in found:
        yield Finding(
            table, "", 0, None, f"the trigger '{name}' changes what is written there, and is not the program's"
        )
