"""A city's plan of its working time: its own days, its office hours, and both as a person writes them.

Days stand one a line, or some days in a row: ``2027-02-06..2027-02-12 休 春节``, ``2027-02-14 班 春节调休``. ``休`` (off) is a day
without office time, ``班`` (work) one with the hours of a working day. Hours are spans: ``08:00-12:00, 14:00-18:00``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gezhi.kernel.calendar import CHINA_OFFICE_HOURS, Span, WorkCalendar, china_calendar, office_hours
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled

FIRST_YEAR, LAST_YEAR = 2000, 2100
MAX_NOTE = 100
# A city's own days are some dozens a year; a year has no more than this.
_MOST_DAYS = 366
Hours = tuple[tuple[Span, ...], ...]


class DayKind(StrEnum):
    """How the city treats a day."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


@dataclass(frozen=True, slots=True, order=True)
class OwnDay:
    """A day that the city treats otherwise than the national calendar does, or says once more."""

    day: date
    kind: DayKind
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """``hours``: of the seven days from Monday; empty: the national default. ``planned_years``: the years whose days are given
    as a whole."""

    days: tuple[OwnDay, ...] = ()
    hours: Hours = ()
    planned_years: frozenset[int] = frozenset()

    def of_year(self, year: int) -> list[OwnDay]:
        """Its days in a year, in their order."""
        return sorted(one for one in self.days if one.day.year == year)

    def with_year(self, year: int, days: Iterable[OwnDay], *, planned: bool) -> Plan:
        """The same with other days in one year."""
        kept = [one for one in self.days if one.day.year != year]
        years = self.planned_years | {year} if planned else self.planned_years - {year}
        return replace(self, days=tuple(sorted([*kept, *days])), planned_years=years)


def calendar_of(plan: Plan, zone: ZoneInfo) -> WorkCalendar:
    """The national calendar with a plan on top."""
    overrides = {one.day: one.kind is DayKind.WORKDAY for one in plan.days}
    calendar = replace(china_calendar(overrides=overrides, known_years=plan.planned_years), zone=zone)
    if any(plan.hours):
        calendar = replace(calendar, week=plan.hours, standard_day=next(day for day in plan.hours if day))
    return calendar


_KINDS = {"休": DayKind.HOLIDAY, "off": DayKind.HOLIDAY, "班": DayKind.WORKDAY, "work": DayKind.WORKDAY}
_DAY = r"(\d{4}-\d{1,2}-\d{1,2})"
_LINE = re.compile(rf"{_DAY}(?:\s*(?:\.\.|至|~)\s*{_DAY})?\s+(休|班|off|work)(?:\s+(.*))?", re.IGNORECASE | re.ASCII)


def read_days(text: str, year: int) -> list[OwnDay]:
    """The days of one year as they are written.

    Raises ``InvalidInput`` (``bad_calendar_day``) with the line at fault: it cannot be read, lies in another year, says of a
    day what was said before.
    """
    found: dict[date, OwnDay] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        for one in _days_of_line(line.strip(), number):
            if one.day.year != year:
                raise _bad(number, filled("%(day)s is not in %(year)s", day=one.day, year=year))
            if one.day in found:
                raise _bad(number, filled("%(day)s stands twice", day=one.day))
            found[one.day] = one
    return sorted(found.values())


def _days_of_line(line: str, number: int) -> list[OwnDay]:
    read = _LINE.fullmatch(line)
    if read is None:
        raise _bad(number, filled("'%(line)s' cannot be read", line=line[:60]))
    first, last, kind, note = _date(read[1], number), _date(read[2] or read[1], number), read[3], (read[4] or "")
    if last < first or (last - first).days >= _MOST_DAYS:
        raise _bad(number, filled("%(last)s does not come after %(first)s", first=first, last=last))
    if len(note) > MAX_NOTE:
        raise _bad(number, filled("at most %(most)s characters", most=MAX_NOTE))
    days = (first + timedelta(days=place) for place in range((last - first).days + 1))
    return [OwnDay(day, _KINDS[kind.lower()], note.strip()) for day in days]


def _date(text: str, number: int) -> date:
    try:
        return date(*map(int, text.split("-")))
    except ValueError as error:
        raise _bad(number, filled("there is no day %(text)s", text=text)) from error


def _bad(number: int, said: object) -> InvalidInput:
    words = filled("line %(line)s: %(fault)s", line=number, fault=said)
    return InvalidInput("bad_calendar_day", words, field="days")


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row that are treated alike and have one name."""

    first: date
    last: date
    kind: DayKind
    note: str


def runs_of(days: Iterable[OwnDay]) -> list[Run]:
    """Days as runs, in their order."""
    found: list[Run] = []
    for one in sorted(days):
        before = found[-1] if found else None
        if before and (before.kind, before.note) == (one.kind, one.note) and (one.day - before.last).days == 1:
            found[-1] = replace(before, last=one.day)
        else:
            found.append(Run(one.day, one.day, one.kind, one.note))
    return found


def text_of_days(days: Iterable[OwnDay], *, in_english: bool = False) -> str:
    """Days as ``read_days`` reads them."""
    free, worked = ("off", "work") if in_english else ("休", "班")
    words = {DayKind.HOLIDAY: free, DayKind.WORKDAY: worked}
    lines = []
    for run in runs_of(days):
        span = f"{run.first}" if run.first == run.last else f"{run.first}..{run.last}"
        lines.append(f"{span} {words[run.kind]} {run.note}".rstrip())
    return "\n".join(lines)


def read_hours(texts: Iterable[str]) -> Hours:
    """Office hours of the seven days from Monday, each as spans with commas between; all that are empty: the default.

    Raises ``InvalidInput`` (``bad_office_hours``): a time that is none, spans out of order, no hours at all but some wanted.
    """
    week: list[tuple[Span, ...]] = []
    for place, text in enumerate(texts):
        parts = [part.strip() for part in re.split(r"[,，、;；]", text.replace("：", ":")) if part.strip()]
        try:
            spans = office_hours(*parts)
        except (ValueError, TypeError) as error:
            raise _bad_hours(place, text) from error
        edges = [edge for span in spans for edge in span]
        # A day's last minute: the table of hours holds times of a day, and 24:00 is none.
        if edges != sorted(set(edges)) or (edges and edges[-1] >= 24 * 60):
            raise _bad_hours(place, text)
        week.append(spans)
    return tuple(week) if any(week) else ()


def _bad_hours(place: int, text: str) -> InvalidInput:
    words = filled("'%(text)s' are no office hours: write 08:00-12:00, 14:00-18:00", text=text[:60])
    return InvalidInput("bad_office_hours", words, field=f"hours_{place}")


def text_of_hours(spans: Iterable[Span]) -> str:
    """Office hours as ``read_hours`` reads them."""
    return ", ".join(f"{_time(span.opens)}-{_time(span.closes)}" for span in spans)


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def default_hours() -> Hours:
    """The hours of the seven days where a city gives none of its own."""
    return (*[CHINA_OFFICE_HOURS] * 5, (), ())
