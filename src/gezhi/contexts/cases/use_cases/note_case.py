"""Add words to a case's history without changing its state."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.step import Command, StepResult, take_step


def note_case(command: Command) -> StepResult:
    """Note something on an open case."""

    def decide(case: Case) -> dict[str, Any]:
        return {}

    return take_step(command, action=Action.NOTE, request={}, decide=decide)
