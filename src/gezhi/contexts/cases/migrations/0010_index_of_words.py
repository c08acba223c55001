"""An index of the words of cases, so that a rare one is found without reading them all. See ``queries.text_index``."""

from contextlib import nullcontext

from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from gezhi.contexts.cases.word_index import TRIGGERS, WORDS

SQLITE = (
    "CREATE VIRTUAL TABLE cases_text USING fts5(words, content='', detail='none', tokenize='trigram')",
    "CREATE VIRTUAL TABLE cases_text_terms USING fts5vocab('cases_text', 'instance')",
    f"INSERT INTO cases_text (rowid, words) SELECT id, {WORDS} FROM cases_case",
    *TRIGGERS.values(),
)
SQLITE_BACK = (
    *(f"DROP TRIGGER {name}" for name in TRIGGERS),
    "DROP TABLE cases_text_terms",
    "DROP TABLE cases_text",
)
# Dear, so that the planner never reckons with running it over all rows.
POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION gezhi_runs(words text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    DECLARE
        signs text[] := string_to_array(upper(words), NULL);
    BEGIN
        RETURN ARRAY(SELECT sign || next FROM unnest(signs, signs[2:]) AS runs(sign, next) WHERE next IS NOT NULL);
    END
    $$
    """,
    # One that was broken off is there and of no use.
    "DROP INDEX IF EXISTS cases_words",
    "CREATE INDEX CONCURRENTLY cases_words ON cases_case USING gin (gezhi_runs(description || chr(10) || address))",
)
POSTGRESQL_BACK = ("DROP INDEX cases_words", "DROP FUNCTION gezhi_runs(text)")


def _run(schema_editor: BaseDatabaseSchemaEditor, statements: dict[str, tuple[str, ...]]) -> None:
    vendor = schema_editor.connection.vendor
    whole = transaction.atomic(schema_editor.connection.alias) if vendor == "sqlite" else nullcontext()
    with whole:
        for statement in statements[vendor]:
            schema_editor.execute(statement)


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index of what is there, and what keeps it up to date."""
    _run(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away again."""
    _run(schema_editor, {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK})


class Migration(migrations.Migration):
    # PostgreSQL makes the index beside its writers, which it does in no transaction.
    atomic = False

    dependencies = [("cases", "0009_indexes_of_the_few")]

    operations = [migrations.RunPython(make, drop)]
