"""Areas as shapes of a picture that needs no script: paths in the coordinates of one frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

from gezhi.contexts.areas import queries as areas

WIDTH, HEIGHT = 640.0, 420.0
_ROOM = 8.0


@dataclass(frozen=True, slots=True)
class Shape:
    """The path of an area, and where its figure stands."""

    path: str
    x: float
    y: float


def shapes_inside(area_id: int) -> dict[int, Shape]:
    """The shapes of the areas in one, by id, to a frame of 640 × 420."""
    version = areas.version_in_force()
    return {} if version is None else _drawn(version, area_id)


@lru_cache(maxsize=256)
def _drawn(version: object, area_id: int) -> dict[int, Shape]:
    outlines = areas.outlines_inside(area_id)
    if not outlines:
        return {}
    boxes = [outline.shape.bounds for outline in outlines]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    # Degrees of longitude are shorter away from the equator.
    narrow = cos(radians((south + north) / 2))
    wide, high = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * _ROOM) / wide, (HEIGHT - 2 * _ROOM) / high)
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round(left + (lon - west) * narrow * scale, 1), round(top + (north - lat) * scale, 1)

    found = {}
    for outline in outlines:
        x, y = at(*outline.shape.representative_point().coords[0][:2])
        # Half a point of the picture is seen by nobody.
        found[outline.id] = Shape(_path(outline.shape.simplify(0.5 / scale), at), x, y)
    return found


def _path(shape: Any, at: Any) -> str:
    parts = getattr(shape, "geoms", [shape])
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join(
        "M" + "L".join("{} {}".format(*at(*point[:2])) for point in ring.coords[:-1]) + "Z" for ring in rings
    )
