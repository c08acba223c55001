"""Stop the clock (挂账): a planting season, a large repair. The reason stands in the history."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.step import Command, StepResult, take_step


def pause_case(command: Command) -> StepResult:
    """Suspend a case that is in hand; its clock stands until it is resumed."""

    def decide(case: Case) -> dict[str, Any]:
        return {"paused_at": command.now}

    return take_step(command, action=Action.PAUSE, request={}, decide=decide)
