"""Open cases close to a place: shown to a reporter before the same thing is reported twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.duplicates import WEIGHTS, Tie
from gezhi.contexts.cases.domain.nearness import bounds_of, cell_of
from gezhi.contexts.cases.domain.states import OPEN_STATUSES
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries.class_names import class_ties

# For people a week says more than the 24 hours of the standard's practice.
DAYS = 7
_MOST_READ = 200


@dataclass(frozen=True, slots=True)
class Nearby:
    """What a stranger may know of an open case: what it is about, where it stands, since which day. No place, no words, no
    names."""

    class_code: str
    status: str
    reported_on: date


def nearby_open(*, lon: float, lat: float, now: datetime, limit: int = 5) -> list[Nearby]:
    """Open cases of the last week in the cell of a point (WGS84; see ``domain.nearness``), newest first.

    Only of classes that are marked public: what concerns persons, families or their homes is told to nobody.
    """
    return _open_in_cell(_public(), lon=lon, lat=lat, since=now - timedelta(days=DAYS), limit=limit)


def nearby_alike(
    class_codes: Collection[str], *, lon: float, lat: float, now: datetime, limit: int = 5
) -> list[Nearby]:
    """The open cases in the cell of a point that may be what somebody is about to report as one of these classes, newest first.

    Of the class or one that reporters take for it, and as young as a matter of it is told again (``domain.duplicates``). As
    above, public classes only; neither where exactly they stand nor what was said of them decides, or asking would tell it.
    """
    ties = class_ties()
    codes = [
        code
        for code in _public()
        if any(ties.between(asked, code) in {Tie.SAME, Tie.MIXED_UP} for asked in class_codes)
    ]
    if not codes:
        return []
    since = now - max(WEIGHTS.open_window(code) for code in codes)
    found = _open_in_cell(codes, lon=lon, lat=lat, since=since, limit=limit)
    return [
        one for one in found if one.reported_on >= timezone.localtime(now - WEIGHTS.open_window(one.class_code)).date()
    ]


def _public() -> list[str]:
    return [entry.code for entry in catalogue().classes.values() if entry.is_public]


def _open_in_cell(codes: Collection[str], *, lon: float, lat: float, since: datetime, limit: int) -> list[Nearby]:
    cell = cell_of(lon, lat)
    west, south, east, north = bounds_of(cell)
    rows = (
        Case.objects.filter(
            lon__range=(west, east),
            lat__range=(south, north),
            class_code__in=codes,
            status__in=[status.value for status in OPEN_STATUSES],
            reported_at__gt=since,
            # A part is the office's own division of a matter that is shown already.
            parent__isnull=True,
        )
        .order_by("-reported_at", "-pk")
        .values_list("class_code", "status", "reported_at", "lon", "lat")[:_MOST_READ]
    )
    found = [
        Nearby(code, status, timezone.localtime(at).date())
        for code, status, at, x, y in rows
        if x is not None and y is not None and cell_of(x, y) == cell
    ]
    return found[:limit]
