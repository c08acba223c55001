"""Open cases close to a place: shown to a reporter before the same thing is reported twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, hypot, radians

from gezhi.contexts.cases.domain.states import OPEN_STATUSES
from gezhi.contexts.cases.models import Case

METRES_PER_DEGREE = 111_320.0
# A similar case lies within 50 m (GB/T 30428.8 practice); for people a week says more than its 24 hours.
RADIUS_M = 50.0
DAYS = 7


@dataclass(frozen=True, slots=True)
class Nearby:
    """What a stranger may know of an open case: what it is about, where it stands, how near it is. No words, no names."""

    class_code: str
    status: str
    reported_at: datetime
    metres: float


def nearby_open(*, lon: float, lat: float, now: datetime, radius_m: float = RADIUS_M, limit: int = 5) -> list[Nearby]:
    """Open cases of the last week within ``radius_m`` metres of a point (WGS84), nearest first."""
    dlat = radius_m / METRES_PER_DEGREE
    shrink = max(0.01, cos(radians(lat)))
    dlon = dlat / shrink
    rows = (
        Case.objects.filter(
            lon__range=(lon - dlon, lon + dlon),
            lat__range=(lat - dlat, lat + dlat),
            status__in=[status.value for status in OPEN_STATUSES],
            reported_at__gt=now - timedelta(days=DAYS),
        )
        .order_by("-reported_at")
        .values_list("class_code", "status", "reported_at", "lon", "lat")[:200]
    )
    found = [
        Nearby(code, status, at, hypot((x - lon) * shrink, y - lat) * METRES_PER_DEGREE)
        for code, status, at, x, y in rows
    ]
    return sorted((case for case in found if case.metres <= radius_m), key=lambda case: case.metres)[:limit]
