"""Check on the spot that a handled case is in order (核查: after handling, before closing)."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.step import Command, StepResult, take_step


def check_case(command: Command) -> StepResult:
    """Pass the check. Never by the one who handled the case."""

    def decide(case: Case) -> dict[str, Any]:
        return {"checked_at": command.now}

    return take_step(command, action=Action.CHECK, request={}, decide=decide)
