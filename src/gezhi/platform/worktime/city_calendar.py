"""The working calendar in force: the national one with the city's own days and hours on top."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings

from gezhi.kernel.calendar import WorkCalendar
from gezhi.platform.kept import kept
from gezhi.platform.worktime.plan import calendar_of
from gezhi.platform.worktime.queries import plan_in_force

# How long a process may work with the calendar that it read: an edit takes effect within this many seconds.
FRESH_SECONDS = 10.0


@kept(seconds=FRESH_SECONDS)
def city_calendar() -> WorkCalendar:
    """The city's calendar, read at most every ``FRESH_SECONDS``."""
    return calendar_of(plan_in_force().plan, ZoneInfo(settings.TIME_ZONE))
