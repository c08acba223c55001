"""PostgreSQL's second index of a unique text serves ``LIKE``, by which nobody asks for a number or a digest: 120 bytes a case."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

INDEXES = {
    "cases_case_follow_digest_ab15e4ac_like": "follow_digest",
    "cases_case_number_980c9551_like": "number",
}


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away; SQLite has none."""
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make them again."""
    if schema_editor.connection.vendor == "postgresql":
        for name, column in INDEXES.items():
            schema_editor.execute(f"CREATE INDEX {name} ON cases_case ({column} varchar_pattern_ops)")


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_numbers_without_waiting")]

    operations = [migrations.RunPython(drop, make)]
