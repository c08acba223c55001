"""The list rows of a model: one projection, one query, the same in lists, live events and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Model, QuerySet

from gezhi.platform.prepared import Prepared


@dataclass(frozen=True, eq=False)
class Rows:
    """``plain`` are columns of the model, ``joined`` names for expressions (``street__name``). Every row has its ``id``."""

    model: type[Model]
    plain: Sequence[str]
    joined: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def _base(self) -> QuerySet[Any, dict[str, Any]]:
        # Resolving the columns costs more than the query: it is done once.
        return self.model._default_manager.values(*self.plain, **self.joined)

    def all(self) -> QuerySet[Any, dict[str, Any]]:
        """All rows, to be narrowed."""
        return self._base.all()

    def one(self, key: int) -> dict[str, Any]:
        """The row of one object, as the database joins it."""
        return self.all().get(pk=key)

    def with_ids(self, ids: list[int]) -> list[dict[str, Any]]:
        """The rows of these objects, in the order of ``ids``; at most a page of them. One query."""
        if not ids:
            return []
        found = _of_many(self, len(ids)).dicts(**{f"id_{position}": key for position, key in enumerate(ids)})
        by_id = {row["id"]: row for row in found}
        return [by_id[key] for key in ids if key in by_id]

    def plain_of(self, obj: Model) -> dict[str, Any]:
        """The plain columns of an object at hand. No query."""
        return {name: getattr(obj, name) for name in self.plain}


@lru_cache(maxsize=512)
def _of_many(rows: Rows, count: int) -> Prepared:
    names = [f"id_{position}" for position in range(count)]
    return Prepared(lambda **ids: rows.all().filter(pk__in=[ids[name] for name in names]), **dict.fromkeys(names, int))
