"""Which cases an actor sees, and lists of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.domain.states import CHANNEL_WORDS, OPEN_STATUSES, STATUS_WORDS, CaseStatus, Channel, Urgency
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import SCOPES
from gezhi.contexts.cases.queries.class_names import class_name
from gezhi.contexts.cases.queries.failing import OF_A_STREET_BODY, RETURNED, REWORKED, failed, timed_out
from gezhi.contexts.cases.queries.searching import by_words, cases_that_may_hold, search_of
from gezhi.contexts.cases.rows import ROWS, CaseRow
from gezhi.contexts.organisations import queries as organisations
from gezhi.kernel.datum import Bounds
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.steps import Words, phrase, phrase_in
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.address_box import Box, few_in_box, in_box
from gezhi.platform.steps.addresses import (
    Area,
    Choices,
    Days,
    DaysIn,
    Flag,
    Instant,
    Mine,
    Now,
    Number,
    Text,
    Today,
    YesOrNo,
)
from gezhi.platform.steps.filtering import by_pattern, pattern_of
from gezhi.platform.steps.listing import ListTool, Page, Sort, by_column, by_days, filter_by

Found = QuerySet[Case, Any]
# Days are the city's own: the time zone of the settings, not UTC.
LOCAL_DAYS = {"reported_day": TruncDate("reported_at"), "closed_day": TruncDate("closed_at")}


def _in_area(found: Found, area: tuple[str, int]) -> Found:
    column = f"{area[0]}_id"
    if area[0] not in SCOPES.levels:
        raise InvalidInput("unknown_level", f"there is no level '{area[0]}'", field="area_level")
    return found.filter(**{column: area[1]})


def _handled_on_time(found: Found, wanted: bool) -> Found:
    met = Q(handled_at__lte=F("handle_due"))
    scored = found.filter(handled_at__isnull=False, handle_due__isnull=False, unscored="")
    return scored.filter(met if wanted else ~met)


def _closed_the_same_day(found: Found, wanted: bool) -> Found:
    closed = found.filter(closed_at__isnull=False)
    days = closed.alias(reported_day=LOCAL_DAYS["reported_day"], closed_day=LOCAL_DAYS["closed_day"])
    return days.filter(closed_day=F("reported_day"))


def _area_named(area: tuple[str, int]) -> areas.AreaRow | Words:
    return areas.area(area[1]) or phrase("an unknown area")


def _body_named(organisation_id: int) -> organisations.OrganisationRow | Words:
    return organisations.organisation(organisation_id) or phrase("an unknown body")


def _part_named(part: bool) -> Words:
    return phrase_in("filter", "Parts of bodies called in") if part else phrase_in("filter", "Without parts")


def _merged_named(merged: bool) -> Words:
    return phrase_in("filter", "Merged reports") if merged else phrase_in("filter", "Without merged reports")


def _on_time_named(met: bool) -> Words:
    return phrase_in("filter", "Handled on time") if met else phrase_in("filter", "Handled late")


# Of each instant: from, to, and in some days that are told from today.
_REPORTED, _CLOSED, _HANDLED = (
    phrase_in("filter", "Reported"),
    phrase_in("filter", "Closed"),
    phrase_in("filter", "Handled"),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Empty means everything that the actor sees. What asks of the office's own (``inner``) leaves out
    whatever the actor sees as its reporter alone: who is not told it may not find it out by asking."""

    statuses: tuple[CaseStatus, ...] = filter_by(
        lambda found, value: found.filter(status__in=[status.value for status in value]),
        (),
        address=Choices("status", CaseStatus),
        named=STATUS_WORDS.__getitem__,
    )
    open_only: bool = filter_by(
        lambda found, value: found.filter(status__in=[status.value for status in OPEN_STATUSES]),
        False,
        address=Flag("open_only"),
        says=phrase_in("filter", "Open"),
    )
    overdue_at: datetime | None = filter_by(
        by_column("due_at__lt"), slot=datetime, address=Now("overdue"), says=phrase_in("filter", "Overdue")
    )
    # Due before a moment: what must be done today and what is late already.
    due_by: datetime | None = filter_by(
        by_column("due_at__lt"),
        slot=datetime,
        address=Today("due_today"),
        says=phrase_in("filter", "Due today or overdue"),
    )
    class_prefix: str = filter_by(
        by_pattern(starting=("class_code",)),
        "",
        slot=str,
        taken=pattern_of,
        address=Text("class_prefix", 12, older="class"),
        named=class_name,
    )
    area: tuple[str, int] | None = filter_by(
        _in_area, slot=int, paired=True, address=Area(SCOPES.levels), named=_area_named
    )
    channels: tuple[Channel, ...] = filter_by(
        lambda found, value: found.filter(channel__in=[channel.value for channel in value]),
        (),
        address=Choices("channel", Channel),
        named=CHANNEL_WORDS.__getitem__,
    )
    urgent: bool = filter_by(
        lambda found, _: found.filter(urgency=Urgency.URGENT), False, address=Flag("urgent"), says=phrase("Urgent")
    )
    organisation_id: int | None = filter_by(
        by_column("organisation_id"), slot=int, address=Number("organisation_id"), named=_body_named
    )
    assignee_id: int | None = filter_by(
        by_column("assignee_id"), slot=int, address=Mine("mine"), says=phrase_in("filter", "Mine to handle"), inner=True
    )
    needs_attention: bool = filter_by(
        by_column("needs_attention"), False, address=Flag("needs_attention"), says=phrase("Needs attention"), inner=True
    )
    asked: bool = filter_by(
        lambda found, value: found.exclude(request=""),
        False,
        address=Flag("asked"),
        says=phrase("Awaits a decision"),
        inner=True,
    )
    text: str = filter_by(
        by_words,
        "",
        slot=str,
        taken=search_of,
        address=Text("q", 100),
        among=cases_that_may_hold,
    )
    reported_from: datetime | None = filter_by(
        by_column("reported_at__gte"), slot=datetime, address=Instant("reported_from"), says=_REPORTED
    )
    reported_to: datetime | None = filter_by(
        by_column("reported_at__lt"), slot=datetime, address=Instant("reported_to", ends=True), says=_REPORTED
    )
    reported_in: DaysIn | None = filter_by(by_days("reported_at"), address=Days("reported_in"), says=_REPORTED)
    closed_from: datetime | None = filter_by(
        by_column("closed_at__gte"), slot=datetime, address=Instant("closed_from"), says=_CLOSED
    )
    closed_to: datetime | None = filter_by(
        by_column("closed_at__lt"), slot=datetime, address=Instant("closed_to", ends=True), says=_CLOSED
    )
    closed_in: DaysIn | None = filter_by(by_days("closed_at"), address=Days("closed_in"), says=_CLOSED)
    handled_from: datetime | None = filter_by(
        by_column("handled_at__gte"), slot=datetime, address=Instant("handled_from"), says=_HANDLED, inner=True
    )
    handled_to: datetime | None = filter_by(
        by_column("handled_at__lt"), slot=datetime, address=Instant("handled_to", ends=True), says=_HANDLED, inner=True
    )
    handled_in: DaysIn | None = filter_by(by_days("handled_at"), address=Days("handled_in"), says=_HANDLED, inner=True)
    handled_by: int | None = filter_by(
        by_column("handled_by"),
        slot=int,
        address=Mine("handled_by_me"),
        says=phrase_in("filter", "Handled by me"),
        inner=True,
    )
    registered_by: int | None = filter_by(
        by_column("registered_by_id"),
        slot=int,
        address=Mine("taken_in_by_me"),
        says=phrase_in("filter", "Taken in by me"),
        inner=True,
    )
    # Given to a body, and nobody there has it yet.
    unassigned: bool = filter_by(
        by_column("assignee__isnull"),
        False,
        address=Flag("unassigned"),
        says=phrase_in("filter", "With nobody yet"),
        inner=True,
    )
    # True: handled by its deadline; False: after it. Cases without a deadline, and what is out of the score, are in neither.
    on_time: bool | None = filter_by(_handled_on_time, address=YesOrNo("on_time"), named=_on_time_named, inner=True)
    # Closed on the local day on which it was reported.
    same_day: bool = filter_by(
        _closed_the_same_day, False, address=Flag("same_day"), says=phrase_in("filter", "Closed the same day")
    )
    # Of no street: only the city or the district is known.
    no_street: bool = filter_by(by_column("street__isnull"), False, address=Flag("no_street"), says=phrase("No street"))
    # Sent back to the hub at some time; sent back to the handler; not handled in time; any of the three.
    returned: bool = filter_by(
        lambda found, _: found.filter(RETURNED),
        False,
        address=Flag("returned"),
        says=phrase_in("filter", "Returned"),
        inner=True,
    )
    reworked: bool = filter_by(
        lambda found, _: found.filter(REWORKED),
        False,
        address=Flag("reworked"),
        says=phrase_in("filter", "Done over"),
        inner=True,
    )
    timed_out_at: datetime | None = filter_by(
        lambda found, at: found.filter(timed_out(at)),
        slot=datetime,
        address=Now("timed_out"),
        says=phrase_in("filter", "Not handled in time"),
        inner=True,
    )
    failed_at: datetime | None = filter_by(
        lambda found, at: found.filter(failed(at)),
        slot=datetime,
        address=Now("failed"),
        says=phrase_in("filter", "Returned, done over or not handled in time"),
        inner=True,
    )
    # The duty table gave it to a body that sits at the street of the case.
    of_street_body: bool = filter_by(
        lambda found, _: found.filter(OF_A_STREET_BODY),
        False,
        address=Flag("of_street_body"),
        says=phrase_in("filter", "For a body of the street"),
        inner=True,
    )
    # True: parts that bodies called in handle; False: what somebody reported.
    part: bool | None = filter_by(
        lambda found, wanted: found.filter(parent__isnull=not wanted), address=YesOrNo("part"), named=_part_named
    )
    # True: reports that go with another of the same matter; False: those that stand by themselves.
    merged: bool | None = filter_by(
        lambda found, wanted: found.filter(merged_into__isnull=not wanted),
        address=YesOrNo("merged"),
        named=_merged_named,
    )
    # On this part of the map.
    box: Bounds | None = filter_by(
        in_box,
        address=Box("box"),
        among=few_in_box(Case._meta.db_table),
        named=lambda _box: phrase_in("filter", "In a part of the map"),
    )


SORTS = {"newest": Sort("-reported_at"), "due": Sort("due_at", known=True)}
CASES: ListTool[Filters, CaseRow] = ListTool(Case, SCOPES, Filters, SORTS, rows=ROWS)


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases that this actor may know of: the only door to every list and count of cases."""
    return CASES.visible_to(actor)


def seen_whole(actor: Actor) -> QuerySet[Case]:
    """The cases of which this actor sees all: the door to what is the office's own (who has them, whether they went well)."""
    return CASES.seen_whole(actor)


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
    """A page of the cases that the actor sees, newest first or most urgent first. One query, and some for a
    filter with an index of its own.

    Raises ``InvalidInput`` for an unknown sort, a foreign cursor or a page outside 1 to 200.
    """
    return CASES.page(actor, filters=filters, sort=sort, cursor=cursor, limit=limit)


def count_cases(actor: Actor, *, filters: Filters) -> int:
    """How many of these cases the actor sees. One query."""
    return CASES.count(actor, filters)


def count_cases_up_to(actor: Actor, *, filters: Filters, most: int) -> int:
    """How many of these cases the actor sees, ``most`` where there are more. One query, which stops counting there."""
    return CASES.count(actor, filters, most=most)


def all_cases(actor: Actor, *, filters: Filters, sort: str) -> Iterator[list[CaseRow]]:
    """All of these cases that the actor sees, some hundred at a time, in the order of the list."""
    return CASES.batches(actor, filters=filters, sort=sort)
