"""Case numbers: the local date and a serial of the day."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection


def next_number(now: datetime, *, count: int = 1) -> str:
    """The next case number: local date and a six-digit serial of the day, ``20261122000001``.

    With ``count`` > 1 as many serials are taken and the first is returned. One statement on both databases.
    """
    day = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_dailyserial (day, last) VALUES (%s, %s)"
            " ON CONFLICT (day) DO UPDATE SET last = cases_dailyserial.last + excluded.last RETURNING last",
            [day, count],
        )
        last: int = cursor.fetchone()[0]
    return f"{day:%Y%m%d}{last - count + 1:06d}"
