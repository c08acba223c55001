"""The shape of the database: what stands between the program and its tables is somebody's hand.

The program makes tables and indexes, and triggers that write an index and nothing else (``OWN_TRIGGERS``). Any other
trigger or a rule changes what is written, a view in the place of a table or a computed column shows what it likes when it
likes, a policy or an inheriting table takes rows away or adds some.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection

from gezhi.platform.audit.walk import Finding
from gezhi.platform.registry import Registry

# The program's own triggers on SQLite, name → whole text: they keep indexes of words. One that reads otherwise is none of them.
OWN_TRIGGERS: Registry[str] = Registry("triggers")

_TRIGGER = "the trigger '{name}' changes what is written there, and is not the program's"
_VIEW = "a view stands in the place of a table: what it shows is not what was written"
_OTHER_VIEW = "the view is not the program's"
_COMPUTED = "the column '{name}' is computed: what it shows was not written"

_SQLITE = (
    ("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1, 2", _TRIGGER),
    (
        "SELECT entry.name, info.name FROM sqlite_master entry JOIN pragma_table_xinfo(entry.name) info"
        " WHERE entry.type = 'table' AND info.hidden IN (2, 3) ORDER BY 1, 2",
        _COMPUTED,
    ),
)
_POSTGRESQL = (
    (
        "SELECT relation.relname, trigger.tgname FROM pg_trigger trigger"
        " JOIN pg_class relation ON relation.oid = trigger.tgrelid JOIN pg_namespace space ON space.oid = relation.relnamespace"
        " WHERE NOT trigger.tgisinternal AND space.nspname = current_schema() ORDER BY 1, 2",
        _TRIGGER,
    ),
    (
        # The rules of PostGIS's own views belong to it.
        "SELECT relation.relname, rule.rulename FROM pg_rewrite rule JOIN pg_class relation ON relation.oid = rule.ev_class"
        " JOIN pg_namespace space ON space.oid = relation.relnamespace"
        " WHERE space.nspname = current_schema() AND rule.rulename <> '_RETURN' AND relation.relkind IN ('r', 'p')"
        " ORDER BY 1, 2",
        "the rule '{name}' changes what is written there, and is not the program's",
    ),
    (
        "SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema() ORDER BY 1, 2",
        "the policy '{name}' hides rows from the program",
    ),
    (
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND is_generated = 'ALWAYS' ORDER BY 1, 2",
        _COMPUTED,
    ),
    (
        "SELECT parent.relname, child.relname FROM pg_inherits link JOIN pg_class parent ON parent.oid = link.inhparent"
        " JOIN pg_class child ON child.oid = link.inhrelid JOIN pg_namespace space ON space.oid = parent.relnamespace"
        " WHERE space.nspname = current_schema() AND parent.relkind = 'r' ORDER BY 1, 2",
        "the table '{name}' adds its rows to it",
    ),
)
_VIEWS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY 1",
    # What an extension made (PostGIS has views) belongs to it.
    "postgresql": (
        "SELECT relation.relname FROM pg_class relation JOIN pg_namespace space ON space.oid = relation.relnamespace"
        " WHERE space.nspname = current_schema() AND relation.relkind IN ('v', 'm', 'f') AND NOT EXISTS"
        " (SELECT 1 FROM pg_depend link WHERE link.objid = relation.oid AND link.deptype = 'e') ORDER BY 1"
    ),
}


def check_shape() -> Iterator[Finding]:
    """A finding for each thing in the program's schema that stands between it and its tables."""
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models}
    written = {(model._meta.db_table, field.column) for model in models for field in model._meta.concrete_fields}
    with connection.cursor() as cursor:
        cursor.execute(_VIEWS[connection.vendor])
        for (name,) in cursor.fetchall():
            yield Finding(name, "", 0, None, _VIEW if name in tables else _OTHER_VIEW)
        for question, words in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(question)
            for table, name, *text in cursor.fetchall():
                if text and OWN_TRIGGERS.get(name) == text[0]:
                    continue
                # A column that the program never reads may be computed: PostGIS keeps shapes so.
                if words is _COMPUTED and (table, name) not in written:
                    continue
                yield Finding(table, "", 0, None, words.format(name=name))
