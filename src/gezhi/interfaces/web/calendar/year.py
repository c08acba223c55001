"""A year of the calendar as its page shows it: months of weeks, the days that differ from a plain week, and their source."""

from __future__ import annotations

import calendar as weeks
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from gezhi.interfaces.web.words import MONTHS, day_of_month, english, limit_words
from gezhi.kernel.calendar import WorkCalendar, deadline
from gezhi.kernel.time_limits import parse_limit
from gezhi.platform.worktime.plan import DayKind, OwnDay, Plan, Run, default_hours, runs_of, text_of_hours
from gezhi.platform.worktime.queries import national_holidays, national_workdays

WEEKDAYS: tuple[str | Promise, ...] = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
_SHORT = "一二三四五六日"
# The library's names of the statutory holidays.
_HOLIDAY: dict[str, str | Promise] = {
    "New Year's Day": _("New Year's Day"),
    "Spring Festival": _("Spring Festival"),
    "Tomb-sweeping Day": _("Tomb-sweeping Day"),
    "Labour Day": _("Labour Day"),
    "Dragon Boat Festival": _("Dragon Boat Festival"),
    "National Day": _("National Day"),
    "Mid-autumn Festival": _("Mid-autumn Festival"),
    "Anti-Fascist 70th Day": _("70th anniversary of the victory over fascism"),
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day in a month. ``tone``: work, weekend, holiday or makeup; ``mark``: one word where it is no plain day; ``says``: the
    same in full."""

    day: date
    tone: str
    mark: str
    says: str
    today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks from Monday; None: a day of another month."""

    name: str
    key: int
    weeks: list[list[Day | None]]
    working_days: int


@dataclass(frozen=True, slots=True)
class Special:
    """Days in a row that differ: when, what they are, whether the city itself says so."""

    span: str
    name: str
    count: int
    free: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Year:
    """``known``: whether a plan of it is on record; ``national``: whether that is the State Council's notice."""

    number: int
    months: list[Month]
    special: list[Special]
    working_days: int
    known: bool
    national: bool
    own: bool


def year_of(number: int, plan: Plan, calendar: WorkCalendar, *, today: date) -> Year:
    """A year of a calendar."""
    told = _told_days(number, plan)
    months = [_month(number, place, calendar, told, today) for place in range(1, 13)]
    national = any(day.year == number for day in national_holidays())
    return Year(
        number,
        months,
        [_special(run, plan) for run in runs_of(told.values())],
        sum(month.working_days for month in months),
        number in calendar.known_years,
        national,
        bool(plan.of_year(number)) or number in plan.planned_years,
    )


def _told_days(number: int, plan: Plan) -> dict[date, OwnDay]:
    """The days that a notice or the city speaks of."""
    found = {
        day: OwnDay(day, kind, str(_HOLIDAY.get(name, name)))
        for days, kind in ((national_holidays(), DayKind.HOLIDAY), (national_workdays(), DayKind.WORKDAY))
        for day, name in days.items()
        if day.year == number
    }
    for one in plan.of_year(number):
        before = found.get(one.day)
        name = one.note or (before.note if before is not None and before.kind is one.kind else "")
        found[one.day] = OwnDay(one.day, one.kind, name)
    return found


def _month(year: int, month: int, calendar: WorkCalendar, told: dict[date, OwnDay], today: date) -> Month:
    found: list[list[Day | None]] = []
    for week in weeks.Calendar().monthdatescalendar(year, month):
        found.append([_day(day, calendar, told.get(day), today) if day.month == month else None for day in week])
    days = [one for week in found for one in week if one is not None]
    name = MONTHS[month - 1] if english() else f"{month}月"
    return Month(name, month, found, sum(calendar.is_working_day(one.day) for one in days))


def _day(day: date, calendar: WorkCalendar, told: OwnDay | None, today: date) -> Day:
    spans = calendar.spans_of(day)
    hours = text_of_hours(spans) if spans else gettext("no office hours")
    if told is None:
        return Day(day, "work" if spans else "weekend", "", hours, day == today)
    free = told.kind is DayKind.HOLIDAY
    words = gettext("holiday") if free else gettext("make-up working day")
    says = ", ".join(part for part in (told.note, words, "" if free else hours) if part)
    return Day(day, "holiday" if free else "makeup", _mark(free), says, day == today)


def _mark(free: bool) -> str:
    return pgettext("day", "off") if free else pgettext("day", "work")


def _special(run: Run, plan: Plan) -> Special:
    first, last = (day_of_month(day, english=english()) for day in (run.first, run.last))
    own = {one.day for one in plan.days}
    return Special(
        first if run.first == run.last else f"{first} – {last}",
        run.note,
        (run.last - run.first).days + 1,
        run.kind is DayKind.HOLIDAY,
        any(run.first + timedelta(days=place) in own for place in range((run.last - run.first).days + 1)),
    )


@dataclass(frozen=True, slots=True)
class WeekHours:
    """The office hours of a weekday; empty: none."""

    name: str | Promise
    hours: str


def hours_of(plan: Plan) -> list[WeekHours]:
    """The hours of the seven days."""
    week = plan.hours or default_hours()
    return [WeekHours(name, text_of_hours(spans)) for name, spans in zip(WEEKDAYS, week, strict=True)]


def weekday_heads() -> list[tuple[str, str]]:
    """What stands over the columns of a month: short, and in full."""
    names = [str(name) for name in WEEKDAYS]
    return [(name[:2] if english() else _SHORT[place], name) for place, name in enumerate(names)]


# What a preview counts from now on by both calendars.
_SAMPLES = ("4WH", "1WD", "5WD", "15WD", "7ND")


@dataclass(frozen=True, slots=True)
class Sample:
    """When a ``limit`` (in words) that begins now would be up, by the calendar in force and by the new one."""

    limit: str
    before: datetime
    after: datetime


def samples(before: WorkCalendar, after: WorkCalendar, *, now: datetime) -> list[Sample]:
    """Some usual limits by two calendars."""
    found = []
    for text in _SAMPLES:
        limit = parse_limit(text)
        was, becomes = (deadline(now, limit.amount, limit.kind, one) for one in (before, after))
        found.append(Sample(limit_words(text), was, becomes))
    return found
