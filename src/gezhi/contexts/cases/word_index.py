"""What keeps SQLite's index of the words of cases up to date: triggers, since every way to write a case must pass them.

They write to the index alone. ``gezhi audit verify`` knows them by their whole text; whoever changes it makes them anew in a
migration.
"""

from __future__ import annotations

# Two ends of lines at the end: each run of two signs is then the beginning of a run of three.
_WORDS = "{row}.description || char(10) || {row}.address || char(10) || char(10)"
WORDS = _WORDS.format(row="cases_case")
_NEW, _OLD = _WORDS.format(row="new"), _WORDS.format(row="old")
# Columns of the row at hand, and nothing from outside.
_TAKEN_IN = f"INSERT INTO cases_text (rowid, words) VALUES (new.id, {_NEW});"  # noqa: S608
_TAKEN_OUT = f"INSERT INTO cases_text (cases_text, rowid, words) VALUES ('delete', old.id, {_OLD});"  # noqa: S608

TRIGGERS = {
    "cases_text_of_new": f"CREATE TRIGGER cases_text_of_new AFTER INSERT ON cases_case BEGIN {_TAKEN_IN} END",
    "cases_text_of_changed": (
        "CREATE TRIGGER cases_text_of_changed AFTER UPDATE OF description, address ON cases_case"
        f" WHEN {_OLD} IS NOT {_NEW} BEGIN {_TAKEN_OUT} {_TAKEN_IN} END"
    ),
    "cases_text_of_gone": f"CREATE TRIGGER cases_text_of_gone AFTER DELETE ON cases_case BEGIN {_TAKEN_OUT} END",
}
