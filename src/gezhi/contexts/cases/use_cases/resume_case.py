"""Start the clock again after a pause."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import due, pauses_of
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.place import place_of
from gezhi.contexts.cases.step import Command, StepResult, plain, take_step
from gezhi.platform.worktime.city_calendar import city_calendar


def resume_case(command: Command) -> StepResult:
    """Resume a suspended case. The handling deadline moves by what the pause took out of it."""

    def decide(case: Case) -> dict[str, Any]:
        pauses = [*case.pauses, [plain(case.paused_at), plain(command.now)]]
        route = catalogue().route(class_code=case.class_code, place=place_of(case), condition=case.condition)
        return {
            "pauses": pauses,
            "paused_at": None,
            "handle_due": due(case.reported_at, route.handle_limit, city_calendar(), pauses_of({"pauses": pauses})),
        }

    return take_step(command, action=Action.RESUME, request={}, decide=decide)
