"""Rows as plain values that are the same on both databases: what digests are made of.

Reads past Django's own converters, which cost more than the query where a million rows are walked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, models
from django.db.models import QuerySet

BATCH = 2_000
Convert = Callable[[Any], Any]
_decode = msgspec.json.Decoder().decode


def instant(value: datetime) -> str:
    """ISO 8601 in UTC with microseconds. SQLite's driver gives instants without a zone, in UTC."""
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


def plain(value: Any) -> Any:
    """One value as it goes into a digest: bytes as their SHA-256, instants, days and ids as texts."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    return value


def _from_json(value: Any) -> Any:
    if not isinstance(value, str | bytes):
        return value
    try:
        return _decode(value)
    except msgspec.DecodeError:
        # No JSON: it fits no digest, and that is how it is found.
        return value


def converter(field: models.Field[Any, Any]) -> Convert | None:
    """What makes the driver's value of a column plain; None where it is plain already."""
    if isinstance(field, models.JSONField):
        return _from_json
    if isinstance(field, models.DateTimeField):
        return instant
    if isinstance(field, models.DateField | models.TimeField | models.UUIDField | models.BinaryField):
        return plain
    return None


def plain_rows(queryset: QuerySet[Any, Any], names: Sequence[str], **special: Convert) -> Iterator[list[Any]]:
    """The rows of ``queryset`` as lists of plain values of its own model's columns, in the order of ``names``.

    ``special`` gives a column a converter of its own. Must be read inside a transaction on PostgreSQL.
    """
    meta = queryset.model._meta
    fields = [meta.pk if name == "pk" else meta.get_field(name) for name in names]
    converters = [
        (position, convert)
        for position, (name, field) in enumerate(zip(names, fields, strict=True))
        if (convert := special.get(name) or converter(field)) is not None
    ]
    statement, parameters = queryset.values_list(*names).query.get_compiler(connection=connection).as_sql()
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while found := cursor.fetchmany(BATCH):
            for raw in found:
                row = list(raw)
                for position, convert in converters:
                    if row[position] is not None:
                        row[position] = convert(row[position])
                yield row
