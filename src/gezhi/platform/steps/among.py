"""Some ids as a condition of a query, one parameter, however many they are; and the few ids that indexes know."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, Value

from gezhi.platform.prepared import fetched

# A statement that selects ids by an index, and its parameters.
Part = tuple[str, list[Any]]
# Ids outside of which no row passes: those of all its parts.
Way = Sequence[Part]


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


def part_of(found: QuerySet[Any, Any], most: int) -> Part:
    """The ids of a query, ``most`` at most."""
    statement, parameters = found.order_by().values_list("pk")[:most].query.get_compiler(connection=connection).as_sql()
    return statement, list(parameters)


def fewest(ways: Sequence[Way], most: int) -> Collection[int] | None:
    """The ids of the way that has the fewest, ``most`` at most; None where each has more, or there is no way. A part
    selects no more than ``most + 1``. One query for all."""
    if not ways:
        return None
    parts = [(number, part) for number, way in enumerate(ways) for part in way]
    union = " UNION ALL ".join(
        f"SELECT {number} AS way, part{place}.* FROM ({statement}) AS part{place}"  # noqa: S608
        for place, (number, (statement, _)) in enumerate(parts)
    )
    found: list[set[int]] = [set() for _ in ways]
    for number, key in fetched(union, [value for _, (_, values) in parts for value in values]):
        found[number].add(key)
    return min((ids for ids in found if len(ids) <= most), key=len, default=None)
