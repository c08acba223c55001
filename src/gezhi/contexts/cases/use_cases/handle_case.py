"""Report that a case is handled, and how it came out."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import due
from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.place import place_of
from gezhi.contexts.cases.step import Command, StepResult, require_note, take_step
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.worktime.city_calendar import city_calendar


def handle_case(command: Command, *, outcome: Outcome) -> StepResult:
    """Finish handling. Any outcome but 'resolved' needs words, since the resident will read them."""

    def decide(case: Case) -> dict[str, Any]:
        note = require_note(command.note, action=Action.HANDLE)
        if outcome is not Outcome.RESOLVED and not note:
            raise InvalidInput("reason_missing", "say what you found and why it ends here", field="note")
        route = catalogue().route(class_code=case.class_code, place=place_of(case), condition=case.condition)
        return {
            "outcome": outcome.value,
            "outcome_note": note,
            "handled_at": command.now,
            "handled_by": command.actor.user_id,
            "check_due": due(command.now, route.check_limit, city_calendar()),
        }

    return take_step(command, action=Action.HANDLE, request={"outcome": outcome.value}, decide=decide)
