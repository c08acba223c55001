"""Send a case back to the hub: not ours, not here, not enough to act on. The reason is written down."""

from __future__ import annotations

from dataclasses import replace

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.terms import terms_of
from gezhi.kernel.errors import Conflict
from gezhi.platform.steps.verb import Changes, Moment, step
from gezhi.platform.worktime.city_calendar import city_calendar


@step(CASE, Action.RETURN)
def return_case(case: Case, at: Moment) -> Changes:
    """Return a case to the dispatcher; nothing that was recorded is cleared. Raises ``Conflict`` where that was done
    as often as the city lets it be: a case that everybody pushes on helps nobody."""
    most = catalogue().rules.max_returns
    if case.return_count >= most:
        raise Conflict(
            "returned_too_often",
            f"the case was returned {case.return_count} times already; settle it or ask the hub",
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
        "needs_attention": case.needs_attention or case.return_count + 1 >= most,
    }
