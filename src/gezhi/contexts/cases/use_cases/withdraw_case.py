"""The reporter takes the report back, as long as nobody has started on it."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.step import Command, StepResult, take_step


def withdraw_case(command: Command) -> StepResult:
    """Withdraw one's own report."""

    def decide(case: Case) -> dict[str, Any]:
        return {"needs_attention": False}

    return take_step(command, action=Action.WITHDRAW, request={}, decide=decide)
