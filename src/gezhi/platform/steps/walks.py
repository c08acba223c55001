"""Walks of a list in its order: the keys of its first rows, by queries that are made once for each form of question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from gezhi.platform.prepared import Prepared, Slot
from gezhi.platform.steps.scopes import Scope

if TYPE_CHECKING:
    from gezhi.platform.steps.listing import ListTool

# Where a page starts: the sort column's value and the id of the last row before it.
Start = tuple[datetime, int]
_OWN_SLOTS: dict[str, Slot] = {
    "after_moment": datetime,
    "after_id": int,
    "scope": int,
    "scope_organisation": int,
}
# Before and after every instant of a row.
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sort:
    """An order by a column of instants (``-`` before it: latest first), then by id. ``known``: rows without the instant are
    left out."""

    order: str
    known: bool = False

    @property
    def column(self) -> str:
        """The column."""
        return self.order.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the latest comes first."""
        return self.order.startswith("-")


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a question is no filter: the names of the values that it takes, the scope's column, the order, the length,
    how many rows come before it, and of how many it is asked (0: of all)."""

    names: frozenset[str]
    column: str | None
    sort: str
    count: int
    skip: int = 0
    window: int = 0


def beginning(found: QuerySet[Any, Any], order: Sort, moment: Any, key: Any) -> QuerySet[Any, Any]:
    """What comes after a row in an order."""
    way = "lt" if order.descending else "gt"
    # `column <= moment` lets the index find the start; the second part settles ties.
    return found.filter(**{f"{order.column}__{way}e": moment}).filter(
        Q(**{f"{order.column}__{way}": moment}) | Q(**{f"id__{way}": key})
    )


def _within(found: QuerySet[Any, Any], order: Sort, every: QuerySet[Any, Any], window: int) -> QuerySet[Any, Any]:
    """What stands in the first ``window`` rows of ``every`` in an order, and at the instant of the row after them."""
    end = Subquery(every.order_by(*_ordered(order)).values(order.column)[window : window + 1])
    nowhere = Value(_FIRST if order.descending else _LAST)
    return found.filter(**{f"{order.column}__{'gte' if order.descending else 'lte'}": Coalesce(end, nowhere)})


def _ordered(order: Sort) -> tuple[str, str]:
    return order.order, "-id" if order.descending else "id"


@lru_cache(maxsize=512)
def keys_query(tool: ListTool[Any, Any], form: Any, shape: Shape) -> Prepared:
    """The query for the keys of a walk (sort value and id), for one form of question."""

    def build(**marks: Any) -> QuerySet[Any, Any]:
        order = tool.sorts[shape.sort]
        given = {
            name: (getattr(form, name)[0], marks[name]) if by.paired else marks[name]
            for name, (by, _) in tool.by.items()
            if name in marks
        }
        found: QuerySet[Any, Any] = tool.model._default_manager.values_list(order.column, "id")
        if shape.column is not None:
            found = found.filter(Scope(shape.column, marks["scope"], marks.get("scope_organisation")).condition())
        if order.known:
            found = found.filter(**{f"{order.column}__isnull": False})
        if "after_id" in marks:
            found = beginning(found, order, marks["after_moment"], marks["after_id"])
        every = found
        found = tool.narrowed(found, replace(form, **given), taken=True)
        if shape.window:
            found = _within(found, order, every, shape.window)
        return found.order_by(*_ordered(order))[shape.skip : shape.skip + shape.count]

    slots = _OWN_SLOTS | {name: by.slot for name, (by, _) in tool.by.items() if by.slot is not None}
    return Prepared(build, **{name: slots[name] for name in sorted(shape.names)})
