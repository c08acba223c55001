"""A street says that it exercises what it took on."""

from __future__ import annotations

from gezhi.contexts.powers.domain.states import Lie, PowerStatus, lies
from gezhi.contexts.powers.domain.transitions import Action
from gezhi.contexts.powers.kind import HOLDING
from gezhi.contexts.powers.models import Holding
from gezhi.kernel.errors import Conflict
from gezhi.platform.steps.verb import Changes, Moment, step


@step(HOLDING, Action.EXERCISE)
def exercise_power(holding: Holding, at: Moment) -> Changes:
    """Exercise a power. Raises ``Conflict`` before its first day and after its last."""
    if lies(PowerStatus(holding.status), holding.valid_from, holding.valid_to, at=at.now) is not Lie.HELD:
        raise Conflict("power_not_in_effect", "the street does not have it today")
    return {"changed_at": at.now}
