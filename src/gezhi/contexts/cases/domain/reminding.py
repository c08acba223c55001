"""How often a case may be urged: four hours apart, counted for each side by itself.

The reporter and the office urge for different reasons; neither loses its turn by what the other did. Nor does either by what the
system's rules did, which speak once of each deadline and wait for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from gezhi.kernel.roles import Role

# What the history has as the role of whatever the program does by itself.
SYSTEM = "system"
PAUSE_BETWEEN = timedelta(hours=4)


def last_of_side(reminders: Iterable[tuple[datetime, str]], role: str) -> datetime | None:
    """When the side of ``role`` reminded last; ``reminders``: when and in which role. None for the system, which has no turns."""
    if role == SYSTEM:
        return None
    reporter = role == Role.RESIDENT
    return max((at for at, by in reminders if by != SYSTEM and (by == Role.RESIDENT) == reporter), default=None)


def next_reminder(last: datetime | None) -> datetime | None:
    """From when on a side whose last reminder was ``last`` may remind again; None: it never did."""
    return None if last is None else last + PAUSE_BETWEEN
