"""Of which steps a reporter is told, and when a message that was not sent is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from gezhi.contexts.cases.domain.actions import Action
from gezhi.contexts.cases.domain.transitions import TRANSITIONS
from gezhi.kernel.roles import Role


class Which(StrEnum):
    """How much somebody wants to be told."""

    ALL = "all"
    KEY = "key"
    """When it is handled, when it has ended, and when something is asked."""
    NONE = "none"


class State(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCLEAR = "unclear"
    """It may have arrived: it is not sent again by itself."""
    DROPPED = "dropped"
    """Nobody wants it any more."""


# What the reporter did is no news to the reporter.
_OWN = frozenset(
    action
    for action, row in TRANSITIONS.items()
    if row.permits and all(one.role is Role.RESIDENT for one in row.permits)
)
_OWN_TOO = frozenset({Action.WITHDRAW})
TOLD = frozenset(action for action, row in TRANSITIONS.items() if row.told) - _OWN - _OWN_TOO
KEY = TOLD & frozenset(
    {
        *(Action.HANDLE, Action.CLOSE, Action.FORCE_CLOSE, Action.SET_ASIDE, Action.CLOSED_ALONG),
        *(Action.CANCEL, Action.CANCELLED_ALONG, Action.REOPEN, Action.REOPENED_ALONG, Action.SETTLE),
    }
)
# After these the reporter is asked whether it is solved.
ASKS = frozenset({Action.CLOSE, Action.FORCE_CLOSE, Action.SET_ASIDE, Action.CLOSED_ALONG, Action.SETTLE})
BY_EVENT: dict[str, Action] = {TRANSITIONS[action].event: action for action in TOLD}
_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
# How long a message that was begun may be under way before it counts as unclear.
LONGEST_SENDING = timedelta(minutes=10)


def is_told(which: str, action: Action) -> bool:
    """Whether somebody who chose ``which`` is told of a step."""
    return action in (TOLD if which == Which.ALL else KEY if which == Which.KEY else frozenset())


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a message is tried again after so many tries; None: no more."""
    return now + _WAITS[tries - 1] if tries <= len(_WAITS) else None
