"""A power goes back to the city: taken back on the street's wish, or withdrawn; or it stays after all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from gezhi.contexts.powers.domain.transitions import Action
from gezhi.contexts.powers.kind import HOLDING
from gezhi.contexts.powers.models import Holding
from gezhi.contexts.powers.queries.standing import register_in_memory
from gezhi.contexts.powers.use_cases.days import end_of
from gezhi.kernel.steps import phrase
from gezhi.platform.steps.verb import Changes, Moment, asked_as, needs, step


@step(HOLDING, Action.TAKE_BACK)
def take_power_back(holding: Holding, at: Moment) -> Changes:
    """Take back what the street asked to give back."""
    return _over(holding, at)


@step(HOLDING, Action.WITHDRAW)
def withdraw_power(holding: Holding, at: Moment) -> Changes:
    """Withdraw a power from the street, asked or not."""
    return _over(holding, at)


@step(HOLDING, Action.KEEP)
def keep_power(holding: Holding, at: Moment) -> Changes:
    """Leave a power with the street that asked to give it back: it is to exercise it."""
    return {"asked_by_id": None, "changed_at": at.now}


@dataclass(frozen=True, slots=True)
class End:
    """The last day on which the street has the power."""

    last_day: date = field(
        metadata=asked_as(phrase("Last day")) | needs("bad_time", "say the last day, such as 2026-12-01")
    )


@step(HOLDING, Action.EXTEND)
def set_last_day(holding: Holding, at: Moment, given: End) -> Changes:
    """Set another last day, later or earlier. Raises ``InvalidInput`` for one that is past or before the first."""
    register_in_memory.forget()
    return {"valid_to": end_of(given.last_day, start=holding.valid_from, now=at.now), "changed_at": at.now}


def _over(holding: Holding, at: Moment) -> Changes:
    register_in_memory.forget()
    # One that was granted from a later day on never began.
    begun = None if holding.valid_from is None else min(holding.valid_from, at.now)
    # Its time may have ended before.
    end = at.now if holding.valid_to is None else min(holding.valid_to, at.now)
    return {"valid_from": begun, "valid_to": end, "asked_by_id": None, "changed_at": at.now}
