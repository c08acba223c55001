"""Draw the roads and rivers of the city's own base map. A planner or system administrator does this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from gezhi.contexts.areas.models import Road
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.record import record


@dataclass(frozen=True)
class NewRoad:
    """A road or river to draw; ``line`` in WGS84 degrees."""

    name: str
    road_class: str
    line: Any


def draw_roads(*, actor: Actor, roads: Sequence[NewRoad], now: datetime) -> int:
    """Add all roads or none, with one audit record; returns how many.

    Raises ``NotAllowed`` unless the actor is a planner or a system administrator, ``InvalidInput`` for an unknown class
    or a geometry that is no line.
    """
    require_in(actor, "draw_roads")
    for road in roads:
        if road.road_class not in Road.RoadClass.values:
            raise InvalidInput("road_class_unknown", f"'{road.road_class}' is no class of road", field="road_class")
        if road.line.geom_type not in {"LineString", "MultiLineString"} or road.line.is_empty:
            raise InvalidInput("road_not_a_line", f"the geometry of road '{road.name}' is not a line", field="line")
    with transaction.atomic():
        Road.objects.bulk_create(
            [Road(name=road.name, road_class=road.road_class, geometry=road.line) for road in roads], batch_size=500
        )
        record(
            actor=actor,
            action="areas.roads_drawn",
            object_type="road",
            object_id="",
            data={"count": len(roads)},
            now=now,
        )
    return len(roads)
