"""End a case without handling (作废): a duplicate, a test, nothing there. The reason is written down."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.step import Command, StepResult, take_step


def cancel_case(command: Command) -> StepResult:
    """Cancel a case that nobody has handled yet."""

    def decide(case: Case) -> dict[str, Any]:
        return {"needs_attention": False}

    return take_step(command, action=Action.CANCEL, request={}, decide=decide)
