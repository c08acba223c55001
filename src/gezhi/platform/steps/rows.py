"""The list rows of a model: one shape, one projection, one query, the same in lists, live events and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from django.db import connection
from django.db.models import Model, QuerySet

from gezhi.platform.prepared import (
    MOST_TOGETHER,
    Prepared,
    PreparedByKeys,
    Question,
    beyond_columns,
    fetched,
    rows_of_all,
    union_of,
)

R = TypeVar("R", bound=Mapping[str, object])


@dataclass(frozen=True, eq=False)
class Rows(Generic[R]):
    """The rows of ``model`` in the ``shape`` of a ``TypedDict``. A name of the shape is a column of the model, or one of
    ``joined``: name → expression (``street_name`` → ``F("street__name")``). Every shape has an ``id``."""

    model: type[Model]
    shape: type[R]
    joined: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The columns of the model that a row shows as they are."""
        return tuple(name for name in self.shape.__annotations__ if name not in self.joined)

    @cached_property
    def _base(self) -> QuerySet[Any, R]:
        # Resolving the columns costs more than the query: it is done once.
        return cast("QuerySet[Any, R]", self.model._default_manager.values(*self.plain, **self.joined))

    @cached_property
    def _of_keys(self) -> PreparedByKeys:
        return PreparedByKeys(lambda keys: self.all().filter(pk__in=keys))

    @cached_property
    def _every(self) -> Prepared:
        return Prepared(lambda: self.all().order_by())

    def all(self) -> QuerySet[Any, R]:
        """All rows, to be narrowed."""
        return self._base.all()

    def one(self, key: int) -> R:
        """The row of one object, as the database joins it. Raises the model's ``DoesNotExist``."""
        found = self._of_keys.dicts([key])
        if not found:
            raise self.model.DoesNotExist(f"no {self.model.__name__} has the key {key}")  # type: ignore[attr-defined]
        return cast("R", found[0])

    def first_of(self, walks: Sequence[Question], *, column: str, descending: bool, count: int) -> list[R]:
        """The rows of the first ``count`` keys of some walks, in the order of ``column``, then of the id, which each walk selects.
        One query, as long as one statement takes all."""
        if not walks:
            return []
        if len(walks) > MOST_TOGETHER or any(beyond_columns(values) for _, values in walks):
            keys = sorted(set(rows_of_all(walks)), reverse=descending)
            return self.with_ids([key for _, key in keys[:count]])
        return self.first_of_statement(*union_of(walks), column=column, descending=descending, count=count)

    def first_of_statement(
        self, union: str, parameters: Sequence[Any], *, column: str, descending: bool, count: int
    ) -> list[R]:
        """The same of a statement that selects the ``column`` and ``id`` of the walked. One query."""
        way = "DESC" if descending else "ASC"
        table = connection.ops.quote_name(self.model._meta.db_table)
        first = (
            f"SELECT id FROM (SELECT DISTINCT {column}, id FROM ({union}) AS walked) AS keys"  # noqa: S608
            f" ORDER BY {column} {way}, id {way} LIMIT {int(count)}"
        )
        plan = self._every.planned()
        found = fetched(f"{plan.statement} WHERE {table}.id IN ({first})", [*plan.parameters({}), *parameters])
        rows = [cast("R", dict(zip(plan.names, row, strict=True))) for row in plan.converted(found)]
        return sorted(rows, key=lambda row: (row[column], row["id"]), reverse=descending)

    def with_ids(self, ids: list[int]) -> list[R]:
        """The rows of these objects, in the order of ``ids``; at most a page of them. One query."""
        by_id = {row["id"]: cast("R", row) for row in self._of_keys.dicts(ids)}
        return [by_id[key] for key in ids if key in by_id]

    def of(self, obj: Model, **joined: object) -> R:
        """The row of an object at hand, given the values of what is joined. No query."""
        if joined.keys() != self.joined.keys():
            raise TypeError(f"a row of {self.model.__name__} is given {sorted(self.joined)}, not {sorted(joined)}")
        return cast("R", {name: getattr(obj, name) for name in self.plain} | joined)
