"""Working-time arithmetic: when is a limit up, how much of it is used.

The idea. A calendar is a list of office spans per local day; holidays have none, make-up working days (调休) have
the standard day's. For each local year the spans are laid out once as instants with the working time before each of
them, so that "how much working time lies before this moment" and its inverse are one bisection. Everything else
is sums and differences of that function. All arithmetic is on whole microseconds, so that it is exact.

What a limit means.

* ``urgent_hour`` and ``natural_day`` run on the wall clock (3,600 s and 86,400 s).
* ``work_hour`` runs inside office spans only.
* ``work_day`` is the office time of one *standard* day, run inside office spans: with 08:00–12:00 and 14:00–18:00 it is
  8 working hours. Started Monday 10:00, one work day is up Tuesday 10:00; started Friday 17:00, Monday 17:00.
* A clock started outside office time begins at the next opening. The deadline is the *earliest* moment at
  which the limit is used up: a limit that ends with the office day is up at closing, not at the next opening; so one
  work day that starts at closing time is up at the next working day's closing.
* A pause (挂账) stops every kind of clock. Overlapping pauses count once.

Source of the kinds: GB/T 30428.8 practice; of Chinese holidays and make-up days: the State Council's yearly notices as
packaged by ``chinesecalendar``. A year without a notice has plain weekends, and ``covers()`` says so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gezhi.kernel.reading import whole_number
from gezhi.kernel.time_limits import Limit, LimitKind, parse_limit

__all__ = [
    "CHINA_OFFICE_HOURS",
    "SHANGHAI",
    "Limit",
    "LimitKind",
    "Pause",
    "Span",
    "WorkCalendar",
    "china_calendar",
    "deadline",
    "elapsed",
    "office_hours",
    "parse_limit",
    "remaining",
    "unit",
    "working_seconds_between",
]

SHANGHAI = ZoneInfo("Asia/Shanghai")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_DAY_MINUTES = 24 * 60
_LONGEST_YEARS = 50  # no limit is that long; without a bound a slip in a table would lay out millennia


class Span(NamedTuple):
    """Office time from ``opens`` to ``closes``, in minutes after local midnight (1,440 is the next midnight)."""

    opens: int
    closes: int


class Pause(NamedTuple):
    """The clock stands from ``start`` until ``end``; ``end`` None is a pause that still lasts. Aware moments."""

    start: datetime
    end: datetime | None


def office_hours(*texts: str) -> tuple[Span, ...]:
    """Spans from texts like ``"08:00-12:00"``; ``24:00`` is the end of the day. Raises ``ValueError``."""
    return tuple(Span(*(_minutes(part) for part in text.replace("\N{EN DASH}", "-").split("-", 1))) for text in texts)


def _minutes(text: str) -> int:
    written = text.strip().partition(":")
    hours, minutes = whole_number(written[0], most=99), whole_number(written[2], most=59)
    if hours is None or minutes is None:
        raise ValueError(f"'{text}' is not a time of day such as 08:30")
    return hours * 60 + minutes


CHINA_OFFICE_HOURS = office_hours("08:00-12:00", "14:00-18:00")


class _Year(NamedTuple):
    """One local year, in microseconds: starts and ends of its spans (instants) and the working time before each."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int


@dataclass(frozen=True)
class WorkCalendar:
    """Office hours of one place.

    ``week`` has seven entries, Monday first; ``standard_day`` is what a make-up working day has and what one
    ``work_day`` lasts. ``working_days`` wins over ``holidays``. ``known_years`` are those whose holidays are on record.
    Raises ``ValueError`` on spans that are out of order or outside the day, and on a week without any office time.
    """

    week: tuple[tuple[Span, ...], ...] = (CHINA_OFFICE_HOURS,) * 5 + ((), ())
    standard_day: tuple[Span, ...] = CHINA_OFFICE_HOURS
    zone: ZoneInfo = SHANGHAI
    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    known_years: frozenset[int] = frozenset()
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError(f"a week has 7 days, got {len(self.week)}")
        if not self.standard_day or not any(self.week):
            raise ValueError("a calendar without office hours never ends a limit")
        for spans in (*self.week, self.standard_day):
            edges = [edge for span in spans for edge in span]
            if edges != sorted(set(edges)) or (edges and not 0 <= edges[0] < edges[-1] <= _DAY_MINUTES):
                raise ValueError(f"office hours out of order or outside the day: {spans}")

    @property
    def standard_day_seconds(self) -> int:
        """Office seconds of a standard day: what one ``work_day`` lasts."""
        return sum(span.closes - span.opens for span in self.standard_day) * 60

    def is_working_day(self, day: date) -> bool:
        return bool(self.spans_of(day))

    def spans_of(self, day: date) -> tuple[Span, ...]:
        """Office spans of a local day, empty on weekends and holidays."""
        if day in self.working_days:
            return self.week[day.weekday()] or self.standard_day
        return () if day in self.holidays else self.week[day.weekday()]

    def covers(self, *moments: datetime) -> bool:
        """Whether the holidays of these moments' local years are on record; if not, only weekends were left out."""
        return all(moment.astimezone(self.zone).year in self.known_years for moment in moments)

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            self._years[year] = self._lay_out(year)
        return self._years[year]

    def _lay_out(self, year: int) -> _Year:
        starts: list[int] = []
        ends: list[int] = []
        before: list[int] = []
        total = 0
        day = date(year, 1, 1)
        while day.year == year:
            midnight = datetime.combine(day, time(), self.zone)
            for span in self.spans_of(day):
                # Adding to an aware datetime moves the local clock, so a day with a DST change keeps its office hours.
                starts.append(_micros(midnight + timedelta(minutes=span.opens)))
                ends.append(_micros(midnight + timedelta(minutes=span.closes)))
                before.append(total)
                total += ends[-1] - starts[-1]
            day += timedelta(days=1)
        return _Year(starts, ends, before, total)

    def _worked(self, at: int, year: int) -> int:
        """Working microseconds of ``year`` before the instant ``at``."""
        spans = self._year(year)
        index = bisect_right(spans.starts, at) - 1
        if index < 0:
            return 0
        return spans.before[index] + min(at, spans.ends[index]) - spans.starts[index]

    def _between(self, first: int, last: int) -> int:
        year, last_year = self._local_year(first), self._local_year(last)
        total = -self._worked(first, year)
        while year < last_year:
            total += self._year(year).total
            year += 1
        return total + self._worked(last, last_year)

    def _advance(self, start: int, need: int) -> int:
        """The earliest instant at which ``need`` > 0 working microseconds have passed since ``start``."""
        first_year = year = self._local_year(start)
        need += self._worked(start, year)
        while need > (spans := self._year(year)).total:
            need -= spans.total
            year += 1
            if year - first_year > _LONGEST_YEARS:
                raise ValueError(f"the limit is longer than {_LONGEST_YEARS} years of working time")
        index = bisect_left(spans.before, need) - 1
        return spans.starts[index] + need - spans.before[index]

    def _local_year(self, at: int) -> int:
        return _moment(at).astimezone(self.zone).year


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def unit(kind: LimitKind, calendar: WorkCalendar) -> timedelta:
    """How much clock time one unit of ``kind`` is: an hour, 24 hours, or the office time of a standard day."""
    if kind is LimitKind.WORK_DAY:
        return timedelta(seconds=calendar.standard_day_seconds)
    return timedelta(days=1) if kind is LimitKind.NATURAL_DAY else timedelta(hours=1)


def _needed(amount: float, kind: LimitKind, calendar: WorkCalendar) -> int:
    if amount < 0:
        raise ValueError(f"a limit cannot be negative: {amount} {kind}")
    return round(amount * (unit(kind, calendar) // _MICROSECOND))


def _on_wall_clock(kind: LimitKind) -> bool:
    return kind in (LimitKind.URGENT_HOUR, LimitKind.NATURAL_DAY)


def _merged(pauses: Iterable[Pause | tuple[datetime, datetime | None]], *, until: int | None) -> list[tuple[int, int]]:
    """Pauses as disjoint instants in order; an open one lasts ``until`` (None: refused)."""
    intervals: list[tuple[int, int]] = []
    for start, end in pauses:
        if end is None and until is None:
            raise ValueError("a clock that is still paused has no deadline: close the pause with the present moment")
        first, last = _micros(start), until if end is None else _micros(end)
        assert last is not None  # noqa: S101 - narrowing: the open pause without `until` was refused above
        if last < first and end is not None:
            raise ValueError(f"a pause ends before it starts: {start.isoformat()} – {end.isoformat()}")
        intervals.append((first, max(first, last)))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(intervals):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def deadline(
    start: datetime,
    amount: float,
    kind: LimitKind,
    calendar: WorkCalendar,
    pauses: Sequence[Pause | tuple[datetime, datetime | None]] = (),
) -> datetime:
    """The earliest moment (aware, UTC) at which ``amount`` units of ``kind`` have run since ``start`` (aware).

    Raises ``ValueError`` on a negative amount, on a pause that is still open or ends before it starts, and on more than
    50 years of working time. Ask ``calendar.covers(start, deadline)`` whether the holidays in between were on record.
    """
    need = _needed(amount, kind, calendar)
    cursor = _micros(start)
    wall = _on_wall_clock(kind)
    if need == 0:
        return _moment(cursor)
    for first, last in _merged(pauses, until=None):
        if last <= cursor:
            continue
        if first > cursor:
            available = first - cursor if wall else calendar._between(cursor, first)
            if need <= available:
                break
            need -= available
        cursor = last
    return _moment(cursor + need if wall else calendar._advance(cursor, need))


def working_seconds_between(first: datetime, last: datetime, calendar: WorkCalendar) -> float:
    """Office seconds from ``first`` to ``last`` (aware); negative when ``last`` is the earlier one."""
    a, b = _micros(first), _micros(last)
    return (calendar._between(a, b) if a <= b else -calendar._between(b, a)) / _SECOND


def elapsed(
    start: datetime,
    end: datetime,
    kind: LimitKind,
    calendar: WorkCalendar,
    pauses: Sequence[Pause | tuple[datetime, datetime | None]] = (),
) -> timedelta:
    """Clock time of ``kind`` that ran from ``start`` to ``end`` (aware), pauses left out; zero if ``end`` is earlier.

    A pause that is still open lasts until ``end``. Divide by ``unit(kind, calendar)`` for the limit's own units.
    """
    first, last = _micros(start), _micros(end)
    if last <= first:
        return timedelta()
    wall = _on_wall_clock(kind)
    total = last - first if wall else calendar._between(first, last)
    for begins, ends in _merged(pauses, until=last):
        a, b = max(begins, first), min(ends, last)
        if a < b:
            total -= b - a if wall else calendar._between(a, b)
    return timedelta(microseconds=total)


def remaining(
    start: datetime,
    at: datetime,
    amount: float,
    kind: LimitKind,
    calendar: WorkCalendar,
    *,
    pauses: Sequence[Pause | tuple[datetime, datetime | None]] = (),
) -> timedelta:
    """Clock time of ``kind`` left of the limit at the moment ``at``; negative by as much as the limit is overrun."""
    needed = timedelta(microseconds=_needed(amount, kind, calendar))
    return needed - elapsed(start, at, kind, calendar, pauses)


@lru_cache(maxsize=32)
def _china(office: tuple[Span, ...], overrides: tuple[tuple[date, bool], ...], years: tuple[int, ...]) -> WorkCalendar:
    from chinese_calendar import constants  # 50 ms of import for a table: only where a calendar is built

    working = set(constants.workdays)
    holidays = set(constants.holidays)
    for day, is_working in overrides:
        (working if is_working else holidays).add(day)
        (holidays if is_working else working).discard(day)
    return WorkCalendar(
        week=(office,) * 5 + ((), ()),
        standard_day=office,
        holidays=frozenset(holidays),
        working_days=frozenset(working),
        known_years=frozenset({day.year for day in constants.holidays} | set(years)),
    )


def china_calendar(
    *,
    office: tuple[Span, ...] = CHINA_OFFICE_HOURS,
    overrides: Mapping[date, bool] | None = None,
    known_years: Iterable[int] = (),
) -> WorkCalendar:
    """China's statutory calendar in Asia/Shanghai. The same arguments give the same (cached) calendar.

    ``overrides`` says for a local day whether it is worked (True) or free (False), and wins over the library's data:
    notices issued after the library's release, or a city's own days. ``known_years`` names the years that the
    overrides cover as a whole, so that ``covers()`` trusts them.
    """
    return _china(office, tuple(sorted((overrides or {}).items())), tuple(sorted(known_years)))
