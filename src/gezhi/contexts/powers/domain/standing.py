"""What a body at a street has of the powers over a class of matter: whether it can settle what the duty table gives it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gezhi.contexts.powers.domain.states import Lie, PowerStatus


@dataclass(frozen=True, slots=True)
class PowerAt:
    """A power over a class, and where it stands at a street. ``original_kind``: the kind of body from which it was delegated."""

    code: str
    name: str
    name_en: str
    class_prefix: str
    original_kind: str
    status: PowerStatus
    lie: Lie


@dataclass(frozen=True, slots=True)
class Standing:
    """The powers over a class that were delegated to streets, as they stand at one street, the closest class first."""

    powers: tuple[PowerAt, ...]

    @property
    def held(self) -> tuple[PowerAt, ...]:
        """Those that lie at the street."""
        return tuple(one for one in self.powers if one.lie is Lie.HELD)

    @property
    def lost(self) -> tuple[PowerAt, ...]:
        """Those that lay at the street and do not now, or not yet again. What it never had was never taken from it."""
        return tuple(one for one in self.powers if one.lie in {Lie.ENDED, Lie.NOT_YET})


def in_effect(valid_from: date, valid_to: date | None, *, on: date) -> bool:
    """Whether an item of the register is in effect on a day; both ends belong to its time."""
    return valid_from <= on and (valid_to is None or valid_to >= on)


def standing_of(powers: Iterable[PowerAt]) -> Standing:
    """The standing that some powers make: the closest class first, then by code."""
    return Standing(tuple(sorted(powers, key=lambda one: (-len(one.class_prefix), one.code))))
