"""Which cases an actor sees, and lists of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate

from gezhi.contexts.cases.domain.states import OPEN_STATUSES, CaseStatus
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import SCOPES
from gezhi.contexts.cases.rows import ROWS, CaseRow
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.listing import ListTool, Page, Sort, filter_by

Found = QuerySet[Case, Any]
# Days are the city's own: the time zone of the settings, not UTC.
LOCAL_DAYS = {"reported_day": TruncDate("reported_at"), "closed_day": TruncDate("closed_at")}


def _by(**condition: str) -> Any:
    """Narrow by one column: ``_by(organisation_id="")`` or, with a look-up, ``_by(reported_at="gte")``."""
    ((column, lookup),) = condition.items()
    name = f"{column}__{lookup}" if lookup else column
    return lambda found, value: found.filter(**{name: value})


def _in_area(found: Found, area: tuple[str, int]) -> Found:
    column = f"{area[0]}_id"
    if area[0] not in SCOPES.levels:
        raise InvalidInput("unknown_level", f"there is no level '{area[0]}'", field="area_level")
    return found.filter(**{column: area[1]})


def _with_text(found: Found, text: str) -> Found:
    return found.filter(Q(number__startswith=text) | Q(description__icontains=text) | Q(address__icontains=text))


def _handled_on_time(found: Found, wanted: bool) -> Found:
    met = Q(handled_at__lte=F("handle_due"))
    return found.filter(handled_at__isnull=False, handle_due__isnull=False).filter(met if wanted else ~met)


def _closed_the_same_day(found: Found, wanted: bool) -> Found:
    closed = found.filter(closed_at__isnull=False)
    days = closed.alias(reported_day=LOCAL_DAYS["reported_day"], closed_day=LOCAL_DAYS["closed_day"])
    return days.filter(closed_day=F("reported_day"))


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Empty means everything that the actor sees."""

    statuses: tuple[CaseStatus, ...] = filter_by(
        lambda found, value: found.filter(status__in=[status.value for status in value]), ()
    )
    open_only: bool = filter_by(
        lambda found, value: found.filter(status__in=[status.value for status in OPEN_STATUSES]), False
    )
    overdue_at: datetime | None = filter_by(_by(due_at="lt"), slot=datetime)
    class_prefix: str = filter_by(_by(class_code="startswith"), "", free=True)
    area: tuple[str, int] | None = filter_by(_in_area, slot=int, paired=True)
    organisation_id: int | None = filter_by(_by(organisation_id=""), slot=int)
    assignee_id: int | None = filter_by(_by(assignee_id=""), slot=int)
    needs_attention: bool = filter_by(_by(needs_attention=""), False)
    text: str = filter_by(_with_text, "", free=True)
    reported_from: datetime | None = filter_by(_by(reported_at="gte"), slot=datetime)
    reported_to: datetime | None = filter_by(_by(reported_at="lt"), slot=datetime)
    closed_from: datetime | None = filter_by(_by(closed_at="gte"), slot=datetime)
    closed_to: datetime | None = filter_by(_by(closed_at="lt"), slot=datetime)
    handled_from: datetime | None = filter_by(_by(handled_at="gte"), slot=datetime)
    handled_to: datetime | None = filter_by(_by(handled_at="lt"), slot=datetime)
    handled_by: int | None = filter_by(_by(handled_by=""), slot=int)
    # Took the report in.
    registered_by: int | None = filter_by(_by(registered_by_id=""), slot=int)
    # Given to a body, and nobody there has it yet.
    unassigned: bool = filter_by(_by(assignee="isnull"), False)
    # True: handled by its deadline; False: after it. Cases without a deadline are in neither.
    on_time: bool | None = filter_by(_handled_on_time)
    # Closed on the local day on which it was reported.
    same_day: bool = filter_by(_closed_the_same_day, False)


SORTS = {"newest": Sort("-reported_at"), "due": Sort("due_at", known=True)}
CASES: ListTool[Filters, CaseRow] = ListTool(Case, SCOPES, Filters, SORTS, rows=ROWS.with_ids)


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases that this actor may know of: the only door to every list and count of cases."""
    return CASES.visible_to(actor)


def filtered(cases: Found, filters: Filters) -> Found:
    """Narrow a query. Raises ``InvalidInput`` for an unknown level of area."""
    return CASES.narrowed(cases, filters)


def list_cases(
    actor: Actor,
    *,
    filters: Filters | None = None,
    sort: str = "newest",
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[CaseRow]:
    """A page of the cases that the actor sees, newest first or most urgent first. One query a scope and one more.

    Raises ``InvalidInput`` for an unknown sort, a foreign cursor or a page outside 1 to 200.
    """
    return CASES.page(actor, filters=filters, sort=sort, cursor=cursor, limit=limit)
