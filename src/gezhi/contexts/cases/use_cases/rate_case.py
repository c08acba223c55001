"""The reporter says two separate things: is it solved, and how satisfied am I."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.step import Command, StepResult, take_step
from gezhi.kernel.errors import Conflict, InvalidInput


def rate_case(command: Command, *, solved: bool, score: int) -> StepResult:
    """Rate a closed case, once per closing. ``score`` is 1 (very dissatisfied) to 5 (very satisfied).

    'Not solved' puts the case before the hub again, which decides whether to reopen it.
    """

    def decide(case: Case) -> dict[str, Any]:
        if not 1 <= score <= 5:
            raise InvalidInput("bad_score", f"a rating is 1 to 5, not {score}", field="score")
        if case.rated_at is not None:
            raise Conflict("rated_already", "this case has been rated; thank you")
        return {
            "rating_solved": solved,
            "rating_score": score,
            "rated_at": command.now,
            "needs_attention": not solved,
        }

    return take_step(command, action=Action.RATE, request={"solved": solved, "score": score}, decide=decide)
