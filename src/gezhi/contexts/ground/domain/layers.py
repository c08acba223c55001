"""The layers of the ground and what lies in each: which shapes it has, its kinds, and from which zoom a map shows one.

The layers are those of the usual schemas of vector tiles (OpenMapTiles, Shortbread), as far as a city's map needs them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

# No map shows more at once than the tiles of this zoom tell (``queries.tiles.MAX_ZOOM``).
CLOSEST = 16
# An area shows once it is so many parts of a tile wide.
_SEEN = 1 / 64


class Layer(StrEnum):
    """A layer, from the lowest up as it is drawn."""

    WATER = "water"
    GREEN = "green"
    WATERWAY = "waterway"
    RAIL = "rail"
    ROAD = "road"
    BUILDING = "building"
    ENTRANCE = "entrance"
    LANDMARK = "landmark"


class Shape(StrEnum):
    """What the things of a layer are drawn as."""

    POINT = "point"
    LINE = "line"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Rules:
    """``kinds``: kind → from which zoom a map shows it; of areas, at the earliest: small ones show later."""

    shape: Shape
    kinds: dict[str, int]


_ROADS = {"motorway": 6, "arterial": 8, "collector": 10, "local": 12, "service": 14, "path": 14}
_LANDMARKS = {
    "station": 12,
    "hospital": 13,
    "government": 13,
    "university": 13,
    "school": 14,
    "museum": 14,
    "library": 14,
    "park": 14,
    "square": 14,
    "worship": 15,
    "police": 14,
    "fire": 14,
    "market": 15,
    "mall": 14,
    "clinic": 15,
    "pharmacy": 16,
    "kindergarten": 15,
    "community": 15,
    "elderly": 15,
    "sports": 15,
    "theatre": 15,
    "hotel": 15,
    "bank": 16,
    "post": 16,
    "shop": 16,
    "restaurant": 16,
    "toilet": 16,
    "parking": 16,
    "fuel": 15,
    "subway": 14,
    "tram_stop": 15,
    "bus_stop": 15,
    "other": 16,
}
_BUILDINGS = ("residential", "commercial", "industrial", "public", "school", "hospital", "worship", "other")

RULES: dict[Layer, Rules] = {
    Layer.WATER: Rules(Shape.AREA, {"river": 0, "lake": 0, "pool": 13}),
    Layer.GREEN: Rules(Shape.AREA, {"park": 6, "wood": 6, "grass": 11, "farmland": 9, "cemetery": 11, "sports": 11}),
    Layer.WATERWAY: Rules(Shape.LINE, {"river": 0, "canal": 11, "stream": 12}),
    Layer.RAIL: Rules(Shape.LINE, {"rail": 9, "subway": 12, "tram": 12, "siding": 14}),
    Layer.ROAD: Rules(Shape.LINE, _ROADS),
    Layer.BUILDING: Rules(Shape.AREA, dict.fromkeys(_BUILDINGS, 15)),
    Layer.ENTRANCE: Rules(Shape.POINT, {"main": 16, "entrance": 16, "gate": 16, "address": 16}),
    Layer.LANDMARK: Rules(Shape.POINT, _LANDMARKS),
}


def from_zoom(layer: Layer, kind: str, side: float) -> int:
    """From which zoom a map shows something. ``side``: the longer side of its box, in parts of the web's square.

    Raises ``KeyError`` for a kind that the layer has not.
    """
    rules = RULES[layer]
    earliest = rules.kinds[kind]
    if rules.shape is not Shape.AREA or side <= 0.0:
        return earliest
    return min(CLOSEST, max(earliest, math.ceil(math.log2(_SEEN / side))))
