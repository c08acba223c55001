"""From a point to the words that people use for it: in which compound, at which crossing, on which road, beside what."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely

from gezhi.contexts.areas.queries.tiles import Ground, city_ground
from gezhi.kernel.mercator import to_square

_ROUND_THE_EARTH_M = 40_075_016.686
# Metres up to which a point is on a road, at a crossing, and beside a compound.
_ON_M, _CROSSING_M, _NEAR_M = 15.0, 25.0, 80.0
# Distances are told in steps of so many metres: a position is no surer.
_STEP_M = 5


class Relation(StrEnum):
    """How a point lies to what it is named after."""

    IN = "in"
    CROSSING = "crossing"
    ON = "on"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Beside:
    """What a point is named after: one name, of a crossing two. ``metres`` and ``towards`` (0 north, 1 north-east … 7 north-west)
    say how far and where from it the point lies, where it is near."""

    relation: Relation
    names: tuple[str, ...]
    metres: int = 0
    towards: int = 0


def beside(lon: float, lat: float) -> Beside | None:
    """What a point (WGS84) is named after; None where nothing with a name is near."""
    city = city_ground()
    point = shapely.Point(to_square(np.array([[lon, lat]]))[0])
    metre = 1.0 / (_ROUND_THE_EARTH_M * math.cos(math.radians(lat)))
    compounds = _named(city.compounds, point, _NEAR_M * metre)
    if compounds and compounds[0][1] == 0.0:
        return Beside(Relation.IN, (compounds[0][0],))
    roads = _named(city.roads, point, _CROSSING_M * metre)
    names = tuple(dict.fromkeys(name for name, _, _ in roads))[:2]
    if len(names) > 1:
        return Beside(Relation.CROSSING, names)
    if roads and roads[0][1] <= _ON_M * metre:
        return Beside(Relation.ON, names)
    if not compounds:
        return None
    name, far, shape = compounds[0]
    edge, _ = shapely.shortest_line(shape, point).coords
    # The square's y counts to the south.
    turn = math.atan2(point.x - edge[0], edge[1] - point.y)
    metres = max(_STEP_M, _STEP_M * round(far / metre / _STEP_M))
    return Beside(Relation.NEAR, (name,), metres, round(turn / (math.pi / 4)) % 8)


def _named(ground: Ground, point: shapely.Point, reach: float) -> list[tuple[str, float, shapely.Geometry]]:
    """What has a name within reach, the nearest first; rivers have no crossings and nobody stands on them."""
    found = []
    for place, far in ground.near(point, reach):
        told = dict(ground.properties[place])
        if told.get("name") and told.get("class") != "river":
            found.append((str(told["name"]), far, ground.shapes[place]))
    return found
