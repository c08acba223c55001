"""What of the ground has a name, with a point where it lies: areas in force, compounds, roads, and where two roads meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gezhi.contexts.areas.models import Compound, Road
from gezhi.contexts.areas.queries.location import Located, locate, shapes_of_version, version_in_force

# Meetings of two roads that are closer to each other are one crossing: the lanes of a wide road meet another twice.
_ONE_CROSSING_DEGREES = 0.0008


@dataclass(frozen=True, slots=True)
class NamedThing:
    """Something with names, the first of them its own. ``kind``: a level of areas, compound, road, river or crossing.

    ``key``: what and which, unique. ``area_id``: the smallest area that it lies in; of an area, the one above.
    """

    names: tuple[str, ...]
    kind: str
    key: str
    lon: float
    lat: float
    area_id: int | None


def named_things() -> list[NamedThing]:
    """All of them as they are now, an area before what lies in it. Empty while no areas are in force."""
    version = version_in_force()
    if version is None:
        return []
    return [*_areas(version), *_compounds(), *_roads_and_crossings()]


def _areas(version: int) -> Iterator[NamedThing]:
    fields = ("area_id", "area__path", "area__name", "area__name_en", "area__level", "geometry")
    rows = list(shapes_of_version(version).order_by("area__path").values_list(*fields))
    at = shapely.point_on_surface(np.array([row[-1] for row in rows]))
    ids = {path: area_id for area_id, path, *_ in rows}
    for (area_id, path, name, name_en, level, _), lon, lat in zip(
        rows, shapely.get_x(at).tolist(), shapely.get_y(at).tolist(), strict=True
    ):
        above = next((ids[path[:end]] for end in range(len(path) - 1, 0, -1) if path[:end] in ids), None)
        yield NamedThing(tuple(filter(None, (name, name_en))), level, f"area:{area_id}", lon, lat, above)


def _compounds() -> Iterator[NamedThing]:
    for pk, name, lon, lat, grid_id in Compound.objects.order_by("id").values_list(
        "id", "name", "lon", "lat", "grid_id"
    ):
        yield NamedThing((name,), "compound", f"compound:{pk}", lon, lat, grid_id)


@dataclass(frozen=True, slots=True)
class _Way:
    """The parts of one name in one district, as one line."""

    id: int
    name: str
    is_river: bool
    line: Any


def _roads_and_crossings() -> Iterator[NamedThing]:
    ways = _ways()
    middles = [_middle(way.line) for way in ways]
    for way, point, there in zip(ways, middles, _located(middles), strict=True):
        kind = "river" if way.is_river else "road"
        # A river is in no one grid.
        area_id = None if there is None else (there.city_id if way.is_river else there.area_id)
        yield NamedThing((way.name,), kind, f"{kind}:{way.id}", point.x, point.y, area_id)
    yield from _crossings([way for way in ways if not way.is_river])


def _ways() -> list[_Way]:
    fields = ("name", "road_class", "id", "geometry")
    rows = list(Road.objects.exclude(name="").order_by("name", "id").values_list(*fields))
    places = _located([_middle(row[-1]) for row in rows])
    parts: dict[tuple[str, bool, int | None], list[tuple[int, Any]]] = defaultdict(list)
    for (name, road_class, pk, line), there in zip(rows, places, strict=True):
        river = road_class == Road.RoadClass.RIVER
        # A river is one in the whole city; two roads of one name in two districts are two.
        parts[name, river, there.district_id if there and not river else None].append((pk, line))
    return [
        _Way(pieces[0][0], name, river, shapely.union_all([line for _, line in pieces]))
        for (name, river, _), pieces in parts.items()
    ]


def _crossings(ways: Sequence[_Way]) -> Iterator[NamedThing]:
    lines = np.array([way.line for way in ways], dtype=object)
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    pairs = [
        (a, b)
        for a, b in sorted(zip(one.tolist(), other.tolist(), strict=True))
        if a < b and ways[a].name != ways[b].name
    ]
    met: list[tuple[int, int, Any]] = []
    for a, b in pairs:
        kept: list[Any] = []
        for part in shapely.get_parts(shapely.intersection(lines[a], lines[b])):
            point = shapely.centroid(part)
            if all(point.distance(before) > _ONE_CROSSING_DEGREES for before in kept):
                kept.append(point)
        met += [(a, b, point) for point in kept]
    places = _located([point for _, _, point in met])
    for number, ((a, b, point), there) in enumerate(zip(met, places, strict=True)):
        name = f"{ways[a].name}与{ways[b].name}路口"
        key = f"crossing:{ways[a].id}-{ways[b].id}-{number}"
        yield NamedThing((name,), "crossing", key, point.x, point.y, there.area_id if there else None)


def _middle(line: Any) -> Any:
    """A point half way along the longest part of a line."""
    parts = shapely.get_parts(shapely.line_merge(line))
    return shapely.line_interpolate_point(parts[np.argmax(shapely.length(parts))], 0.5, normalized=True)


def _located(points: Sequence[Any]) -> list[Located | None]:
    return [locate(point.x, point.y) for point in points]
