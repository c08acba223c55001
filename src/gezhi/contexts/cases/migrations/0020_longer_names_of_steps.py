"""Longer names of steps; and the triggers of the index of words, which SQLite lost where 0016 to 0018 made the table of cases anew."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from gezhi.contexts.cases.word_index import TRIGGERS, WORDS


def make_triggers_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers that are missing, and the index of the words as they are now."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
    missing = [text for name, text in TRIGGERS.items() if name not in there]
    if not missing:
        return
    schema_editor.execute("INSERT INTO cases_text (cases_text) VALUES ('delete-all')")
    schema_editor.execute(f"INSERT INTO cases_text (rowid, words) SELECT id, {WORDS} FROM cases_case")
    for text in missing:
        schema_editor.execute(text)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0019_powers_have_moved"),
    ]

    operations = [
        migrations.AlterField(
            model_name="casestep",
            name="action",
            field=models.CharField(max_length=24, verbose_name="操作"),
        ),
        migrations.RunPython(make_triggers_again, migrations.RunPython.noop),
    ]
