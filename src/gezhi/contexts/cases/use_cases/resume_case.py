"""Start the clock again after a pause."""

from __future__ import annotations

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import due, pauses_of
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.place import place_of
from gezhi.kernel.fold import plain
from gezhi.platform.steps.verb import Changes, Moment, step
from gezhi.platform.worktime.city_calendar import city_calendar


@step(CASE, Action.RESUME)
def resume_case(case: Case, at: Moment) -> Changes:
    """Resume a suspended case. The handling deadline moves by what the pause took out of it."""
    pauses = [*case.pauses, [plain(case.paused_at), plain(at.now)]]
    route = catalogue().route(class_code=case.class_code, place=place_of(case), condition=case.condition)
    return {
        "pauses": pauses,
        "paused_at": None,
        "handle_due": due(case.reported_at, route.handle_limit, city_calendar(), pauses_of({"pauses": pauses})),
    }
