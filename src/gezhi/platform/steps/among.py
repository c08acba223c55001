"""Some ids as a condition of a query: one parameter, however many they are."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, Value


class _Among(Func):
    """Whether the key is one of some ids."""

    output_field = BooleanField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(
            compiler, connection, template="%(expressions)s))", arg_joiner=" IN (SELECT value FROM json_each(", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(
            compiler, connection, template="%(expressions)s::bigint[])", arg_joiner=" = ANY(", **extra
        )


def only_among(found: QuerySet[Any, Any], ids: Collection[int]) -> QuerySet[Any, Any]:
    """Those of a query that have one of these ids."""
    given = list(ids) if connection.vendor == "postgresql" else json.dumps(list(ids))
    return found.filter(_Among(F("pk"), Value(given)))
