"""The rows of a table of steps: all about a verb that is data. What a verb changes is a function of its context.

A context keeps one table for each kind of thing that has a life (a case, a booking). From the same row come who may, from
where to where, the event, the button with its key, the words, and whether the public is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from gezhi.kernel.roles import Role

A = TypeVar("A", bound=StrEnum)
# How long a step that is sent later can be taken back, in seconds: a slip of the hand, or a second look.
SOON, A_MINUTE = 5, 60


@dataclass(frozen=True, slots=True)
class Words:
    """English words, translated at the edges. ``context`` tells apart what is one word in English and two elsewhere."""

    text: str
    context: str = ""


def phrase(text: str) -> Words:
    """Words that the catalogue must hold: what collects the strings to translate looks for calls of this name."""
    return Words(text)


def phrase_in(context: str, text: str) -> Words:
    """The same for what is one word in English and several elsewhere."""
    return Words(text, context)


@dataclass(frozen=True, slots=True)
class Permit:
    """A role that may take a step, and how whoever holds it must stand to the object (a relation of its kind)."""

    role: Role
    relation: StrEnum


@dataclass(frozen=True, slots=True)
class Button:
    """The step as a page offers it.

    ``key`` is its key on the keyboard; buttons stand in the order of ``rank``. ``form``: the form that opens first, empty
    where none is needed but for a reason. ``leads``: it is what the hand does most. ``undo``: it is sent so many seconds
    later, so that it can be taken back; 0: at once. ``danger``: it ends the matter without settling it. ``rare``: it stands
    behind "More", so that the daily buttons stay few.
    """

    key: str
    rank: int
    form: str = ""
    leads: bool = False
    undo: int = 0
    danger: bool = False
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table.

    ``permits``: who may; where there are none, the step is only ever taken along with one on another object. ``sources``
    and ``to`` are statuses; ``to`` None: the status stays. ``event`` is the name that the outside reads. ``does`` are the
    words of a button, ``happened`` those of the history, ``ahead`` those of what is still to come. ``when`` is what must be
    true of the object beside its status. ``bars`` are what rules the actor out whatever the role. ``told``: the step stands
    in what the public is shown, as ``told_as`` where the words of the history are the office's own; ``note_told``: its note
    too; ``told_with``: only where it has changed one of these columns. ``needs_reason``: it is taken with words that say why;
    ``needs_words``: with words that are the step itself. ``picture`` is the stage of the pictures that go with it, empty where
    none do.
    """

    action: StrEnum
    sources: frozenset[StrEnum]
    to: StrEnum | None
    permits: tuple[Permit, ...]
    event: str
    happened: Words
    does: Words
    button: Button | None = None
    ahead: Words | None = None
    needs_reason: bool = False
    needs_words: bool = False
    when: tuple[StrEnum, ...] = ()
    bars: tuple[StrEnum, ...] = ()
    told: bool = False
    told_as: Words | None = None
    told_with: tuple[str, ...] = ()
    note_told: bool = False
    picture: str = ""

    def tells(self, changed: Collection[str]) -> bool:
        """Whether the public is shown a step that has changed these columns."""
        return self.told and (not self.told_with or any(name in changed for name in self.told_with))


def actions_from(table: Mapping[A, Step], status: StrEnum) -> tuple[A, ...]:
    """The actions that a table knows from a status, in its order."""
    return tuple(action for action, row in table.items() if status in row.sources)
