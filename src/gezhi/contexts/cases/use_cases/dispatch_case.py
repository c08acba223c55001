"""Give a case to the body that must settle it, or to one person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth import get_user_model

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import due, pauses_in
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import may_be_given
from gezhi.contexts.cases.receiving import require_receiver
from gezhi.contexts.cases.terms import terms_of
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import actor_of
from gezhi.platform.steps.relations import covers
from gezhi.platform.steps.verb import Changes, Moment, step
from gezhi.platform.worktime.city_calendar import city_calendar


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Who gets the case: at least one of the two."""

    organisation_id: int | None = None
    assignee_id: int | None = None


@step(CASE, Action.DISPATCH)
def dispatch_case(case: Case, at: Moment, given: Dispatch) -> Changes:
    """Dispatch a case, or dispatch it anew to someone else, also out of the hands of whoever is handling it.

    The clock of handling begins with the first dispatch and keeps running: a second one buys no time.
    Raises ``InvalidInput`` (nobody named, a body or a person who could not act on the case, ``leads_already``) and ``Conflict``
    (``called_already``).
    """
    return given_to(case, given, at)


def given_to(case: Case, given: Dispatch, at: Moment) -> Changes:
    """What changes where a case is given to somebody. Raises what ``dispatch_case`` raises."""
    if given.organisation_id is None and given.assignee_id is None:
        raise InvalidInput("nobody_named", "say which body or person gets the case", field="organisation_id")
    if given.organisation_id is not None:
        require_receiver(case, given.organisation_id, now=at.now)
        require_apart(case, given.organisation_id)
    if given.assignee_id is not None:
        require_able(case, assignee_id=given.assignee_id, organisation_id=given.organisation_id, now=at.now)
    changes: Changes = {
        "organisation_id": given.organisation_id,
        "assignee_id": given.assignee_id,
        "dispatched_at": at.now,
        "accepted_at": None,
    }
    if case.parent_id is not None:
        changes["answer_due"] = due(at.now, catalogue().rules.answer_limit, city_calendar())
    terms = terms_of(case)
    if terms.handling_start is None:
        begun = replace(terms, handling_start=at.now)
        changes["handling_start"] = at.now
        changes["handle_due"] = begun.handle_due(city_calendar(), pauses_in(case.pauses))
    return changes


def require_apart(case: Case, organisation_id: int) -> None:
    """A body leads the case or has one part of it, never two at a time. A query for what is handled jointly.

    Raises ``InvalidInput`` (``leads_already``) for a part that would go to whoever leads the case, and ``Conflict``
    (``called_already``) where the body has another open part of it.
    """
    if case.parent is not None and case.parent.organisation_id == organisation_id:
        raise InvalidInput("leads_already", "this body leads the case already", field="organisation_id")
    if case.parent_id is None and not case.part_count:
        return
    parts = Case.objects.filter(
        parent_id=case.parent_id or case.pk, organisation_id=organisation_id, closed_at__isnull=True
    )
    if parts.exclude(status=CaseStatus.CANCELLED.value).exclude(pk=case.pk).exists():
        raise Conflict("called_already", "this body was called in already and has its part open")


def require_able(case: Case, *, assignee_id: int, organisation_id: int | None, now: datetime) -> None:
    """Only someone who may act on the case can be given it: a worker of its place, an officer of the body.

    Raises ``InvalidInput`` (``assignee_cannot_act``).
    """
    person = actor_of(get_user_model().objects.filter(pk=assignee_id, is_active=True).first(), now=now)
    near = any(may_be_given(grant, case) for grant in person.holds(Role.GRID_WORKER))
    officer = any(
        covers(grant, case) and grant.organisation_id == organisation_id
        for grant in person.holds(Role.DEPARTMENT_OFFICER)
    )
    if not near and not officer:
        # The same of every account, and of none: who there is, is not told.
        raise InvalidInput(
            "assignee_cannot_act",
            f"account {assignee_id} is neither a grid worker of this place nor an officer of the body named",
            field="assignee_id",
        )
