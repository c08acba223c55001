"""The working calendar in force: the national one with the city's own days and hours on top."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.conf import settings

from gezhi.kernel.calendar import Span, WorkCalendar, china_calendar
from gezhi.platform.kept import kept
from gezhi.platform.worktime.models import CalendarDay, OfficeHours

# How long a process may work with the calendar that it read: an edit takes effect within this many seconds.
FRESH_SECONDS = 10.0


@kept(seconds=FRESH_SECONDS)
def city_calendar() -> WorkCalendar:
    """The city's calendar, read at most every ``FRESH_SECONDS``."""
    overrides = {day: kind == CalendarDay.Kind.WORKDAY for day, kind in CalendarDay.objects.values_list("day", "kind")}
    calendar = replace(china_calendar(overrides=overrides), zone=ZoneInfo(settings.TIME_ZONE))
    week: list[list[Span]] = [[] for _ in range(7)]
    for weekday, opens, closes in OfficeHours.objects.order_by("weekday", "opens").values_list(
        "weekday", "opens", "closes"
    ):
        week[weekday].append(Span(opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute))
    if any(week):
        spans = tuple(tuple(day) for day in week)
        calendar = replace(calendar, week=spans, standard_day=next(day for day in spans if day))
    return calendar
