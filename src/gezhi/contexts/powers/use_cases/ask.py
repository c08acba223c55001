"""A street asks: to take a power on, or to give one back. Until the city answers, nothing changes hands."""

from __future__ import annotations

from django.utils import timezone

from gezhi.contexts.powers.domain.standing import in_effect
from gezhi.contexts.powers.domain.transitions import Action
from gezhi.contexts.powers.kind import HOLDING
from gezhi.contexts.powers.models import Holding, Power
from gezhi.kernel.errors import Conflict
from gezhi.platform.steps.verb import Changes, Moment, step


@step(HOLDING, Action.CLAIM)
def claim_power(holding: Holding, at: Moment) -> Changes:
    """Ask to take a power on. Raises ``Conflict`` for an item that the register has withdrawn, or that is not in effect."""
    item = holding.power
    today = timezone.localdate(at.now)
    if item.status == Power.Status.WITHDRAWN or not in_effect(item.valid_from, item.valid_to, on=today):
        raise Conflict("power_not_in_effect", f"{item.code} is not in effect")
    return _asked(at)


@step(HOLDING, Action.GIVE_BACK)
def give_power_back(holding: Holding, at: Moment) -> Changes:
    """Ask to give a power back."""
    return _asked(at)


def _asked(at: Moment) -> Changes:
    return {"asked_by_id": at.actor.user_id, "changed_at": at.now}
