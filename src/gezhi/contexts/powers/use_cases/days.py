"""Days that are told by people, as the instants of a power's time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from gezhi.contexts.powers.domain.standing import in_effect
from gezhi.contexts.powers.models import Holding
from gezhi.contexts.powers.use_cases.enter_holdings import first_instant
from gezhi.kernel.errors import InvalidInput

# No office plans farther ahead, and no calendar of a database ends before.
MOST_AHEAD = timedelta(days=100 * 366)


def start_of(day: date | None, *, holding: Holding, now: datetime) -> datetime:
    """The instant from which a street has a power: the beginning of a day, ``now`` where none is told.

    Raises ``InvalidInput`` where the item of the register is not in effect on that day.
    """
    today = timezone.localdate(now)
    wanted = today if day is None else day
    item = holding.power
    if wanted > today + MOST_AHEAD or not in_effect(item.valid_from, item.valid_to, on=wanted):
        raise InvalidInput("power_not_in_effect", f"{item.code} is not in effect on {wanted}", field="first_day")
    return now if day is None or day == today else first_instant(day)


def end_of(day: date | None, *, start: datetime | None, now: datetime) -> datetime | None:
    """The instant at which a street has a power no more, given the last day of its time; None: no end.

    Raises ``InvalidInput`` for a day that is past, before the start or beyond a hundred years.
    """
    if day is None:
        return None
    today = timezone.localdate(now)
    earliest = today if start is None else max(today, timezone.localdate(start))
    if not earliest <= day <= today + MOST_AHEAD:
        raise InvalidInput("power_ends_before", f"the last day lies between {earliest} and a century", field="last_day")
    return first_instant(day + timedelta(days=1))
