"""Roads along borders, and the Han river, for the base map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from gezhi.demo import names

_MIN_DEGREES = 0.001

# The Han river below the city, where it is no county border: rough positions, longitude and latitude.
_HAN_BELOW = [(112.22, 31.90), (112.20, 31.83), (112.26, 31.74), (112.29, 31.66), (112.35, 31.55), (112.42, 31.43)]
# Above, the counties on its two banks, downstream.
_BANKS = (("420625", "420682"), ("420625", "420606"), ("420602", "420606"))


@dataclass(frozen=True)
class RoadPlan:
    """A road or river to be, in degrees."""

    name: str
    road_class: str
    line: shapely.Geometry


def common_borders(shapes: Mapping[str, shapely.Geometry]) -> list[tuple[str, str, shapely.Geometry]]:
    """The common border of each pair of neighbours in a coverage, merged into lines."""
    codes = sorted(shapes)
    array = np.array([shapes[code] for code in codes], dtype=object)
    first, second = shapely.STRtree(array).query(array, predicate="touches")
    ordered = first < second
    first, second = first[ordered], second[ordered]
    order = np.lexsort((second, first))
    lines = shapely.line_merge(
        shapely.intersection(shapely.boundary(array[first[order]]), shapely.boundary(array[second[order]]))
    )
    found = []
    for a, b, line in zip(first[order], second[order], lines, strict=True):
        parts = [p for p in shapely.get_parts(line) if p.geom_type == "LineString" and p.length >= _MIN_DEGREES]
        if parts:
            found.append((codes[a], codes[b], parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)))
    return found


def plan_roads(
    counties: Mapping[str, shapely.Geometry],
    streets: Mapping[str, shapely.Geometry],
    urban_communities: Mapping[str, shapely.Geometry],
    rng: Generator,
) -> list[RoadPlan]:
    """Arterials between streets, collectors between urban communities, and the river."""
    roads = [_han(counties)]
    for a, b, line in common_borders(streets):
        if a[:6] == b[:6]:
            roads.append(RoadPlan(names.road(rng, "arterial"), "arterial", line))
    for a, b, line in common_borders(urban_communities):
        if a[:9] == b[:9]:
            roads.append(RoadPlan(names.road(rng, "collector"), "collector", line))
    return roads


def _han(counties: Mapping[str, shapely.Geometry]) -> RoadPlan:
    """From the north-west corner down to the south, along the county borders that really lie in the river."""
    points = [point for a, b in _BANKS for point in _downstream(_border(counties, a, b))] + _HAN_BELOW
    line = shapely.simplify(shapely.LineString(points), 0.002)
    for _ in range(2):
        line = _rounded_off(line)
    inside = shapely.intersection(line, shapely.union_all(list(counties.values())))
    return RoadPlan("汉江", "river", shapely.line_merge(inside))


def _border(counties: Mapping[str, shapely.Geometry], a: str, b: str) -> shapely.Geometry:
    line = shapely.line_merge(shapely.intersection(counties[a].boundary, counties[b].boundary))
    return max(shapely.get_parts(line), key=lambda part: part.length)


def _downstream(line: shapely.Geometry) -> list[tuple[float, float]]:
    """The line's points, from west to east and north to south."""
    points = [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]
    (x0, y0), (x1, y1) = points[0], points[-1]
    return points if (x1 - x0) - (y1 - y0) > 0 else points[::-1]


def _rounded_off(line: shapely.Geometry) -> shapely.Geometry:
    """Chaikin's corner cutting, once."""
    points = shapely.get_coordinates(line)
    quarter, three = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
    between = np.stack([quarter, three], axis=1).reshape(-1, 2)
    return shapely.LineString(np.vstack([points[:1], between, points[-1:]]))
