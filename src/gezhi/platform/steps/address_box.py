"""A box of the map as it stands in an address: ``box=112.1,32.0,112.2,32.1``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import F, QuerySet, Value

from gezhi.kernel.datum import Bounds
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.reading import degrees
from gezhi.platform.steps.addresses import Asked, Codec, Given, Pairs, Parameter, text_of
from gezhi.platform.steps.among import Way

_MOST = (180.0, 90.0, 180.0, 90.0)
# 1 m: what somebody sees on a map is no finer. Ends are moved outwards: what lies in the box that was asked for stays in it.
_PLACES = 5
_STEP = Decimal(1).scaleb(-_PLACES)
_OUTWARDS = (ROUND_FLOOR, ROUND_FLOOR, ROUND_CEILING, ROUND_CEILING)


def in_box(found: QuerySet[Any, Any], box: Bounds) -> QuerySet[Any, Any]:
    """Narrow to what has its ``lon`` and ``lat`` (WGS84) in a box, edges included.

    By sums that no index knows: where there are few, ``few_in_box`` has told their ids; where there are many, a list walks its
    order and finds its page soon. A database that took the index of places would fetch all in the box first.
    """
    # Each bound has an expression of its own: two bounds of one PostgreSQL takes for a narrow range, expects hardly a row in it,
    # and reads all cases for it.
    there: QuerySet[Any, Any] = found.alias(
        from_lon=F("lon") + Value(0.0),
        to_lon=F("lon") - Value(0.0),
        from_lat=F("lat") + Value(0.0),
        to_lat=F("lat") - Value(0.0),
    )
    return there.filter(
        from_lon__gte=box.min_lon, to_lon__lte=box.max_lon, from_lat__gte=box.min_lat, to_lat__lte=box.max_lat
    )


def few_in_box(table: str) -> Callable[[Bounds, int], Sequence[Way]]:
    """What finds the ids of a table's rows in a box by an index over ``lon`` and ``lat``."""
    statement = f"SELECT id FROM {table} WHERE lon >= %s AND lon <= %s AND lat >= %s AND lat <= %s LIMIT %s"  # noqa: S608

    def among(box: Bounds, most: int) -> Sequence[Way]:
        return [[(statement, [box.min_lon, box.max_lon, box.min_lat, box.max_lat, most])]]

    return among


@dataclass(frozen=True, slots=True)
class Box(Codec):
    """West, south, east and north in degrees (WGS84)."""

    name: str

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """See ``Codec``."""
        return (Parameter(self.name, str, default="", limits={"max_length": 80}),)

    def read(self, given: Given, asked: Asked) -> Bounds | None:
        """See ``Codec``."""
        text = text_of(given, self.name)
        if not text:
            return None
        parts = text.split(",")
        ends = [degrees(part.strip(), most=most) for part, most in zip(parts, _MOST, strict=False)]
        if len(parts) != len(_MOST) or None in ends or ends[0] > ends[2] or ends[1] > ends[3]:  # type: ignore[operator]
            message = f"'{self.name}' is west,south,east,north in degrees, e.g. 112.1,32.0,112.2,32.1"
            raise InvalidInput("bad_box", message, field=self.name)
        return Bounds(*map(_moved, parts, _OUTWARDS))

    def write(self, value: Bounds, asked: Asked) -> Pairs:
        """See ``Codec``."""
        return [(self.name, ",".join(f"{round(end, _PLACES) + 0.0:.{_PLACES}f}" for end in astuple(value)))]


def _moved(degrees_written: str, towards: str) -> float:
    """An end of a box on its step. By its digits: an end on a step stays there, however often a box is read and written."""
    # No end is minus nothing.
    return float(Decimal(degrees_written.strip()).quantize(_STEP, rounding=towards)) + 0.0
