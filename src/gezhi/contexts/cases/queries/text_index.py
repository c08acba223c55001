"""Which cases may hold a text, from the index of their words.

Both databases find any run of at least two signs, as Chinese words are. SQLite: a full-text table of runs of three, whose
dictionary answers for two. PostgreSQL: an inverted index of runs of two. They tell too many (capitals, runs that are not side
by side) and never too few; ``lists`` looks at the words themselves. The databases keep them up to date (``word_index``).
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from gezhi.contexts.cases.models import Case
from gezhi.platform.steps.among import Part, part_of

# A key of the dictionary ends after every word that begins with it.
_LAST_SIGN = "\U0010ffff"
_NUMBER_LENGTH = 24


def cases_with_text(text: str, most: int) -> list[Part]:
    """What selects the keys of the cases that may hold ``text`` in their words, or begin with it in their number, each part
    ``most`` at most; nothing for a text that no index knows."""
    if len(text) < 2 or "\0" in text:
        return []
    found = _on_sqlite(text, most) if connection.vendor == "sqlite" else _on_postgresql(text, most)
    return [] if found is None else [found, *_numbered(text, most)]


def _on_sqlite(text: str, most: int) -> Part | None:
    if len(text) == 2:
        if any(not sign.isascii() and sign.lower() != sign.upper() for sign in text):
            # The dictionary folds capitals in a way of its own.
            return None
        first = text.lower()
        statement = "SELECT DISTINCT doc FROM cases_text_terms WHERE term >= %s AND term < %s LIMIT %s"
        return statement, [first, first + _LAST_SIGN, most]
    runs = dict.fromkeys(text[place : place + 3].replace('"', '""') for place in range(len(text) - 2))
    wanted = " AND ".join(f'"{run}"' for run in runs)
    return "SELECT rowid FROM cases_text WHERE cases_text MATCH %s LIMIT %s", [wanted, most]


def _on_postgresql(text: str, most: int) -> Part:
    values: list[Any] = [text, most]
    return (
        "SELECT id FROM cases_case WHERE gezhi_runs(description || chr(10) || address) @> gezhi_runs(%s) LIMIT %s",
        values,
    )


def _numbered(text: str, most: int) -> list[Part]:
    """The cases whose number begins with the text; numbers are digits."""
    if not (text.isascii() and text.isdigit()) or len(text) > _NUMBER_LENGTH:
        return []
    return [part_of(Case.objects.filter(number__gte=text, number__lte=text.ljust(_NUMBER_LENGTH, "9")), most)]
