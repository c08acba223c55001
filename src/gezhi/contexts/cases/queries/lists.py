"""Which cases an actor sees, and lists of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate

from gezhi.contexts.cases import rows
from gezhi.contexts.cases.domain.states import OPEN_STATUSES, CaseStatus
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import SCOPES
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.paging import decode_cursor, encode_cursor, moment_and_key, page_size
from gezhi.platform.access.actor import Actor
from gezhi.platform.prepared import Prepared, Slot
from gezhi.platform.steps.scopes import Scope

Row = dict[str, Any]
# Where a page starts: the sort column's value and the id of the last row before it.
_Start = tuple[datetime, int]
# Days are the city's own: the time zone of the settings, not UTC.
LOCAL_DAYS = {"reported_day": TruncDate("reported_at"), "closed_day": TruncDate("closed_at")}
_LEVEL_COLUMNS = frozenset({"city_id", "district_id", "street_id", "community_id", "grid_id"})


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases that this actor may know of: the only door to every list and count of cases."""
    condition = SCOPES.condition(actor)
    return Case.objects.none() if condition is None else Case.objects.filter(condition)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Empty means everything that the actor sees."""

    statuses: tuple[CaseStatus, ...] = ()
    open_only: bool = False
    overdue_at: datetime | None = None
    class_prefix: str = ""
    area: tuple[str, int] | None = None
    organisation_id: int | None = None
    assignee_id: int | None = None
    needs_attention: bool = False
    text: str = ""
    reported_from: datetime | None = None
    reported_to: datetime | None = None
    closed_from: datetime | None = None
    closed_to: datetime | None = None
    handled_from: datetime | None = None
    handled_to: datetime | None = None
    handled_by: int | None = None
    # Took the report in.
    registered_by: int | None = None
    # Given to a body, and nobody there has it yet.
    unassigned: bool = False
    # True: handled by its deadline; False: after it. Cases without a deadline are in neither.
    on_time: bool | None = None
    # Closed on the local day on which it was reported.
    same_day: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows and the cursor of the next; None at the end."""

    rows: list[Row]
    next_cursor: str | None


# What varies from question to question of one form: the values of a prepared query.
_SLOTS: dict[str, Slot] = {
    "overdue_at": datetime,
    "organisation_id": int,
    "assignee_id": int,
    "reported_from": datetime,
    "reported_to": datetime,
    "closed_from": datetime,
    "closed_to": datetime,
    "handled_from": datetime,
    "handled_to": datetime,
    "handled_by": int,
    "registered_by": int,
}
_OWN_SLOTS: dict[str, Slot] = {
    "area_id": int,
    "after_moment": datetime,
    "after_id": int,
    "scope": int,
    "scope_organisation": int,
}

SORTS: dict[str, tuple[str, str]] = {"newest": ("-reported_at", "-id"), "due": ("due_at", "id")}


def filtered(cases: QuerySet[Case, Any], filters: Filters) -> QuerySet[Case, Any]:
    """Narrow a query. Raises ``InvalidInput`` for an unknown level of area."""
    if filters.statuses:
        cases = cases.filter(status__in=[status.value for status in filters.statuses])
    if filters.open_only:
        cases = cases.filter(status__in=[status.value for status in OPEN_STATUSES])
    if filters.overdue_at is not None:
        cases = cases.filter(due_at__lt=filters.overdue_at)
    if filters.class_prefix:
        cases = cases.filter(class_code__startswith=filters.class_prefix)
    if filters.area is not None:
        column = f"{filters.area[0]}_id"
        if column not in _LEVEL_COLUMNS:
            raise InvalidInput("unknown_level", f"there is no level '{filters.area[0]}'", field="area_level")
        cases = cases.filter(**{column: filters.area[1]})
    if filters.organisation_id is not None:
        cases = cases.filter(organisation_id=filters.organisation_id)
    if filters.assignee_id is not None:
        cases = cases.filter(assignee_id=filters.assignee_id)
    if filters.needs_attention:
        cases = cases.filter(needs_attention=True)
    if filters.text:
        cases = cases.filter(
            Q(number__startswith=filters.text)
            | Q(description__icontains=filters.text)
            | Q(address__icontains=filters.text)
        )
    spans = {
        "reported_at__gte": filters.reported_from,
        "reported_at__lt": filters.reported_to,
        "closed_at__gte": filters.closed_from,
        "closed_at__lt": filters.closed_to,
        "handled_at__gte": filters.handled_from,
        "handled_at__lt": filters.handled_to,
    }
    cases = _as_handled(cases, filters)
    return cases.filter(**{name: moment for name, moment in spans.items() if moment is not None})


def _as_handled(cases: QuerySet[Case, Any], filters: Filters) -> QuerySet[Case, Any]:
    """The filters about who took a case in, who handles it, and how that went."""
    if filters.handled_by is not None:
        cases = cases.filter(handled_by=filters.handled_by)
    if filters.registered_by is not None:
        cases = cases.filter(registered_by_id=filters.registered_by)
    if filters.unassigned:
        cases = cases.filter(assignee__isnull=True)
    if filters.on_time is not None:
        met = Q(handled_at__lte=F("handle_due"))
        cases = cases.filter(handled_at__isnull=False, handle_due__isnull=False).filter(
            met if filters.on_time else ~met
        )
    if filters.same_day:
        cases = cases.filter(closed_at__isnull=False).alias(**LOCAL_DAYS).filter(closed_day=F("reported_day"))
    return cases


def list_cases(
    actor: Actor,
    *,
    filters: Filters | None = None,
    sort: str = "newest",
    cursor: str | None = None,
    limit: int | None = None,
) -> Page:
    """A page of the cases that the actor sees, newest first or most urgent first. One query a scope and one more.

    Raises ``InvalidInput`` for an unknown sort, a foreign cursor or a page outside 1 to 200.
    """
    if sort not in SORTS:
        raise InvalidInput("unknown_sort", f"sort by {' or '.join(SORTS)}, not '{sort}'", field="sort")
    size = page_size(limit)
    after = None if cursor is None else _start(sort, cursor)
    found = _first_rows(actor, filters or Filters(), sort=sort, after=after, count=size + 1)
    if len(found) <= size:
        return Page(found, None)
    last = found[size - 1]
    column = SORTS[sort][0].lstrip("-")
    return Page(found[:size], encode_cursor([sort, last[column].isoformat(), last["id"]]))


def _narrowed(
    cases: QuerySet[Case, Any], filters: Filters, *, sort: str, after: _Start | None, count: int
) -> QuerySet[Case, Any]:
    if sort == "due":
        cases = cases.filter(due_at__isnull=False)
    cases = filtered(cases, filters)
    if after is not None:
        column, way = SORTS[sort][0].lstrip("-"), "lt" if SORTS[sort][0].startswith("-") else "gt"
        moment, key = after
        # `column <= moment` lets the index find the start; the second part settles ties.
        cases = cases.filter(**{f"{column}__{way}e": moment}).filter(
            Q(**{f"{column}__{way}": moment}) | Q(**{f"id__{way}": key})
        )
    return cases.order_by(*SORTS[sort])[:count]


def _first_rows(actor: Actor, filters: Filters, *, sort: str, after: _Start | None, count: int) -> list[Row]:
    """The first ``count`` rows over all scopes of the actor.

    One condition with OR would make the database sort everything that the actor sees. Each scope alone walks its own
    index and stops after ``count`` keys; the first rows of the union are among them.
    """
    keys: set[_Start] = set()
    for scope in [None] if actor.is_system else SCOPES.of(actor):
        keys.update(_first_keys(scope, filters, sort=sort, after=after, count=count))
    first = sorted(keys, reverse=SORTS[sort][0].startswith("-"))[:count]
    return rows.with_ids([key for _, key in first])


def _first_keys(
    scope: Scope | None, filters: Filters, *, sort: str, after: _Start | None, count: int
) -> Iterable[_Start]:
    """Sort value and id of the first ``count`` cases of one scope (None: of all), by a query prepared for its form."""
    values: dict[str, Any] = {name: value for name in _SLOTS if (value := getattr(filters, name)) is not None}
    form = replace(filters, **dict.fromkeys(values))
    if filters.area is not None:
        values["area_id"] = filters.area[1]
        form = replace(form, area=(filters.area[0], 0))
    if after is not None:
        values["after_moment"], values["after_id"] = after
    if scope is not None:
        values["scope"] = scope.value
        if scope.organisation_id is not None:
            values["scope_organisation"] = scope.organisation_id
    column = None if scope is None else scope.column
    # A text may hold anything, and each would be a form of its own.
    make = _keys_query.__wrapped__ if filters.text or filters.class_prefix else _keys_query
    return make(form, frozenset(values), column, sort, count).rows(**values)


@lru_cache(maxsize=512)
def _keys_query(form: Filters, names: frozenset[str], column: str | None, sort: str, count: int) -> Prepared:
    """The query behind ``_first_keys`` for one form of question: ``names`` are the values that it takes."""

    def build(**marks: Any) -> QuerySet[Case, Any]:
        filters = replace(form, **{name: marks[name] for name in _SLOTS if name in marks})
        if form.area is not None:
            filters = replace(filters, area=(form.area[0], marks["area_id"]))
        cases = Case.objects.values_list(SORTS[sort][0].lstrip("-"), "id")
        if column is not None:
            cases = cases.filter(Scope(column, marks["scope"], marks.get("scope_organisation")).condition())
        after = (marks["after_moment"], marks["after_id"]) if "after_id" in marks else None
        return _narrowed(cases, filters, sort=sort, after=after, count=count)

    return Prepared(build, **{name: (_SLOTS | _OWN_SLOTS)[name] for name in sorted(names)})


def _start(sort: str, cursor: str) -> _Start:
    made_for, moment_text, last_id = decode_cursor(cursor, length=3)
    moment, key = moment_and_key(moment_text, last_id)
    if made_for != sort:
        raise InvalidInput("bad_cursor", "this cursor belongs to another order", field="cursor")
    return moment, key
