"""At which instant a rule speaks of a deadline: worked out on the city's calendar, pauses taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.escalation.domain.rules import Moment
from gezhi.kernel.calendar import Pause, WorkCalendar, deadline, elapsed, parse_limit, unit


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock that runs: from ``start`` (None: not known of an old case) to ``due``, by a ``limit`` such as ``4WH``.
    ``begun``: from when it had run before more time was granted; None: it began with ``start``."""

    start: datetime | None
    due: datetime
    limit: str
    pauses: Sequence[Pause] = ()
    begun: datetime | None = None


def instant_of(moment: Moment, clock: RunningClock, calendar: WorkCalendar) -> datetime | None:
    """When the moment is reached; None where it never is: a reminder that would lie before the beginning, or a share of a time
    that nobody can read."""
    if moment.share is not None:
        return _at_share(moment.share, clock, calendar)
    if moment.limit is None:
        return clock.due
    if moment.after:
        return deadline(clock.due, moment.limit.amount, moment.limit.kind, calendar)
    begun = clock.begun or clock.start
    if begun is None:
        return None
    # What lies between beginning and deadline, in the kind of time in which the rule counts back.
    kind = moment.limit.kind
    whole = elapsed(begun, clock.due, kind, calendar, clock.pauses)
    ahead = whole / unit(kind, calendar) - moment.limit.amount
    if ahead <= 0:
        return None
    return min(deadline(begun, ahead, kind, calendar, clock.pauses), clock.due)


def _at_share(share: float, clock: RunningClock, calendar: WorkCalendar) -> datetime | None:
    if clock.start is None:
        return None
    try:
        limit = parse_limit(clock.limit)
    except ValueError:
        return None
    # Of the time as it was given: the deadline may come from a calendar that has changed since.
    return min(deadline(clock.start, limit.amount * share, limit.kind, calendar, clock.pauses), clock.due)
