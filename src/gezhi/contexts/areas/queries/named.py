"""Areas in force and compounds by name, each with a point where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from gezhi.contexts.areas.models import Compound
from gezhi.contexts.areas.queries.location import shapes_of_version, version_in_force


@dataclass(frozen=True, slots=True)
class NamedThing:
    """Something with names, the first of them its own. ``kind``: a level of areas, compound; other contexts add theirs.

    ``key``: what and which, unique. ``area_id``: the smallest area that it lies in; of an area, the one above. ``name_en``: its
    name for those who read English, if it has one.
    """

    names: tuple[str, ...]
    kind: str
    key: str
    lon: float
    lat: float
    area_id: int | None
    name_en: str = ""


def named_things() -> list[NamedThing]:
    """All of them as they are now, an area before what lies in it. Empty while no areas are in force."""
    version = version_in_force()
    if version is None:
        return []
    return [*_areas(version), *_compounds()]


def _areas(version: int) -> Iterator[NamedThing]:
    fields = ("area_id", "area__path", "area__name", "area__name_en", "area__level", "geometry")
    rows = list(shapes_of_version(version).order_by("area__path").values_list(*fields))
    at = shapely.point_on_surface(np.array([row[-1] for row in rows]))
    ids = {path: area_id for area_id, path, *_ in rows}
    for (area_id, path, name, name_en, level, _), lon, lat in zip(
        rows, shapely.get_x(at).tolist(), shapely.get_y(at).tolist(), strict=True
    ):
        above = next((ids[path[:end]] for end in range(len(path) - 1, 0, -1) if path[:end] in ids), None)
        yield NamedThing(tuple(filter(None, (name, name_en))), level, f"area:{area_id}", lon, lat, above, name_en)


def _compounds() -> Iterator[NamedThing]:
    rows = Compound.objects.order_by("id").values_list("id", "name", "name_en", "lon", "lat", "grid_id")
    for pk, name, name_en, lon, lat, grid_id in rows:
        names = tuple(filter(None, (name, name_en)))
        yield NamedThing(names, "compound", f"compound:{pk}", lon, lat, grid_id, name_en)
