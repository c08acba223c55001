"""Open cases in somebody's hands, and to whom each of them can go over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import Count

from gezhi.contexts.areas.queries import ancestors_of, areas_by_id
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import may_be_given
from gezhi.contexts.cases.queries.lists import seen_whole
from gezhi.contexts.cases.rows import ROWS, CaseRow
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Words, phrase
from gezhi.platform.access.actor import Actor, HeldGrant, actor_of, grants_of
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
    seen = seen_whole(actor).filter(assignee__isnull=False, status__in=[one.value for one in IN_HAND])
    counts = dict(seen.order_by().values_list("assignee_id").annotate(Count("pk")))
    people = get_user_model().objects.filter(pk__in=counts)
    found = [Holder(one.pk, str(one), one.is_active, counts[one.pk]) for one in people]
    return sorted(found, key=lambda one: (one.open_account, -one.count, one.user_id))[:MOST]


def hand_over_of(actor: Actor, *, from_id: int, to_id: int, now: datetime) -> HandOver:
    """What would go over from one account to another, by the rules of dispatching. Five queries, however many cases."""
    held = seen_whole(actor).filter(assignee_id=from_id, status__in=[one.value for one in IN_HAND])
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
    why = _not_to_give(actor, case)
    if why is not None:
        return why
    takes = _can_take(person.holds(Role.GRID_WORKER), person.holds(Role.DEPARTMENT_OFFICER), case)
    return None if takes else _NOT_THEIRS


def _not_to_give(actor: Actor, case: Case) -> Words | None:
    """Why the actor cannot give a case to anybody; None: they can."""
    if CaseStatus(case.status) not in TRANSITIONS[Action.DISPATCH].sources:
        return _PAUSED
    return None if decide_step(CASE, actor, Action.DISPATCH, case)[0] else _NOT_YOURS


def _can_take(workers: Iterable[HeldGrant], officers: Iterable[HeldGrant], case: Case) -> bool:
    """Whether whoever holds these grants, as a grid worker and as an officer, can be given the case."""
    return any(may_be_given(grant, case) for grant in workers) or any(
        covers(grant, case) and grant.organisation_id == case.organisation_id for grant in officers
    )


@dataclass(frozen=True, slots=True)
class Successor:
    """Somebody who can take over. ``takes``: how many of the cases (of the first ``MOST``, where there are more)."""

    user_id: int
    name: str
    takes: int


def colleagues_of(actor: Actor, from_id: int, *, now: datetime) -> list[Successor]:
    """Who can take over from an account what the actor may dispatch of it, at least one case: first whoever can take the most,
    then whoever serves the smallest area around them. Six queries."""
    held = seen_whole(actor).filter(assignee_id=from_id, status__in=[one.value for one in IN_HAND])
    cases = [case for case in held.order_by("due_at", "pk")[:MOST] if _not_to_give(actor, case) is None]
    streets = areas_by_id({case.street_id for case in cases if case.street_id is not None})
    found = serving(
        {case.organisation_id for case in cases if case.organisation_id is not None},
        [row.path for row in streets.values()],
        now=now,
        limit=MOST,
    )
    people = {user_id: name for user_id, name in found if user_id != from_id}
    workers = grants_of(people, Role.GRID_WORKER, now=now)
    officers = grants_of(people, Role.DEPARTMENT_OFFICER, now=now)
    able: list[tuple[int, int, Successor]] = []
    for user_id, name in people.items():
        near, of_body = workers.get(user_id, []), officers.get(user_id, [])
        takes = sum(_can_take(near, of_body, case) for case in cases)
        depth = max((len(ancestors_of(grant.area_id).lineage) for grant in (*near, *of_body)), default=0)
        if takes:
            able.append((-takes, -depth, Successor(user_id, name, takes)))
    return [one for *_, one in sorted(able, key=lambda row: (*row[:2], row[2].name, row[2].user_id))]


def cases_in_hand(actor: Actor, user_id: int, *, skip: int, limit: int) -> list[CaseRow]:
    """Some of the cases that somebody has in hand and the actor sees, the most urgent first. Two queries."""
    held = seen_whole(actor).filter(assignee_id=user_id, status__in=[one.value for one in IN_HAND])
    ids = list(held.order_by("due_at", "pk").values_list("pk", flat=True)[skip : skip + limit])
    rows = {row["id"]: row for row in ROWS.with_ids(ids)}
    return [rows[key] for key in ids]
