"""Build a starting point once through the real use cases, and lay the same rows down again for each further test."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

Made = TypeVar("Made")
# Filled by the migrations themselves.
_STANDING = {"contenttypes", "auth"}


@dataclass(frozen=True)
class _Snapshot:
    made: Any
    # Model → column names, rows as the driver takes them.
    tables: tuple[tuple[type[models.Model], list[str], list[tuple[Any, ...]]], ...]


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label not in _STANDING and model._meta.managed]


def _value(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _read() -> list[tuple[type[models.Model], list[str], list[tuple[Any, ...]]]]:
    tables = []
    for model in _models():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            names = [column[0] for column in cursor.description]
            generated = {field.column for field in model._meta.concrete_fields if field.generated}
            known = {field.column for field in model._meta.concrete_fields} - generated
            kept = [position for position, name in enumerate(names) if name in known]
            rows = [tuple(_value(row[position]) for position in kept) for row in cursor.fetchall()]
        if rows:
            tables.append((model, [names[position] for position in kept], rows))
    return tables


def _lay_down(snapshot: _Snapshot) -> None:
    quote = connection.ops.quote_name
    # Foreign keys are checked at the end of the transaction on both databases.
    with transaction.atomic(), connection.cursor() as cursor:
        for model, names, rows in snapshot.tables:
            columns, marks = ", ".join(map(quote, names)), ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})", rows)
        for statement in connection.ops.sequence_reset_sql(no_style(), [model for model, _, _ in snapshot.tables]):
            cursor.execute(statement)


def once(*, empty: Callable[[], bool]) -> Callable[[Callable[[], Made]], Callable[[], Made]]:
    """Build in the first test of a process; later tests get copies of what was made, and its rows.

    Only where ``empty`` says that the database holds nothing yet; otherwise it is built the long way.
    """

    def decorate(build: Callable[[], Made]) -> Callable[[], Made]:
        kept: dict[str, _Snapshot] = {}

        @wraps(build)
        def make() -> Made:
            if not empty():
                return build()
            snapshot = kept.get(connection.vendor)
            if snapshot is None:
                made = build()
                kept[connection.vendor] = _Snapshot(copy.deepcopy(made), tuple(_read()))
                return made
            _lay_down(snapshot)
            result: Made = copy.deepcopy(snapshot.made)
            return result

        return make

    return decorate
