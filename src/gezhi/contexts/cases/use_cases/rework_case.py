"""Not in order: the case goes back to the one who handled it."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.step import Command, StepResult, take_step


def rework_case(command: Command) -> StepResult:
    """Order rework. The handling clock is not reset: rework happens inside the time that was given."""

    def decide(case: Case) -> dict[str, Any]:
        return {
            "rework_count": case.rework_count + 1,
            "handled_at": None,
            "checked_at": None,
            "check_due": None,
            # What was found wanting is no result; the history keeps it.
            "outcome": "",
            "outcome_note": "",
        }

    return take_step(command, action=Action.REWORK, request={}, decide=decide)
