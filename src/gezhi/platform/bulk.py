"""Insert many rows fast. ``bulk_create`` spends most of its time on making SQL for each value; here it is made once.

For imports and other writes of thousands of rows in one transaction; everything else uses the ordinary ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import connection, models

# Fields whose Python value is not what the driver takes.
_CONVERTED = (
    models.DateField,
    models.TimeField,
    models.DecimalField,
    models.UUIDField,
    models.JSONField,
    models.BinaryField,
)


def _converter(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """What the driver takes for a value of this field. Instants are aware by our own rule: no need to ask each one."""
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    return lambda value: field.get_db_prep_save(value, connection)


def insert_rows(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows given as column attribute (``district_id``) → value; what is missing takes the field's default.

    The key is left to the database. Values are not validated beyond the database's own constraints. Raises
    ``IntegrityError`` as an ordinary insert does, and ``KeyError`` for a name that is no column.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = {field.attname for field in fields}
    defaults = {field.attname: field.get_default() for field in fields}
    converted = [
        (position, _converter(field)) for position, field in enumerate(fields) if isinstance(field, _CONVERTED)
    ]
    values = []
    for row in rows:
        if not row.keys() <= names:
            raise KeyError(f"{model._meta.label} has no column {', '.join(sorted(row.keys() - names))}")
        full = list((defaults | row).values())
        for position, convert in converted:
            if full[position] is not None:
                full[position] = convert(full[position])
        values.append(full)
    if not values:
        return
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})", values)  # noqa: S608 - names of our own model
