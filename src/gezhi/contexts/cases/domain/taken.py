"""When somebody who had a case in hand has it no more, and in which words that is told them."""

from __future__ import annotations

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.kernel.filled import Filled, filled

TOPIC = "taken"
_IN_HAND = frozenset({CaseStatus.DISPATCHED, CaseStatus.HANDLING, CaseStatus.SUSPENDED})
# The person and the body that have a case.
Holders = tuple[int | None, int | None]
NOBODY: Holders = (None, None)


def in_hand(status: CaseStatus) -> bool:
    """Whether somebody has the case and is to settle it."""
    return status in _IN_HAND


def lost_by(had: Holders, has: Holders) -> Holders:
    """Of the person and the body that had a case the one who has it no more. A person loses it to another person or body, not to
    all of their own body; a body of which one person had it, loses it with them and is not named beside them."""
    (person, body), (other, another) = had, has
    if person is not None:
        still = other == person or (other is None and body is not None and another == body)
        return NOBODY if still else (person, None)
    return NOBODY if body is None or body == another else (None, body)


def words_of(action: Action, *, step: int) -> Filled | None:
    """What whoever loses a case by this action is told; None where nobody does. ``step``: the version that the reason stands at."""
    said = {
        Action.DISPATCH: filled("Dispatched anew to somebody else: you need do nothing more about it.", step=step),
        Action.HAND_ON: filled("A colleague gave it to somebody else: you need do nothing more about it.", step=step),
        Action.RETURN: filled("A colleague returned it to the hub: you need do nothing more about it.", step=step),
        # Why stands with the correction that it went along with.
        Action.OUT_OF_REACH: filled(
            "Its place was set right and is none of yours: the hub has it again, and you need do nothing more about it.",
            step=step - 1,
        ),
        Action.MERGE: filled(
            "It goes together with another report of the same matter: you need do nothing more about it.", step=step
        ),
        Action.CANCEL: filled("It was cancelled: you need do nothing more about it.", step=step),
        Action.SET_ASIDE: filled(
            "Two people decided to set it aside, and it was answered: you need do nothing more about it.", step=step
        ),
        Action.FORCE_CLOSE: filled("Two people decided to close it: you need do nothing more about it.", step=step),
    }
    return said.get(action)


def step_named(words: Filled) -> int | None:
    """The version of the step at which the reason stands."""
    step = words.values.get("step")
    return step if isinstance(step, int) else None
