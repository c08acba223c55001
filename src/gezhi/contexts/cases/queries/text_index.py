"""Which cases may hold a text, from the index of their words.

Both databases find any run of at least two signs, as Chinese words are. SQLite: a full-text table of runs of three, whose
dictionary answers for two. PostgreSQL: an inverted index of runs of two. They tell too many (capitals, runs that are not side
by side) and never too few; ``lists`` looks at the words themselves. The databases keep them up to date (``word_index``).
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from gezhi.contexts.cases.models import Case

# A key of the dictionary ends after every word that begins with it.
_LAST_SIGN = "\U0010ffff"
_NUMBER_LENGTH = 24


def cases_with_text(text: str, most: int) -> Collection[int] | None:
    """Keys of the cases that may hold ``text`` in their words, or begin with it in their number; None: more than ``most``, or
    a text that no index knows."""
    if len(text) < 2 or "\0" in text:
        return None
    found = _on_sqlite(text, most) if connection.vendor == "sqlite" else _on_postgresql(text, most)
    if found is None:
        return None
    ids = {*found, *_numbered(text, most)}
    return None if len(ids) > most else ids


def _ids(statement: str, values: list[str | int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def _on_sqlite(text: str, most: int) -> list[int] | None:
    if len(text) == 2:
        if any(not sign.isascii() and sign.lower() != sign.upper() for sign in text):
            # The dictionary folds capitals in a way of its own.
            return None
        first = text.lower()
        return _ids(
            "SELECT DISTINCT doc FROM cases_text_terms WHERE term >= %s AND term < %s LIMIT %s",
            [first, first + _LAST_SIGN, most + 1],
        )
    runs = dict.fromkeys(text[place : place + 3].replace('"', '""') for place in range(len(text) - 2))
    wanted = " AND ".join(f'"{run}"' for run in runs)
    return _ids("SELECT rowid FROM cases_text WHERE cases_text MATCH %s LIMIT %s", [wanted, most + 1])


def _on_postgresql(text: str, most: int) -> list[int]:
    return _ids(
        "SELECT id FROM cases_case WHERE gezhi_runs(description || chr(10) || address) @> gezhi_runs(%s) LIMIT %s",
        [text, most + 1],
    )


def _numbered(text: str, most: int) -> list[int]:
    """Keys of the cases whose number begins with the text; numbers are digits."""
    if not (text.isascii() and text.isdigit()) or len(text) > _NUMBER_LENGTH:
        return []
    found = Case.objects.filter(number__gte=text, number__lte=text.ljust(_NUMBER_LENGTH, "9"))
    return list(found.values_list("pk", flat=True)[: most + 1])
