"""The cases of a list as points of a map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.cases.domain.states import OPEN_STATUSES
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries.lists import CASES, Filters, visible_to
from gezhi.contexts.cases.rows import CaseRow
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.among import only_among

# A map of more says no more; their newest are shown.
MAX_POINTS = 2_000
# What is pressed at one place is a list to be read.
MAX_PRESSED = 50
_OPEN = {status.value for status in OPEN_STATUSES}


@dataclass(frozen=True, slots=True)
class CasePoint:
    """A case on a map, in degrees (WGS84). ``late``: open and past the deadline of its stage."""

    number: str
    lon: float
    lat: float
    status: str
    class_code: str
    urgency: str
    late: bool


@dataclass(frozen=True, slots=True)
class CasePoints:
    """The first cases of a list that have a place. ``without_place``: how many of those looked at have none; ``more``: whether
    the list goes on after ``MAX_POINTS``."""

    points: list[CasePoint]
    without_place: int
    more: bool


def case_points(actor: Actor, *, filters: Filters, sort: str, now: datetime) -> CasePoints:
    """The cases of a list on a map, in its order. Raises what ``list_cases`` raises of filters and order."""
    ids = CASES.first_ids(actor, filters, sort=sort, count=MAX_POINTS + 1)
    return _points(ids[:MAX_POINTS], now, more=len(ids) > MAX_POINTS)


def points_of(rows: Iterable[CaseRow], *, now: datetime) -> CasePoints:
    """Rows of a list, as somebody saw it, on a map, each once."""
    return _points(list(dict.fromkeys(row["id"] for row in rows)), now, more=False)


def numbered_rows(actor: Actor, numbers: Sequence[str]) -> list[CaseRow]:
    """The rows of the first ``MAX_PRESSED`` of these cases, in this order, each once; without those that the actor may not
    know of. Two queries."""
    asked = list(dict.fromkeys(numbers))[:MAX_PRESSED]
    ids = dict(visible_to(actor).filter(number__in=asked).values_list("number", "id"))
    return CASES.with_ids(actor, [ids[number] for number in asked if number in ids])


def _points(ids: list[int], now: datetime, *, more: bool) -> CasePoints:
    fields = ("id", "number", "lon", "lat", "status", "class_code", "urgency", "due_at")
    rows = {row[0]: row[1:] for row in only_among(Case.objects.all(), ids).values_list(*fields)}
    points = [
        CasePoint(number, lon, lat, status, class_code, urgency, status in _OPEN and due is not None and due < now)
        for number, lon, lat, status, class_code, urgency, due in (rows[key] for key in ids if key in rows)
        if lon is not None and lat is not None
    ]
    return CasePoints(points, len(ids) - len(points), more)
