"""Open cases in somebody's hands, and to whom each of them can go over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import Count

from gezhi.contexts.areas.queries import areas_by_id
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import may_be_given
from gezhi.contexts.cases.queries.lists import visible_to
from gezhi.contexts.cases.rows import ROWS, CaseRow
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Words, phrase
from gezhi.platform.access.actor import Actor, actor_of
from gezhi.platform.access.queries import serving
from gezhi.platform.steps.policy import decide_step
from gezhi.platform.steps.relations import covers

# In these somebody has the case and is to do something about it.
IN_HAND = (CaseStatus.DISPATCHED, CaseStatus.HANDLING, CaseStatus.SUSPENDED)
MOST = 200
_PAUSED = phrase("It is suspended: resume it first.")
_NOT_YOURS = phrase("Dispatching it is not yours to do.")
_NOT_THEIRS = phrase("It lies outside what this colleague serves.")


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with cases in hand. ``open_account``: whether the person can still work on them."""

    user_id: int
    name: str
    open_account: bool
    count: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """What of somebody's cases can go over to a colleague, and why the others cannot. ``more``: there are further ones."""

    going: list[CaseRow]
    staying: list[tuple[CaseRow, Words]]
    more: bool


def open_cases_with(user_ids: Iterable[int]) -> dict[int, int]:
    """How many cases accounts have in hand, by account. One query. Who may ask is for the caller to say."""
    held = Case.objects.filter(assignee_id__in=set(user_ids), status__in=[one.value for one in IN_HAND])
    return dict(held.order_by().values_list("assignee_id").annotate(Count("pk")))


def open_cases_of_bodies(organisation_ids: Iterable[int]) -> dict[int, int]:
    """How many open cases bodies have, by body. One query. Who may ask is for the caller to say."""
    held = Case.objects.filter(organisation_id__in=set(organisation_ids), status__in=[one.value for one in IN_HAND])
    return dict(held.order_by().values_list("organisation_id").annotate(Count("pk")))


def holders(actor: Actor) -> list[Holder]:
    """Who has cases in hand that the actor sees: first those whose account has ended, then by how many. Two queries."""
    seen = visible_to(actor).filter(assignee__isnull=False, status__in=[one.value for one in IN_HAND])
    counts = dict(seen.order_by().values_list("assignee_id").annotate(Count("pk")))
    people = get_user_model().objects.filter(pk__in=counts)
    found = [Holder(one.pk, str(one), one.is_active, counts[one.pk]) for one in people]
    return sorted(found, key=lambda one: (one.open_account, -one.count, one.user_id))[:MOST]


def hand_over_of(actor: Actor, *, from_id: int, to_id: int, now: datetime) -> HandOver:
    """What would go over from one account to another, by the rules of dispatching. Five queries, however many cases."""
    held = visible_to(actor).filter(assignee_id=from_id, status__in=[one.value for one in IN_HAND])
    cases = list(held.order_by("due_at", "pk")[: MOST + 1])
    more, cases = len(cases) > MOST, cases[:MOST]
    rows = {row["id"]: row for row in ROWS.with_ids([case.pk for case in cases])}
    person = actor_of(get_user_model().objects.filter(pk=to_id, is_active=True).first(), now=now)
    going: list[CaseRow] = []
    staying: list[tuple[CaseRow, Words]] = []
    for case in cases:
        why = _obstacle(actor, person, case)
        if why is None:
            going.append(rows[case.pk])
        else:
            staying.append((rows[case.pk], why))
    return HandOver(going, staying, more)


def _obstacle(actor: Actor, person: Actor, case: Case) -> Words | None:
    """Why a case cannot go over; None: it can."""
    if CaseStatus(case.status) not in TRANSITIONS[Action.DISPATCH].sources:
        return _PAUSED
    if not decide_step(CASE, actor, Action.DISPATCH, case)[0]:
        return _NOT_YOURS
    near = any(may_be_given(grant, case) for grant in person.holds(Role.GRID_WORKER))
    officer = any(
        covers(grant, case) and grant.organisation_id == case.organisation_id
        for grant in person.holds(Role.DEPARTMENT_OFFICER)
    )
    return None if near or officer else _NOT_THEIRS


def colleagues_of(actor: Actor, from_id: int, *, now: datetime) -> list[tuple[int, str]]:
    """Who might take over from an account: the officers of the bodies that its cases are with, the grid workers of the streets
    that they lie in; account and name. Three queries. Which cases each can take, ``hand_over_of`` tells."""
    held = visible_to(actor).filter(assignee_id=from_id, status__in=[one.value for one in IN_HAND])
    places = set(held.order_by().values_list("organisation_id", "street_id")[:1_000])
    streets = areas_by_id({street for _, street in places if street is not None})
    found = serving(
        {body for body, _ in places if body is not None}, [row.path for row in streets.values()], now=now, limit=MOST
    )
    return [(user_id, name) for user_id, name in found if user_id != from_id]
