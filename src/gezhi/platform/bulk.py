"""Insert many rows fast. ``bulk_create`` spends most of its time on making SQL for each value; here it is made once.

For imports and other writes of thousands of rows in one transaction; everything else uses the ordinary ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as of_each
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

import msgspec
from django.db import connection, models

# Fields whose Python value is not what the driver takes.
_CONVERTED = (
    models.DateField,
    models.TimeField,
    models.DecimalField,
    models.UUIDField,
    models.JSONField,
)


def _in_utc(moment: datetime) -> str:
    """An instant as Django keeps it on SQLite."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _converter(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """What the driver takes for a value of this field. Instants are aware by our own rule: no need to ask each one."""
    if isinstance(field, models.DateTimeField):
        return _in_utc if connection.vendor == "sqlite" else connection.ops.adapt_datetimefield_value
    if isinstance(field, models.JSONField) and field.encoder is None:
        # PostgreSQL takes the text as jsonb where a column is written.
        return lambda value: msgspec.json.encode(value).decode()
    return lambda value: field.get_db_prep_save(value, connection)


@dataclass(frozen=True)
class _Plan:
    """How rows of a model are inserted: the statement, the columns' defaults, and what has to be converted."""

    table: str
    columns: tuple[str, ...]
    key: str
    defaults: dict[str, Any]
    converters: tuple[tuple[int, Callable[[Any], Any]], ...]
    _of: dict[tuple[int, ...], str] = of_each(default_factory=dict)

    @cached_property
    def statement(self) -> str:
        """The insert of all columns."""
        return self._statement(self.columns)

    @cached_property
    def copy(self) -> str:
        """What begins a copy of all columns."""
        return f"COPY {self.table} ({', '.join(self.columns)}) FROM STDIN"

    def given(self, values: list[Any]) -> tuple[str, list[Any]]:
        """The insert of those columns that hold something, and their values: a row of many empty columns costs less so."""
        there = tuple(position for position, value in enumerate(values) if value is not None)
        kept = self._of.get(there)
        if kept is None:
            kept = self._of[there] = self._statement([self.columns[position] for position in there])
        return kept, [values[position] for position in there]

    def _statement(self, columns: Sequence[str]) -> str:
        marks = ", ".join(["%s"] * len(columns))
        # The names are our own model's.
        return f"INSERT INTO {self.table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608

    def values(self, row: Mapping[str, Any], label: str) -> list[Any]:
        if not row.keys() <= self.defaults.keys():
            raise KeyError(f"{label} has no column {', '.join(sorted(row.keys() - self.defaults.keys()))}")
        full = [
            row[name] if name in row else default() if callable(default) else default
            for name, default in self.defaults.items()
        ]
        for position, convert in self.converters:
            if full[position] is not None:
                full[position] = convert(full[position])
        return full


@lru_cache(maxsize=64)
def _plan(model: type[models.Model], vendor: str) -> _Plan:
    """The plan of a model on a kind of database (``vendor`` is only there to be part of the cache's key)."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    quote = connection.ops.quote_name
    key = model._meta.pk
    return _Plan(
        table=quote(model._meta.db_table),
        # What is concrete has a column.
        columns=tuple(quote(str(field.column)) for field in fields),
        key=quote(str(key.column)),
        defaults={
            # A fresh list or dict for each row; everything else once.
            field.attname: field.default if field.has_default() and callable(field.default) else field.get_default()
            for field in fields
        },
        converters=tuple(
            (position, _converter(field)) for position, field in enumerate(fields) if isinstance(field, _CONVERTED)
        ),
    )


def insert_rows(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows given as column attribute (``district_id``) → value; what is missing takes the field's default.

    An automatic key is left to the database. Values are not validated beyond the database's own constraints. Raises
    ``IntegrityError`` as an ordinary insert does, and ``KeyError`` for a name that is no column.
    """
    plan = _plan(model, connection.vendor)
    values = (plan.values(row, model._meta.label) for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(plan.statement, list(values))
            return
        with connection.wrap_database_errors, cursor.copy(plan.copy) as copy:
            for row in values:
                copy.write_row(row)


def keys_of(
    model: type[models.Model], column: str, values: Sequence[str], fixed: Mapping[str, str] | None = None
) -> dict[str, int]:
    """The keys of those rows whose ``column`` holds one of the values, by value; of rows that hold ``fixed`` besides.

    The values go as one list that is joined: as a thousand parameters of one IN, PostgreSQL keeps the plan it made while the table
    was nearly empty, and compares each row with each of them.
    """
    quote, meta = connection.ops.quote_name, model._meta
    columns = {field.name: quote(str(field.column)) for field in meta.concrete_fields}
    names = [columns[name] for name in (column, *(fixed or {}))]
    key, table = quote(str(meta.pk.column)), quote(meta.db_table)
    sent: str | list[str]
    if connection.vendor == "postgresql":
        listed, sent = "unnest(%s::text[]) AS wanted (value)", list(values)
    else:
        listed, sent = "json_each(%s) AS wanted", msgspec.json.encode(list(values)).decode()
    same = " AND ".join([f"held.{names[0]} = wanted.value", *(f"held.{name} = %s" for name in names[1:])])
    # SQLite walks a cross join from the left: the list, and never the table. The names are our own model's.
    statement = f"SELECT held.{names[0]}, held.{key} FROM {listed} CROSS JOIN {table} AS held WHERE {same}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [sent, *(fixed or {}).values()])
        return dict(cursor.fetchall())


def count_rows() -> None:
    """Let the database count anew how its tables are filled, by which it chooses among indexes: after many rows, and each
    night on SQLite, which does not do so by itself. Reads every index whole, since a guess from some entries of each misleads
    SQLite; its writers wait meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def insert_row(model: type[models.Model], row: Mapping[str, Any]) -> Any:
    """Insert one row on a hot path and return its key. See ``insert_rows``."""
    plan = _plan(model, connection.vendor)
    statement, values = plan.given(plan.values(row, model._meta.label))
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} RETURNING {plan.key}", values)
        return cursor.fetchone()[0]


def insert_row_and(model: type[models.Model], row: Mapping[str, Any], statement: str, values: list[Any]) -> None:
    """Insert one row and run another statement that changes another table, by one way to the database where it takes both."""
    plan = _plan(model, connection.vendor)
    row_values = plan.values(row, model._meta.label)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"WITH written AS ({plan.statement}) {statement}", [*row_values, *values])
            return
        cursor.execute(plan.statement, row_values)
        cursor.execute(statement, values)


def insert_row_once(model: type[models.Model], row: Mapping[str, Any]) -> bool:
    """Insert one row unless a unique constraint forbids it; says whether it was inserted.

    Waits for a transaction that is inserting the same row. Unlike a failed insert it leaves the transaction usable.
    """
    plan = _plan(model, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"{plan.statement} ON CONFLICT DO NOTHING", plan.values(row, model._meta.label))
        inserted: int = cursor.rowcount
        return inserted == 1


def insert_instance(instance: models.Model) -> None:
    """``insert_row`` of an instance that has no key yet; it has one afterwards. Nothing of ``save`` is run."""
    fields = instance._meta.concrete_fields
    row = {field.attname: getattr(instance, field.attname) for field in fields if not field.primary_key}
    instance.pk = insert_row(type(instance), row)
