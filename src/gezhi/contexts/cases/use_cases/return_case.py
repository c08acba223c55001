"""Send a case back to the hub: not ours, not here, not enough to act on. The reason is written down."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.offered import returns_of
from gezhi.contexts.cases.receiving import require_receiver
from gezhi.contexts.cases.terms import terms_of
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.steps.verb import Changes, Moment, step
from gezhi.platform.worktime.city_calendar import city_calendar


@dataclass(frozen=True, slots=True)
class Return:
    """``organisation_id``: the body whose case it is, as far as whoever returns it knows."""

    organisation_id: int | None = None


@step(CASE, Action.RETURN)
def return_case(case: Case, at: Moment, given: Return) -> Changes:
    """Return a case to the dispatcher, to whom the body that was named is suggested; nothing that was recorded is cleared.

    Raises ``InvalidInput`` for a body that could not act on the case, or that has it, and ``Conflict`` where it was returned as
    often as the city lets it be since it was last opened: a case that everybody pushes on helps nobody.
    """
    if given.organisation_id is not None and given.organisation_id == case.organisation_id:
        raise InvalidInput("body_has_it", "this body has the case already", field="organisation_id")
    if given.organisation_id is not None:
        require_receiver(case, given.organisation_id, now=at.now)
    most, returns = catalogue().rules.max_returns, returns_of(case)
    if returns >= most:
        raise Conflict(
            "returned_too_often",
            f"the case was returned {returns} times already; settle it or ask the hub",
        )
    terms = replace(terms_of(case), dispatch_start=at.now)
    return {
        # The hub has the time of a dispatch to give it to somebody else; that of handling keeps running.
        "dispatch_start": at.now,
        "dispatch_due": terms.dispatch_due(city_calendar()),
        "return_count": case.return_count + 1,
        "organisation_id": None,
        "assignee_id": None,
        "accepted_at": None,
        "needs_attention": case.needs_attention or returns + 1 >= most,
        "suggested_organisation_id": given.organisation_id or case.suggested_organisation_id,
    }
