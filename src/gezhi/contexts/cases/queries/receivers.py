"""Who can be given a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import may_be_given
from gezhi.contexts.cases.receiving import bodies_for_all
from gezhi.contexts.organisations.queries import OrganisationRow
from gezhi.contexts.workforce.queries import WorkerRow, workers_in
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, grants_of, officers_of
from gezhi.platform.prepared import Prepared
from gezhi.platform.steps.relations import covers


def workers_for(case_id: int, *, now: datetime, limit: int) -> list[WorkerRow]:
    """The grid workers with an account in the finest area that is known of the case (a grid, community or street), as far
    as ``dispatch_case`` accepts them. Four queries."""
    case = Case.objects.get(pk=case_id)
    near = case.grid_id or case.community_id or case.street_id
    workers = {worker.user_id: worker for worker in (workers_in(near) if near else []) if worker.user_id is not None}
    held = grants_of(workers, Role.GRID_WORKER, now=now)
    able = [w for user_id, w in workers.items() if any(may_be_given(grant, case) for grant in held.get(user_id, []))]
    return able[:limit]


def bodies_for(case_ids: Collection[int], *, now: datetime) -> list[OrganisationRow]:
    """The bodies that each of these cases can be given to, as far as ``dispatch_case`` and ``call_in`` accept them, by code. Two
    queries."""
    return bodies_for_all(list(Case.objects.filter(pk__in=case_ids)), now=now)


def usual_receivers(street_id: int, class_code: str) -> dict[int, int]:
    """Which bodies got the cases of a class among the last five hundred that a street gave away, and how many each. One query."""
    rows = _GIVEN_LATELY.rows(street=street_id)
    return Counter(organisation_id for code, organisation_id in rows if code == class_code)


# Read by the street's own index; more would say what was usual long ago.
_LATELY = 500
_GIVEN_LATELY = Prepared(
    lambda street: (
        Case.objects.filter(street_id=street, organisation_id__isnull=False)
        .order_by("-reported_at", "-id")
        .values_list("class_code", "organisation_id")[:_LATELY]
    ),
    street=int,
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to whom a case can be handed on. ``officer``: of the body that has it; else a grid worker of the place."""

    user_id: int
    name: str
    officer: bool


def colleagues_for(actor: Actor, case_id: int, *, now: datetime, limit: int) -> list[Colleague]:
    """To whom somebody can hand a case on: the officers of the body that has it and the workers of the place, without the one who
    has it and the one who asks. Six queries."""
    case = Case.objects.get(pk=case_id)
    near = workers_for(case_id, now=now, limit=limit)
    people = {one.user_id: Colleague(one.user_id, one.name, officer=False) for one in near if one.user_id}
    if case.organisation_id is not None:
        officers = officers_of(case.organisation_id, now=now)
        held = grants_of([user_id for user_id, _name in officers], Role.DEPARTMENT_OFFICER, now=now)
        people |= {
            user_id: Colleague(user_id, name, officer=True)
            for user_id, name in officers
            if any(g.organisation_id == case.organisation_id and covers(g, case) for g in held.get(user_id, []))
        }
    return [one for key, one in people.items() if key not in {actor.user_id, case.assignee_id}][:limit]
