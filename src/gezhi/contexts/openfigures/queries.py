"""Reads of what anybody may see: of the cells alone, never of a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet, Sum

from gezhi.contexts.openfigures.domain.merging import LEVELS
from gezhi.contexts.openfigures.models import Cell, Month, Running

_COLUMNS = ("city", "district", "street", "community", "grid", "matter", "standing", "count")
# From an area to the column of the areas that lie in it.
_FINER = {"city": "district", "district": "street", "street": "community", "community": "grid"}


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A counted month."""

    id: int
    first_day: date
    made_at: datetime
    least: int
    few: bool


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell. ``area_id`` and ``level``: the finest area that its reports share; 0 and empty: none is known."""

    area_id: int
    level: str
    matter: str
    standing: str
    count: int


@dataclass(frozen=True, slots=True)
class RunningRow:
    """The month that runs: at least so many reports in the whole city."""

    first_day: date
    at_least: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cells: of a month, in an area (``level`` empty: anywhere), of a matter and a standing (empty: any)."""

    month_id: int
    level: str = ""
    area_id: int = 0
    matter: str = ""
    standing: str = ""


def months() -> list[MonthRow]:
    """The counted months, newest first."""
    return [
        MonthRow(*row)
        for row in Month.objects.order_by("-first_day").values_list("pk", "first_day", "made_at", "least", "few")
    ]


def running() -> RunningRow | None:
    """The month that runs; None before anything was counted."""
    row = Running.objects.values_list("first_day", "at_least", "at").first()
    return None if row is None else RunningRow(*row)


def total(wanted: Wanted) -> int:
    """How many reports the cells hold."""
    return _found(wanted).aggregate(total=Sum("count"))["total"] or 0


def totals_inside(wanted: Wanted) -> dict[int, int]:
    """How many are told of each area that lies directly in the wanted one (in the city where none is named)."""
    column = _FINER.get(wanted.level or "city")
    if column is None:
        return {}
    rows = _found(wanted).filter(**{f"{column}__gt": 0}).order_by().values_list(column)
    return dict(rows.annotate(total=Sum("count")))


def cells(wanted: Wanted, *, after: int = 0, most: int | None = None) -> list[CellRow]:
    """The cells, largest first, without the first ``after`` of them."""
    rows = _found(wanted).order_by("-count", "pk").values_list(*_COLUMNS)
    return [_row(row) for row in rows[after : None if most is None else after + most]]


def every_cell(wanted: Wanted) -> Iterator[CellRow]:
    """The cells one by one, largest first."""
    for row in _found(wanted).order_by("-count", "pk").values_list(*_COLUMNS).iterator(chunk_size=2_000):
        yield _row(row)


def count_cells(wanted: Wanted) -> int:
    """How many cells there are."""
    return _found(wanted).count()


def _row(row: tuple[int, int, int, int, int, str, str, int]) -> CellRow:
    areas = dict(zip(reversed(LEVELS), row[:5], strict=True))
    level = next((name for name in LEVELS if areas[name]), "")
    return CellRow(areas.get(level, 0), level, *row[5:])


def _found(wanted: Wanted) -> QuerySet[Cell]:
    found = Cell.objects.filter(month_id=wanted.month_id)
    if wanted.level:
        found = found.filter(**{wanted.level: wanted.area_id})
    if wanted.matter:
        found = found.filter(matter__startswith=wanted.matter)
    return found.filter(standing=wanted.standing) if wanted.standing else found
