"""Close a checked case. Closed says that the work ended; whether it solved the matter, the reporter says."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.step import Command, StepResult, take_step


def close_case(command: Command) -> StepResult:
    """Close a case."""

    def decide(case: Case) -> dict[str, Any]:
        return {"closed_at": command.now, "needs_attention": False}

    return take_step(command, action=Action.CLOSE, request={}, decide=decide)
