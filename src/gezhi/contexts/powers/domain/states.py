"""Where a delegated power stands at a street, and from when to when it lies there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from gezhi.kernel.steps import Words, phrase_in


class PowerStatus(StrEnum):
    """Where a power stands at a street. ``ASKED`` and ``RETURNING`` wait for the city's word."""

    DELEGATED = "delegated"
    ASKED = "asked"
    CLAIMED = "claimed"
    EXERCISED = "exercised"
    RETURNING = "returning"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


# Whoever asks to give a power back has it until the city takes it back.
HELD = frozenset({PowerStatus.CLAIMED, PowerStatus.EXERCISED, PowerStatus.RETURNING})
WAITING = (PowerStatus.ASKED, PowerStatus.RETURNING)
STATUS_WORDS: dict[PowerStatus, Words] = {
    PowerStatus.DELEGATED: phrase_in("power", "Delegated"),
    PowerStatus.ASKED: phrase_in("power", "Claim asked for"),
    PowerStatus.CLAIMED: phrase_in("power", "Claimed"),
    PowerStatus.EXERCISED: phrase_in("power", "Exercised"),
    PowerStatus.RETURNING: phrase_in("power", "Return asked for"),
    PowerStatus.RETURNED: phrase_in("power", "Returned"),
    PowerStatus.WITHDRAWN: phrase_in("power", "Withdrawn"),
}


class Lie(StrEnum):
    """Whether a power lies at a street at an instant."""

    HELD = "held"
    NOT_YET = "not_yet"
    """Granted from a later day on."""
    ENDED = "ended"
    """Lay there once: given back, withdrawn, or its time is over."""
    NEVER = "never"
    """Delegated to streets, and this one never had it."""


def lies(status: PowerStatus, valid_from: datetime | None, valid_to: datetime | None, *, at: datetime) -> Lie:
    """Whether a power lies at a street. Its time is half open: it lies there at ``valid_from`` and no more at ``valid_to``."""
    if valid_to is not None and valid_to <= at:
        return Lie.ENDED
    if status not in HELD:
        return Lie.NEVER
    return Lie.NOT_YET if valid_from is not None and valid_from > at else Lie.HELD
