"""The reporter says two separate things: is it solved, and how satisfied am I."""

from __future__ import annotations

from dataclasses import dataclass

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.steps.verb import Changes, Moment, step


@dataclass(frozen=True, slots=True)
class Rate:
    """``score`` is 1 (very dissatisfied) to 5 (very satisfied)."""

    solved: bool
    score: int


@step(CASE, Action.RATE)
def rate_case(case: Case, at: Moment, given: Rate) -> Changes:
    """Rate a closed case, once per closing.

    'Not solved' puts the case before the hub again, which decides whether to reopen it.
    """
    if not 1 <= given.score <= 5:
        raise InvalidInput("bad_score", f"a rating is 1 to 5, not {given.score}", field="score")
    if case.rated_at is not None:
        raise Conflict("rated_already", "this case has been rated; thank you")
    return {
        "rating_solved": given.solved,
        "rating_score": given.score,
        "rated_at": at.now,
        "needs_attention": not given.solved,
    }
