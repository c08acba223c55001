"""Serials of a day from a sequence, so that reporters do not wait for each other. See ``numbering``."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the sequence; SQLite has one writer and none."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE SEQUENCE cases_serial")


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE cases_serial")


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_index_of_words")]

    operations = [
        migrations.AddField(
            model_name="dailyserial",
            name="base",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="起始序列值"),
        ),
        migrations.RunPython(make, drop),
    ]
