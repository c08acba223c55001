"""Point → area, from an index in memory of the coverage version in force.

A call costs no query while the version is unchanged (``platform.kept.KeptByVersion``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from django.db.models import Max, Min, Q
from numpy.typing import ArrayLike, NDArray

from gezhi.contexts.areas.domain.levels import LEVELS, AreaLevel, VersionStatus
from gezhi.contexts.areas.models import Area, AreaShape, AreaVersion
from gezhi.kernel.datum import Bounds
from gezhi.platform.kept import KeptByVersion
from gezhi.solvers.locate import NOWHERE, AreaIndex

RECHECK_SECONDS = 2.0
# Positions up to this far outside the city are still believed to be meant for it (about 5 km).
BOUNDS_MARGIN_DEGREES = 0.05


@dataclass(frozen=True)
class Located:
    """The areas that hold a point, finest first; None where the city does not have the level there."""

    area_id: int
    city_id: int | None = None
    district_id: int | None = None
    street_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None

    @property
    def lineage(self) -> frozenset[int]:
        """The ids of the finest area and of all above it."""
        ids = (self.area_id, self.grid_id, self.community_id, self.street_id, self.district_id, self.city_id)
        return frozenset(area_id for area_id in ids if area_id)


_LEVEL_FIELD: dict[str, str] = {level: f"{level}_id" for level in LEVELS}
_VersionKey = tuple[Any, ...]


@dataclass(frozen=True)
class _Layer:
    index: AreaIndex
    area_ids: NDArray[np.int64]


@dataclass(frozen=True)
class _Snapshot:
    layers: tuple[_Layer, ...]
    located: dict[int, Located]
    names: dict[int, tuple[str, str]]
    bounds: Bounds | None


def invalidate_index() -> None:
    """Forget when the version was last looked up: the next call looks again."""
    _INDEX.forget()


def version_in_force() -> int | None:
    """Number of the version in force, None in an instance without areas."""
    key = _version_key()
    return None if key is None else int(key[0])


def warm_index() -> None:
    """Build the index now, so that the first question of a process does not wait for them."""
    _current()


def _version_key() -> _VersionKey | None:
    return (
        AreaVersion.objects.filter(status=VersionStatus.IN_FORCE).values_list("number", "id", "effective_from").first()
    )


_INDEX: KeptByVersion[_Snapshot] = KeptByVersion(
    name="area-index",
    version=_version_key,
    build=lambda key: _build(key),  # noqa: PLW0108 - it stands below
    recheck=lambda: RECHECK_SECONDS,
)


def _current() -> _Snapshot:
    return _INDEX()


def shapes_of_version(number: int) -> Any:
    """The shapes that hold in a version, as a query."""
    return AreaShape.objects.filter(
        Q(version_to__isnull=True) | Q(version_to__number__gt=number), version_from__number__lte=number
    )


def _build(key: _VersionKey | None) -> _Snapshot:
    if key is None:
        return _Snapshot((), {}, {}, None)
    columns = ("area_id", "area__path", "area__code", "area__level", "geometry", "area__name", "area__name_en")
    rows = list(shapes_of_version(key[0]).values_list(*columns))
    ids_by_path = {path: area_id for area_id, path, *_ in rows}
    levels = {area_id: level for area_id, _, _, level, *_ in rows}
    located = {area_id: _chain(area_id, path, ids_by_path, levels) for area_id, path, *_ in rows}

    by_level: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_level[row[3]].append(row)
    layers = []
    for level in reversed(LEVELS):
        members = by_level.get(level)
        if members:
            index = AreaIndex([row[4] for row in members], [row[2] for row in members])
            id_of_code = {row[2]: row[0] for row in members}
            layers.append(_Layer(index, np.array([id_of_code[code] for code in index.ids], dtype=np.int64)))
    box = shapely.total_bounds([row[4] for row in rows]) if rows else None
    names = {row[0]: row[5:7] for row in rows}
    return _Snapshot(tuple(layers), located, names, None if box is None else Bounds(*map(float, box)))


def _chain(area_id: int, path: str, ids_by_path: dict[str, int], levels: dict[int, str]) -> Located:
    held: dict[str, int] = {}
    for length in range(Area.steplen, len(path) + 1, Area.steplen):
        ancestor = ids_by_path.get(path[:length])
        if ancestor is not None:
            held[_LEVEL_FIELD[levels[ancestor]]] = ancestor
    return Located(area_id, **held)


def locate_many(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int64]:
    """Id of the finest area that holds each point (WGS84), 0 where there is none.

    On a shared border the area with the smallest code wins.
    """
    lons, lats = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
    found = np.zeros(len(lons), dtype=np.int64)
    for layer in _current().layers:
        open_points = np.flatnonzero(found == 0)
        if not len(open_points):
            break
        positions = layer.index.positions(lons[open_points], lats[open_points])
        hit = positions != NOWHERE
        found[open_points[hit]] = layer.area_ids[positions[hit]]
    return found


def locate(lon: float, lat: float) -> Located | None:
    """The areas that hold a point (WGS84), None outside the city."""
    snapshot = _current()
    for layer in snapshot.layers:
        position = layer.index.position(lon, lat)
        if position != NOWHERE:
            return snapshot.located[int(layer.area_ids[position])]
    return None


def located_many(lon: ArrayLike, lat: ArrayLike) -> list[Located | None]:
    """The areas that hold each point (WGS84), None for those outside the city."""
    located = _current().located
    return [located[area_id] if area_id else None for area_id in locate_many(lon, lat).tolist()]


@dataclass(frozen=True, slots=True)
class AreaName:
    """What an area is called."""

    id: int
    name: str
    name_en: str


def area_names(area_ids: Iterable[int]) -> dict[int, AreaName]:
    """What these areas are called, of any that ever were. From memory, but for those that are no more. Raises ``LookupError``
    for an unknown id."""
    return {area_id: AreaName(area_id, *_names_of(area_id)) for area_id in area_ids}


def name_of(area_id: int | None) -> str | None:
    """The name of an area, for any area that ever was; None for None. Raises ``LookupError`` for an unknown id."""
    return None if area_id is None else _names_of(area_id)[0]


def english_name_of(area_id: int | None) -> str:
    """The English name of an area, for any that ever was; empty where it has none. Raises ``LookupError`` for an unknown id."""
    return "" if area_id is None else _names_of(area_id)[1]


def _names_of(area_id: int) -> tuple[str, str]:
    known = _current().names.get(area_id) or Area.objects.filter(pk=area_id).values_list("name", "name_en").first()
    if known is None:
        raise LookupError(f"there is no area {area_id}")
    return known


def areas_called(text: str) -> list[int]:
    """The ids of the areas in force in whose name, of either language, a text of at least two signs stands. From memory."""
    if len(text) < 2:
        return []
    wanted = text.lower()
    names = _current().names.items()
    return [area_id for area_id, both in names if any(wanted in name.lower() for name in both)]


def bounds(*, margin: float = BOUNDS_MARGIN_DEGREES) -> Bounds | None:
    """The city's box with a margin in degrees, for ``kernel.datum.position_doubts``; None without areas."""
    box = _current().bounds
    if box is None:
        return None
    return Bounds(box.min_lon - margin, box.min_lat - margin, box.max_lon + margin, box.max_lat + margin)


def box_of(area_ids: Iterable[int] | None = None) -> Bounds | None:
    """The box around some areas (all where none are named) in the version in force; None without any of them. A query."""
    version = version_in_force()
    if version is None:
        return None
    ends = (Min("min_lon"), Min("min_lat"), Max("max_lon"), Max("max_lat"))
    shapes = shapes_of_version(version)
    if area_ids is not None:
        shapes = shapes.filter(area_id__in=list(area_ids))
    found = list(shapes.aggregate(*ends).values())
    return None if found[0] is None else Bounds(*found)


def ancestors_of(area_id: int) -> Located:
    """An area with its ancestors, for any area that ever was. Raises ``LookupError`` for an unknown id."""
    known = _current().located.get(area_id)
    if known is not None:
        return known
    path = Area.objects.filter(pk=area_id).values_list("path", flat=True).first()
    if path is None:
        raise LookupError(f"there is no area {area_id}")
    prefixes = [path[:length] for length in range(Area.steplen, len(path) + 1, Area.steplen)]
    held = {
        _LEVEL_FIELD[AreaLevel(level)]: ancestor
        for ancestor, level in Area.objects.filter(path__in=prefixes).values_list("id", "level")
    }
    return replace(Located(area_id), **held)
