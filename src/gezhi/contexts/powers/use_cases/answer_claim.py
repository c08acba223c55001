"""The city grants a claim or does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from gezhi.contexts.powers.domain.transitions import Action
from gezhi.contexts.powers.kind import HOLDING
from gezhi.contexts.powers.models import Holding
from gezhi.contexts.powers.queries.standing import register_in_memory
from gezhi.contexts.powers.use_cases.days import end_of, start_of
from gezhi.kernel.steps import phrase
from gezhi.platform.steps.verb import Changes, Moment, asked_as, needs, step, within

MAX_BASIS = 300


@dataclass(frozen=True, slots=True)
class Grant:
    """From which day to which the street has it, both of its time, and on which basis; by default from now on, without an end."""

    first_day: date | None = field(
        default=None, metadata=asked_as(phrase("First day")) | needs("bad_time", "a day, such as 2026-12-01")
    )
    last_day: date | None = field(
        default=None, metadata=asked_as(phrase("Last day")) | needs("bad_time", "a day, such as 2026-12-01")
    )
    basis: str = field(default="", metadata=asked_as(phrase("Basis of the handover")) | within(max_length=MAX_BASIS))


@step(HOLDING, Action.GRANT)
def grant_claim(holding: Holding, at: Moment, given: Grant) -> Changes:
    """Let the street have the power. Raises ``InvalidInput`` for days that do not fit."""
    start = start_of(given.first_day, holding=holding, now=at.now)
    end = end_of(given.last_day, start=start, now=at.now)
    register_in_memory.forget()
    return {
        "valid_from": start,
        "valid_to": end,
        "basis": given.basis.strip(),
        "asked_by_id": None,
        "changed_at": at.now,
    }


@step(HOLDING, Action.REFUSE)
def refuse_claim(holding: Holding, at: Moment) -> Changes:
    """Leave the power where it lies now."""
    return {"asked_by_id": None, "changed_at": at.now}
