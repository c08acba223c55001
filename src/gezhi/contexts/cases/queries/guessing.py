"""What the class guess has learnt so far, night by night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.cases.models import LearnedGuess


@dataclass(frozen=True, slots=True)
class LearnedVersion:
    """One night's learning. Shares (0 … 1) of the cases held back: the class is the first suggestion, or among three;
    ``before_…``: by what was used until then, on the same cases."""

    id: int
    learned_at: datetime
    in_force: bool
    scheme_code: str
    cases: int
    held: int
    first: float
    three: float
    before_first: float
    before_three: float


_NAMES = tuple(LearnedVersion.__dataclass_fields__)


def learned_versions(*, most: int = 10) -> list[LearnedVersion]:
    """The newest first."""
    return [LearnedVersion(*row) for row in LearnedGuess.objects.order_by("-pk").values_list(*_NAMES)[:most]]
