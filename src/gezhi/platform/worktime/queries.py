"""The versions of the city's calendar, and what each of them says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from gezhi.kernel.calendar import Span
from gezhi.kernel.errors import NotFound
from gezhi.platform.worktime.models import CalendarDay, CalendarVersion, OfficeHours
from gezhi.platform.worktime.plan import DayKind, OwnDay, Plan


@dataclass(frozen=True, slots=True)
class InForce:
    """The plan in force. ``number``: of its version; 0: from before there were versions. ``note``: why it was made."""

    number: int
    plan: Plan
    note: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in a list, and how many days it has of its own."""

    number: int
    note: str
    in_force: bool
    made_at: datetime


def plan_in_force() -> InForce:
    """What is in force. Three queries."""
    version = CalendarVersion.objects.filter(in_force=True).first()
    if version is None:
        return InForce(0, _plan_of(None, ()))
    return InForce(version.number, _plan_of(version.pk, version.planned_years), version.note, version.made_at)


def plan_of(number: int) -> Plan:
    """What a version says. Raises ``NotFound``."""
    version = CalendarVersion.objects.filter(number=number).first()
    if version is None:
        raise NotFound("no_calendar", f"there is no version {number} of the calendar", field="number")
    return _plan_of(version.pk, version.planned_years)


def calendar_versions(*, most: int = 20) -> list[VersionRow]:
    """The newest versions, newest first."""
    rows = CalendarVersion.objects.order_by("-number").values_list("number", "note", "in_force", "made_at")
    return [VersionRow(*row) for row in rows[:most]]


def _plan_of(version_id: int | None, planned_years: tuple[int, ...] | list[int]) -> Plan:
    days = CalendarDay.objects.filter(version_id=version_id).order_by("day").values_list("day", "kind", "note")
    week: list[list[Span]] = [[] for _ in range(7)]
    hours = OfficeHours.objects.filter(version_id=version_id).order_by("weekday", "opens")
    for weekday, opens, closes in hours.values_list("weekday", "opens", "closes"):
        week[weekday].append(Span(_minutes(opens), _minutes(closes)))
    return Plan(
        tuple(OwnDay(day, DayKind(kind), note) for day, kind, note in days),
        tuple(tuple(day) for day in week) if any(week) else (),
        frozenset(planned_years),
    )


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


@lru_cache(maxsize=1)
def national_holidays() -> dict[date, str]:
    """The days of the State Council's notices that are free: day → the holiday, in the library's English."""
    from chinese_calendar import constants  # 50 ms of import for a table: only where a calendar is shown

    return dict(constants.holidays)


@lru_cache(maxsize=1)
def national_workdays() -> dict[date, str]:
    """The days of these notices that are worked although they lie on a weekend: day → the holiday that they make up for."""
    from chinese_calendar import constants

    return dict(constants.workdays)
