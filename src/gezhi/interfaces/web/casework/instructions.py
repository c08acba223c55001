"""What whoever has a case in hand must read first: the words with which it came to them, and who has urged since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.interfaces.web.casework.history import Taken, Told

# Steps that bring a case to somebody who has to act.
_BRINGS = frozenset(
    {
        Action.DISPATCH,
        Action.HAND_ON,
        Action.ASK_VERIFICATION,
        Action.REWORK,
        Action.REOPEN,
        Action.NOT_SOLVED,
        Action.REFUSE,
        Action.RESUME,
    }
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """The step that brought the case, if it had words, and the reminders since it, the last first."""

    step: Told | None
    reminders: list[Told]


def instruction_in(taken: Taken, history: Sequence[Told]) -> Instruction:
    """``history``: the same steps in words, newest first."""
    reminders: list[Told] = []
    for (step, _around), told in zip(reversed(taken), history, strict=True):
        if step.action == Action.REMIND:
            reminders.append(told)
        if step.action in _BRINGS and told.note:
            return Instruction(told, reminders)
        # What was urged before it went to somebody else was said to somebody else.
        if step.action in {Action.DISPATCH, Action.HAND_ON}:
            break
    return Instruction(None, reminders)
