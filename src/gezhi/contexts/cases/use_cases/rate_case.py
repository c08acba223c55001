"""The reporter says two separate things: is it solved, and how satisfied am I."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.steps.inputs import Pairs
from gezhi.platform.steps.verb import Also, Changes, Moment, along, needs, step, within


@dataclass(frozen=True, slots=True)
class Rate:
    """``score`` is 1 (very dissatisfied) to 5 (very satisfied). ``bodies``: the same for bodies that were called in, by the number
    of their part."""

    solved: bool
    score: int
    bodies: Pairs = field(
        default_factory=Pairs,
        metadata=needs("bad_score", "the scores of bodies are an object of texts")
        | within(description="for each body that was called in: the number of its part, and 1 to 5"),
    )


@step(CASE, Action.RATE)
def rate_case(case: Case, at: Moment, given: Rate) -> Changes:
    """Rate a closed case, once per closing.

    'Not solved' puts the case before the hub again, which decides whether to reopen it.
    """
    if not 1 <= given.score <= 5:
        raise InvalidInput("bad_score", f"a rating is 1 to 5, not {given.score}", field="score")
    bodies = {number: _score(text) for number, text in given.bodies.items() if text}
    # For the steps that go along with it.
    at.beside["bodies"] = bodies
    return {
        "rating_solved": given.solved,
        "rating_score": given.score,
        "rated_at": at.now,
        "needs_attention": not given.solved,
    }


def _score(text: str) -> int:
    if text not in {"1", "2", "3", "4", "5"}:
        raise InvalidInput("bad_score", f"a rating is 1 to 5, not {text[:10]}", field="bodies")
    return int(text)


@along(CASE, Action.RATE)
def rate_bodies(case: Case, at: Moment, changes: Changes) -> list[Also]:
    """What the reporter says of each body that was called in stands on its part. Raises ``InvalidInput`` (``no_such_part``)."""
    bodies: Mapping[str, int] = at.beside.get("bodies", {})
    if not bodies:
        return []
    parts = Case.objects.filter(parent=case, number__in=bodies, status=CaseStatus.CLOSED.value, rated_at__isnull=True)
    found = list(parts.order_by("pk").select_for_update())
    if len(found) != len(bodies):
        raise InvalidInput(
            "no_such_part", "one of these bodies has no part of this case that can be rated", field="bodies"
        )
    return [Also(part, Action.RATED_ALONG, {"rating_score": bodies[part.number], "rated_at": at.now}) for part in found]
