"""Where the cases of a compound lie: in a house, outside the houses, at the gate, on the street before it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely

from gezhi.contexts.ground.domain.layers import Layer
from gezhi.demo.compounds import CompoundPlan
from gezhi.demo.geometry import PLANE
from gezhi.demo.ground.figures import Floats, Shapes, xy
from gezhi.demo.plan import CityPlan

_STREETS = ("arterial", "collector", "local")
# From a street so far people still speak of the compound; so far from a wall a place is outside; so far inside its grid a spot is.
_STREET_M, _WALL_M, _BORDER_M = 80.0, 3.0, 6.0
# Parts of the way from the gate to the middle where a place outside the houses is looked for.
_INWARD = np.array([0.3, 0.2, 0.45, 0.1, 0.6, 0.75, 0.05])


class Where(StrEnum):
    """Which of the places of a compound a matter has."""

    HOUSE = "house"
    YARD = "yard"
    GATE = "gate"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class CaseSite:
    """A compound and its places: longitude and latitude of each."""

    compound: CompoundPlan
    spots: dict[Where, tuple[float, float]]


def case_sites(plan: CityPlan) -> list[CaseSite]:
    """The places of every compound, all of them in the compound's own grid. Needs the plan's ground."""
    shapes = _metres([one.shape for one in plan.compounds])
    grids = dict(zip(*_grids(plan), strict=True))
    own = np.array([grids[one.grid_code] for one in plan.compounds], dtype=object)
    entrances = PLANE.to_metres(plan.ground.of(Layer.ENTRANCE).shapes)
    gates = entrances[shapely.STRtree(entrances).query_nearest(shapes, all_matches=False)[1]]
    roads = plan.ground.of(Layer.ROAD)
    streets = PLANE.to_metres(roads.shapes[np.isin(np.array(roads.kinds, dtype=object), _STREETS)])
    before = streets[shapely.STRtree(streets).query_nearest(gates, all_matches=False)[1]]
    on_street = shapely.get_point(shapely.shortest_line(before, gates), 0)
    inner = shapely.buffer(own, -_BORDER_M)
    far = (shapely.distance(on_street, gates) > _STREET_M) | ~shapely.intersects(inner, on_street)
    on_street[far] = gates[far]
    houses = PLANE.to_metres(plan.ground.of(Layer.BUILDING).shapes)
    compound, house = shapely.STRtree(houses).query(shapes, predicate="contains")
    first = np.searchsorted(compound, np.arange(len(shapes)))
    in_house = shapely.point_on_surface(houses[house[first]])
    began = np.append(first, len(house))
    yards = [
        _outside(shapes[place], gates[place], houses[house[began[place] : began[place + 1]]])
        for place in range(len(shapes))
    ]
    columns = {
        Where.HOUSE: _degrees(in_house),
        Where.YARD: _degrees(np.array(yards, dtype=object)),
        Where.GATE: _degrees(gates),
        Where.STREET: _degrees(on_street),
    }
    return [
        CaseSite(one, {where: (float(spots[place, 0]), float(spots[place, 1])) for where, spots in columns.items()})
        for place, one in enumerate(plan.compounds)
    ]


def _grids(plan: CityPlan) -> tuple[list[str], Shapes]:
    grids = [area for area in plan.areas if area.level == "grid"]
    return [grid.code for grid in grids], _metres([grid.shape for grid in grids])


def _metres(shapes: list[shapely.Geometry]) -> Shapes:
    return np.asarray(PLANE.to_metres(np.array(shapes, dtype=object)))


def _degrees(points: Shapes) -> Floats:
    return xy(PLANE.to_degrees(points))


def _outside(compound: shapely.Geometry, gate: shapely.Point, houses: Shapes) -> shapely.Point:
    """A place in a compound beside its houses, on the way in; its gate where there is no room."""
    way = shapely.LineString([gate, shapely.point_on_surface(compound)])
    places = shapely.line_interpolate_point(way, _INWARD, normalized=True)
    free = shapely.contains(compound, places) & (shapely.distance(shapely.union_all(houses), places) > _WALL_M)
    return places[int(np.argmax(free))] if free.any() else gate
