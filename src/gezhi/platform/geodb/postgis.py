"""Where PostGIS is there, a geometry column that the database keeps itself from the WKB column, with a GiST index.

QGIS and ``ST_AsMVT`` read it; the program does not need it. Elsewhere the operation does nothing.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.utils import DatabaseError, NotSupportedError


def has_postgis(schema_editor: BaseDatabaseSchemaEditor) -> bool:
    """Whether the extension is there or may be created by this database user."""
    connection: Any = schema_editor.connection
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
        if cursor.fetchone():
            return True
        cursor.execute("SAVEPOINT gezhi_postgis")
        try:
            cursor.execute("CREATE EXTENSION postgis")
        except (DatabaseError, NotSupportedError):
            # Not installed, or not ours to create: the program works without it.
            cursor.execute("ROLLBACK TO SAVEPOINT gezhi_postgis")
            return False
        cursor.execute("RELEASE SAVEPOINT gezhi_postgis")
        return True


def add_geometry_column(table: str, *, wkb: str = "geometry", column: str = "geom") -> migrations.RunPython:
    """A migration operation that adds the generated column and its index, and takes them away backwards."""

    def forwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if has_postgis(schema_editor):
            schema_editor.execute(
                f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS "{column}" geometry(Geometry, 4326)'
                f' GENERATED ALWAYS AS (ST_GeomFromWKB("{wkb}", 4326)) STORED'
            )
            schema_editor.execute(f'CREATE INDEX IF NOT EXISTS "{table}_{column}" ON "{table}" USING gist ("{column}")')

    def backwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'ALTER TABLE "{table}" DROP COLUMN IF EXISTS "{column}"')

    return migrations.RunPython(forwards, backwards)
