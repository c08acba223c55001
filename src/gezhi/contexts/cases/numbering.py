"""Case numbers: the local date and a serial of the day.

A serial says in which order cases of a day came up, as nearly as the database tells without making reporters wait for each
other, and no more: where a report is given up, its serial is left out.

SQLite has one writer, who counts. On PostgreSQL reports take their serials from one sequence, less what it stood at when the
day began (``DailySerial.base``). Days on which nobody reported here, those of an import, are counted (``last``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

_COUNT = (
    "INSERT INTO cases_dailyserial (day, last) VALUES (%s, %s)"
    " ON CONFLICT (day) DO UPDATE SET last = cases_dailyserial.last + excluded.last RETURNING last"
)
_COUNT_WITHOUT_BASE = (
    "INSERT INTO cases_dailyserial (day, last) VALUES (%s, %s) ON CONFLICT (day)"
    " DO UPDATE SET last = cases_dailyserial.last + excluded.last WHERE cases_dailyserial.base IS NULL RETURNING last"
)
_TAKE = "SELECT nextval('cases_serial') - base FROM cases_dailyserial, generate_series(1, %s) WHERE day = %s AND base IS NOT NULL"
# Whoever reports first on a day; what was counted before goes before.
_BEGIN = (
    "INSERT INTO cases_dailyserial (day, last, base) VALUES (%s, 0, nextval('cases_serial')) ON CONFLICT (day)"
    " DO UPDATE SET base = coalesce(cases_dailyserial.base, excluded.base - cases_dailyserial.last)"
)


def next_number(now: datetime) -> str:
    """The next case number: local date and a serial of six digits or more, ``20261122000001``. One statement, but for the
    first of a day."""
    day = _day(now)
    if connection.vendor == "sqlite":
        return numbers_of(now, 1)[0]
    serials = _taken(day, 1)
    if not serials:
        with connection.cursor() as cursor:
            cursor.execute(_BEGIN, [day])
        serials = _taken(day, 1)
    return _numbers(day, serials)[0]


def numbers_of(moment: datetime, count: int) -> list[str]:
    """``count`` numbers of the local day of ``moment``, for an import. One or two statements."""
    day = _day(moment)
    last = _counted(_COUNT if connection.vendor == "sqlite" else _COUNT_WITHOUT_BASE, day, count)
    if last is None:
        return _numbers(day, _taken(day, count))
    return _numbers(day, range(last - count + 1, last + 1))


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _numbers(day: date, serials: Iterable[int]) -> list[str]:
    return [f"{day:%Y%m%d}{serial:06d}" for serial in serials]


def _counted(statement: str, day: date, count: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [day, count])
        found = cursor.fetchone()
    return None if found is None else int(found[0])


def _taken(day: date, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [count, day])
        return [int(row[0]) for row in cursor.fetchall()]
