"""Spans of whole days that are told from today, such as "this week": which days they are depends on when somebody asks."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)
# Before anything that a city has on record.
LONG_AGO = date(1900, 1, 1)


class Period(StrEnum):
    """A span of days by its name. Weeks begin on Monday; the last seven or thirty days end with today, and what is older than
    they are began with ``LONG_AGO``."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    OVER_7_DAYS = "over_7_days"
    OVER_30_DAYS = "over_30_days"


def first_and_last(period: Period, today: date) -> tuple[date, date]:
    """The first and the last day of a period, both of it, as of ``today``."""
    monday = today - today.weekday() * _DAY
    before = today.replace(day=1) - _DAY
    return {
        Period.TODAY: (today, today),
        Period.YESTERDAY: (today - _DAY, today - _DAY),
        Period.LAST_7_DAYS: (today - 6 * _DAY, today),
        Period.LAST_30_DAYS: (today - 29 * _DAY, today),
        Period.THIS_WEEK: (monday, monday + 6 * _DAY),
        Period.LAST_WEEK: (monday - 7 * _DAY, monday - _DAY),
        Period.THIS_MONTH: (today.replace(day=1), today.replace(day=monthrange(today.year, today.month)[1])),
        Period.LAST_MONTH: (before.replace(day=1), before),
        Period.OVER_7_DAYS: (LONG_AGO, today - 7 * _DAY),
        Period.OVER_30_DAYS: (LONG_AGO, today - 30 * _DAY),
    }[period]
