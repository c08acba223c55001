"""Searching cases by words, in any order: each word stands in what was reported, in its address, in the name of its class or of
one of its areas, or is the beginning or the end of its number.

The words become one parameter (JSON), whatever their number, so that all searches share one prepared query.
"""

from __future__ import annotations

import json
from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.number_end import LENGTH, NumberEnd
from gezhi.contexts.cases.queries.text_index import cases_with_text
from gezhi.platform.steps.among import Way, part_of
from gezhi.platform.steps.filtering import pattern_of

# More words than that narrow nothing any more.
_MOST_WORDS = 8
# Fewer digits are the end of too many numbers; the index holds so many.
_END = LENGTH
_AREAS = ("grid_id", "community_id", "street_id", "district_id")
_COLUMNS = ("description", "address", "number", "class_code", *_AREAS)
_ON_SQLITE = """NOT EXISTS (SELECT 1 FROM json_each(%s) AS word WHERE NOT (
 {description} LIKE json_extract(word.value, '$.holds') ESCAPE '\\'
 OR {address} LIKE json_extract(word.value, '$.holds') ESCAPE '\\'
 OR {number} LIKE json_extract(word.value, '$.starts') OR {number} LIKE json_extract(word.value, '$.ends')
 OR {class_code} IN (SELECT value FROM json_each(word.value, '$.classes'))
 OR EXISTS (SELECT 1 FROM json_each(word.value, '$.areas') AS area
            WHERE area.value IN ({grid_id}, {community_id}, {street_id}, {district_id}))))"""
_ON_POSTGRESQL = """NOT EXISTS (SELECT 1 FROM jsonb_array_elements(%s::jsonb) AS word(value) WHERE NOT (
 UPPER({description}::text) LIKE UPPER(word.value->>'holds')
 OR UPPER({address}::text) LIKE UPPER(word.value->>'holds')
 OR {number} LIKE (word.value->>'starts') OR {number} LIKE (word.value->>'ends')
 OR jsonb_exists(word.value->'classes', {class_code})
 OR EXISTS (SELECT 1 FROM jsonb_array_elements_text(word.value->'areas') AS area(id)
            WHERE area.id::bigint IN ({grid_id}, {community_id}, {street_id}, {district_id}))))"""


class _HoldsEach(Func):
    """Whether a case holds each of the words."""

    output_field = BooleanField()
    arity = len(_COLUMNS) + 1

    def __init__(self, words: Any) -> None:
        super().__init__(*map(F, _COLUMNS), Value(words))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self._written(compiler, _ON_SQLITE)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self._written(compiler, _ON_POSTGRESQL)

    def _written(self, compiler: Any, form: str) -> Any:
        *columns, words = (compiler.compile(each) for each in self.get_source_expressions())
        named = {name: column for name, (column, _none) in zip(_COLUMNS, columns, strict=True)}
        return form.format(**named), words[1]


def words_of(text: str) -> list[str]:
    """The words of a search, each once."""
    return list(dict.fromkeys(text.split()))[:_MOST_WORDS]


def too_short(text: str) -> str:
    """The first word of a search that is digits, but too few to be searched for as the end of a number; empty: there is none."""
    return next((word for word in words_of(text) if _is_number(word) and len(word) < _END), "")


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit()


def search_of(text: str) -> str:
    """What the query takes for a search: for each word how it may stand in a case, as JSON."""
    return json.dumps([_ways(word) for word in words_of(text)], ensure_ascii=False)


def _ways(word: str) -> dict[str, Any]:
    number = _is_number(word)
    return {
        "holds": pattern_of(word),
        "starts": f"{word}%" if number else "",
        "ends": f"%{word}" if number and len(word) >= _END else "",
        "classes": _classes(word),
        "areas": areas.areas_called(word),
    }


def _classes(word: str) -> list[str]:
    """The classes in whose name a word stands."""
    wanted = word.lower()
    if len(word) < 2:
        return []
    return [
        entry.code
        for entry in catalogue().classes.values()
        if wanted in entry.name.lower() or wanted in entry.name_en.lower()
    ]


def by_words(found: QuerySet[Any, Any], words: Any) -> QuerySet[Any, Any]:
    """Narrow cases to those that hold each word; ``words`` is what ``search_of`` makes."""
    return found.filter(_HoldsEach(words))


def cases_that_may_hold(text: str, most: int) -> list[Way]:
    """Ways to the keys of cases outside of which none holds every word: one for each word that an index knows, at most ``most`` of
    each of its parts."""
    return [way for word in words_of(text) if (way := _of_word(word, most))]


def _of_word(word: str, most: int) -> Way:
    found = cases_with_text(word, most)
    if not found:
        return []
    numbered = Case.objects.alias(number_end=NumberEnd("number"))
    return [*found, *(part_of(numbered.filter(narrowed), most) for narrowed in _elsewhere(word))]


def _elsewhere(word: str) -> list[Q]:
    """Where else than in its own words a case may hold a word: each by an index."""
    conditions = []
    if _is_number(word) and len(word) >= _END:
        conditions.append(Q(number_end=word[-_END:]) & Q(number__endswith=word))
    if classes := _classes(word):
        conditions.append(Q(class_code__in=classes))
    if called := areas.areas_called(word):
        conditions += [Q(**{f"{column}__in": called}) for column in _AREAS]
    return conditions
