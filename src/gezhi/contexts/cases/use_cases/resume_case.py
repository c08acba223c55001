"""Start the clock again after a pause."""

from __future__ import annotations

from gezhi.contexts.cases.domain.clocks import pauses_in
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.terms import terms_of
from gezhi.kernel.fold import plain
from gezhi.platform.steps.verb import Changes, Moment, step
from gezhi.platform.worktime.city_calendar import city_calendar


@step(CASE, Action.RESUME)
def resume_case(case: Case, at: Moment) -> Changes:
    """Resume a suspended case. The deadlines of the handling and of the whole move by what the pause took out of them."""
    pauses = [*case.pauses, [plain(case.paused_at), plain(at.now)]]
    terms, calendar, taken_out = terms_of(case), city_calendar(), pauses_in(pauses)
    return {
        "pauses": pauses,
        "paused_at": None,
        "handle_due": terms.handle_due(calendar, taken_out),
        "total_due": terms.total_due(calendar, taken_out),
    }
