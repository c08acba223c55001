"""Sign for a dispatched case: from now on it is in hand."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.step import Command, StepResult, take_step


def accept_case(command: Command) -> StepResult:
    """Accept a case. Whoever accepts a case that was given to a whole department or grid becomes its assignee."""

    def decide(case: Case) -> dict[str, Any]:
        changes: dict[str, Any] = {"accepted_at": command.now}
        if case.assignee_id is None and command.actor.user_id is not None:
            changes["assignee_id"] = command.actor.user_id
        return changes

    return take_step(command, action=Action.ACCEPT, request={}, decide=decide)
