"""Queries that Django turns into SQL once, to be run many times with other values.

On a hot path most of a small query's time goes into making its SQL and converting its rows, not into the database. A
``Prepared`` query is written as an ordinary queryset over placeholders; its SQL, the places of the values and the
converters of the columns are kept. Everything else uses ordinary querysets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models import QuerySet

from gezhi.kernel.batches import in_batches

# Values that no row holds: a placeholder is told from a constant of the query by being one of them.
_FIRST_NUMBER = -8_420_600_000_000
_FIRST_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
# More keys than a page has are seldom asked for, and in ever other numbers: nothing is kept for them.
_MOST_KEYS = 256
# SQLite takes 500 terms of a compound select; whoever holds many grants asks more.
MOST_TOGETHER = 200

_PLAIN = (models.IntegerField, models.CharField, models.TextField)
M = TypeVar("M", bound=models.Model)
T = TypeVar("T")
Slot = type[int] | type[str] | type[datetime]
Rows = list[tuple[Any, ...]]


def _placeholder(position: int, kind: Slot) -> Any:
    if kind is int:
        return _FIRST_NUMBER - position
    if kind is datetime:
        return _FIRST_MOMENT + timedelta(seconds=position)
    return f"\ue000slot {position}\ue000"


def _adapted(value: Any) -> Any:
    """What the driver takes for an instant; any other value as it is."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _instant(kept: datetime | str) -> datetime:
    """SQLite keeps instants as texts without a zone, in UTC; the driver reads those of a plain column by itself."""
    return (datetime.fromisoformat(kept) if isinstance(kept, str) else kept).replace(tzinfo=UTC)


def beyond_columns(values: dict[str, Any]) -> bool:
    """Whether a number fits no column: what such a comparison means is for the ordinary queryset to say."""
    return any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in values.values())


class _Plan:
    """A compiled query on one kind of database."""

    def __init__(self, query: QuerySet[Any, Any], slots: dict[str, Slot], marks: dict[str, Any]) -> None:
        compiler = query.query.get_compiler(connection=connection)
        self.statement, parameters = compiler.as_sql()
        chosen = query.query
        self.names = tuple(chosen.selected or (*chosen.extra_select, *chosen.values_select, *chosen.annotation_select))
        known = {_adapted(mark): name for name, mark in marks.items()}
        # A constant of the query, or the name of the value that stands in its place.
        self._parameters = tuple((known.get(parameter), parameter) for parameter in parameters)
        unused = slots.keys() - {name for name, _ in self._parameters}
        if unused:
            raise ValueError(f"the query has no place for {', '.join(sorted(unused))}")
        self._converters = tuple(self._converting(compiler))
        selected = [one[0].output_field for one in compiler.select[: compiler.col_count]]
        # Whether a text of JSON tells each of its values as the database does.
        self.plain = all(isinstance(getattr(field, "target_field", field), _PLAIN) for field in selected)

    @staticmethod
    def _converting(compiler: Any) -> Iterator[tuple[int, Callable[[Any], Any]]]:
        fields = [selected[0] for selected in compiler.select[: compiler.col_count]]
        for position, (converters, expression) in compiler.get_converters(fields).items():
            if isinstance(expression, models.Count):
                # What it would make 0 is never nothing: a count is a number.
                continue
            if connection.vendor == "sqlite" and type(expression.output_field) is models.DateTimeField:
                yield position, _instant
            else:
                yield position, _chain(converters, expression)

    def parameters(self, values: dict[str, Any]) -> list[Any]:
        return [constant if name is None else _adapted(values[name]) for name, constant in self._parameters]

    def run(self, values: dict[str, Any]) -> Rows:
        return self.converted(fetched(self.statement, self.parameters(values)))

    def converted(self, found: Rows) -> Rows:
        if not self._converters:
            return found
        rows: Rows = []
        for raw in found:
            row = list(raw)
            for position, convert in self._converters:
                if row[position] is not None:
                    row[position] = convert(row[position])
            rows.append(tuple(row))
        return rows


def fetched(statement: str, parameters: Sequence[Any]) -> Rows:
    """The rows of a statement as the driver gives them."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: Rows = cursor.fetchall()
    return found


def _ordinary(query: QuerySet[Any, Any]) -> Rows:
    """The rows of a queryset of values as tuples."""
    return [tuple(row.values()) if isinstance(row, dict) else tuple(row) for row in query]


def _chain(converters: Any, expression: Any) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        for converter in converters:
            value = converter(value, expression, connection)
        return value

    return convert


class Prepared:
    """A query with named places for values.

    ``build`` gets a placeholder for each of ``slots`` (``int``, ``str`` or ``datetime``) by name and returns a queryset
    ending in ``values`` or ``values_list``. A placeholder must reach the SQL as one parameter, unchanged: no LIKE, no
    arithmetic, no branch on its value, no column of 32 bits. Each place takes a value of its type, never None.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **slots: Slot) -> None:
        self._build = build
        self._slots = slots
        # A vendor has its own SQL; one process may know two (the suite does).
        self._plan = lru_cache(maxsize=4)(self._compile)

    def _compile(self, vendor: str) -> _Plan:
        marks = {name: _placeholder(position, kind) for position, (name, kind) in enumerate(self._slots.items())}
        return _Plan(self._build(**marks), self._slots, marks)

    def rows(self, **values: Any) -> Rows:
        """The rows as tuples. Raises ``KeyError`` where a value is missing."""
        if beyond_columns(values):
            return _ordinary(self._build(**values))
        return self._plan(connection.vendor).run(values)

    def dicts(self, **values: Any) -> list[Mapping[str, Any]]:
        """The rows as dictionaries by the names that the queryset selects."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows(**values)]

    def planned(self) -> _Plan:
        """How it is run on this database."""
        return self._plan(connection.vendor)

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns of a row are called."""
        return self._plan(connection.vendor).names


Question = tuple[Prepared, dict[str, Any]]


def rows_of_each(questions: Sequence[Question]) -> list[Rows]:
    """The rows of several prepared queries, each with its values, in no order and in one round trip for each ``MOST_TOGETHER``.
    All select columns of the same types. Raises ``KeyError`` where a value is missing."""
    if len(questions) < 2 or any(beyond_columns(values) for _, values in questions):
        return [query.rows(**values) for query, values in questions]
    found = _in_slices(questions, union_of)
    return [query.planned().converted(rows) for (query, _), rows in zip(questions, found, strict=True)]


def _in_slices(
    questions: Sequence[Question], as_one: Callable[[Sequence[Question]], tuple[str, list[Any]]]
) -> list[Rows]:
    """The rows of each, as ``as_one`` makes one statement of ``MOST_TOGETHER`` at most: its first column says of which a row is."""
    found: list[Rows] = []
    for some in in_batches(questions, MOST_TOGETHER):
        own: list[Rows] = [[] for _ in some]
        for part, *row in fetched(*as_one(some)):
            own[part].append(tuple(row))
        found += own
    return found


def rows_of_all(questions: Sequence[Question]) -> Rows:
    """The same, all in one list."""
    return list(chain.from_iterable(rows_of_each(questions)))


def union_of(questions: Sequence[Question]) -> tuple[str, list[Any]]:
    """One statement for the rows of all, ``MOST_TOGETHER`` at most, and its parameters; the first column, ``part``, says of which
    query a row is."""
    # In parentheses of its own each may have an order and a length.
    parts = (
        f"SELECT {part} AS part, q{part}.* FROM ({query.planned().statement}) AS q{part}"  # noqa: S608
        for part, (query, _) in enumerate(questions)
    )
    parameters = [one for query, values in questions for one in query.planned().parameters(values)]
    return " UNION ALL ".join(parts), parameters


@dataclass(frozen=True, slots=True)
class Inquiry(Generic[T]):
    """What somebody wants to know: prepared queries with their values, and what the rows of each say. The queries select whole
    numbers and texts alone, so that unlike inquiries can be made in one statement."""

    questions: Sequence[Question]
    answer: Callable[[list[Rows]], T]

    def alone(self) -> T:
        """The answer, in one round trip for each ``MOST_TOGETHER`` questions."""
        return self.answer(_unlike(self.questions))


def answers(*inquiries: Inquiry[Any]) -> list[Any]:
    """The answers to all, in their order; of one moment and in one round trip as long as they are ``MOST_TOGETHER`` questions."""
    rows = iter(_unlike([question for inquiry in inquiries for question in inquiry.questions]))
    return [inquiry.answer([next(rows) for _ in inquiry.questions]) for inquiry in inquiries]


def _unlike(questions: Sequence[Question]) -> list[Rows]:
    """The rows of each, in no order; each row goes over the line as one text, so that they need not be alike."""
    if len(questions) < 2 or any(beyond_columns(values) for _, values in questions):
        return [query.rows(**values) for query, values in questions]
    return [[tuple(json.loads(text)) for (text,) in rows] for rows in _in_slices(questions, _as_texts)]


def _as_texts(questions: Sequence[Question]) -> tuple[str, list[Any]]:
    as_text = "json_array({})" if connection.vendor == "sqlite" else "json_build_array({})::text"
    parts, parameters = [], list[Any]()
    for part, (query, values) in enumerate(questions):
        plan = query.planned()
        if not plan.plain:
            raise TypeError(f"only whole numbers and texts can be asked for together, not {plan.names}")
        columns = ", ".join(f"q{part}.{connection.ops.quote_name(name)}" for name in plan.names)
        parts.append(f"SELECT {part} AS part, {as_text.format(columns)} FROM ({plan.statement}) AS q{part}")  # noqa: S608
        parameters += plan.parameters(values)
    return " UNION ALL ".join(parts), parameters


class PreparedByKeys:
    """A query for the rows of some keys, kept for each number of keys.

    ``build`` gets a list of placeholders for the keys, and those of ``slots`` by name, as ``Prepared`` has it.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **slots: Slot) -> None:
        self._build = build
        self._slots = slots
        self._of = lru_cache(maxsize=_MOST_KEYS)(self._prepared)

    def _prepared(self, count: int) -> Prepared:
        names = [f"key_{position}" for position in range(count)]

        def build(**marks: Any) -> QuerySet[Any, Any]:
            return self._build([marks.pop(name) for name in names], **marks)

        return Prepared(build, **dict.fromkeys(names, int), **self._slots)

    def rows(self, keys: Iterable[int], **values: Any) -> Rows:
        """The rows as tuples, each key asked for once; without keys no query. Raises ``KeyError`` where a value is missing."""
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return []
        if len(wanted) > _MOST_KEYS:
            return _ordinary(self._build(wanted, **values))
        marked = {f"key_{position}": key for position, key in enumerate(wanted)}
        return self._of(len(wanted)).rows(**marked, **values)

    def dicts(self, keys: Iterable[int], **values: Any) -> list[Mapping[str, Any]]:
        """The rows as dictionaries by the names that the queryset selects."""
        found = self.rows(keys, **values)
        if not found:
            return []
        names = self._of(1).names
        return [dict(zip(names, row, strict=True)) for row in found]


class PreparedObjects(Generic[M]):
    """A prepared query whose rows are objects of a model, as an ordinary query gives them.

    ``build`` narrows a queryset of the model, with placeholders for ``slots`` by name.
    """

    def __init__(self, model: type[M], build: Callable[..., QuerySet[Any, Any]], **slots: Slot) -> None:
        self._model = model
        self._names = [field.attname for field in model._meta.concrete_fields]

        def values(**marks: Any) -> QuerySet[Any, Any]:
            return build(model._default_manager.all(), **marks).values_list(*self._names)

        self._query = Prepared(values, **slots)

    def all(self, **values: Any) -> list[M]:
        """The objects. Raises ``KeyError`` where a value is missing."""
        return [self._model.from_db(connection.alias, self._names, row) for row in self._query.rows(**values)]
