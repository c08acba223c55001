"""The borders of what is in force, with names: what maps are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Compound
from gezhi.contexts.areas.queries.location import shapes_of_version, version_in_force
from gezhi.contexts.areas.queries.tree import children_of


@dataclass(frozen=True, slots=True)
class Outline:
    """The border of something with a name: a shapely polygon or several, EPSG:4326."""

    id: int
    name: str
    name_en: str
    shape: Any


def outlines_of(level: AreaLevel) -> list[Outline]:
    """The areas of a level as they are now, by code; none while no areas are in force."""
    version = version_in_force()
    if version is None:
        return []
    fields = ("area_id", "area__name", "area__name_en", "geometry")
    shapes = shapes_of_version(version).filter(area__level=level).order_by("area__code")
    return [Outline(*row) for row in shapes.values_list(*fields)]


def outlines_inside(parent_id: int) -> list[Outline]:
    """The areas that lie directly in one, as they are now, by code."""
    version = version_in_force()
    if version is None:
        return []
    inside = [area.id for area in children_of(parent_id)]
    shapes = shapes_of_version(version).filter(area_id__in=inside).order_by("area__code")
    return [Outline(*row) for row in shapes.values_list("area_id", "area__name", "area__name_en", "geometry")]


def compound_outlines() -> list[Outline]:
    """All compounds."""
    rows = Compound.objects.order_by("id").values_list("id", "name", "name_en", "geometry")
    return [Outline(*row) for row in rows]
