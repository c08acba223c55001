"""The land of areas: where each lies and what it borders on, for whoever plans with it."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries.location import shapes_of_version, version_in_force
from gezhi.contexts.areas.queries.tree import path_of


@dataclass(frozen=True, slots=True)
class AreaLand:
    """An area with its border in the version in force (WGS84). ``lon``, ``lat``: its centre, always inside it."""

    id: int
    code: str
    name: str
    level: AreaLevel
    path: str
    households: int | None
    shape: BaseGeometry
    lon: float
    lat: float


def _centre(shape: BaseGeometry) -> shapely.Point:
    """The centroid, or where that lies outside (a horseshoe) a point within."""
    centroid = shape.centroid
    return centroid if shape.contains(centroid) else shape.point_on_surface()


def land_of(level: AreaLevel, *, below: int | None = None) -> list[AreaLand]:
    """The land of the areas of a level, by code; with ``below``, of that area and its subtree. Two queries at most.

    Empty without a version in force and for an unknown area.
    """
    version = version_in_force()
    path = "" if below is None else path_of(below)
    if version is None or path is None:
        return []
    columns = ("area_id", "area__code", "area__name", "area__path", "area__households", "geometry")
    found = shapes_of_version(version).filter(area__level=level, area__path__startswith=path)
    lands = []
    for pk, code, name, own_path, households, shape in found.order_by("area__code").values_list(*columns):
        centre = _centre(shape)
        lands.append(AreaLand(pk, code, name, level, own_path, households, shape, centre.x, centre.y))
    return lands
