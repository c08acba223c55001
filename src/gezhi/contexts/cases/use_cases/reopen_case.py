"""Take a closed case up again: the matter is back, or was never solved."""

from __future__ import annotations

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.filing import filed_again
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.platform.steps.verb import Changes, Moment, step
from gezhi.platform.worktime.city_calendar import city_calendar


@step(CASE, Action.REOPEN)
def reopen_case(case: Case, at: Moment) -> Changes:
    """Reopen a case: it waits for dispatch again with fresh clocks, its history and its first report stay."""
    filing, calendar = filed_again(case, start=at.now), city_calendar()
    return {
        **filing.columns(),
        "organisation_id": None,
        "assignee_id": None,
        "dispatched_at": None,
        "accepted_at": None,
        "handled_at": None,
        "handled_by": None,
        "checked_at": None,
        "closed_at": None,
        "outcome": "",
        "outcome_note": "",
        "facts": None,
        "rating_solved": None,
        "rating_score": None,
        "rated_at": None,
        "pauses": [],
        "dispatch_due": filing.terms.dispatch_due(calendar),
        "handle_due": filing.terms.handle_due(calendar),
        "check_due": None,
        "closing": "",
        "unscored": "",
        "appeal": "",
        "needs_attention": True,
    }
