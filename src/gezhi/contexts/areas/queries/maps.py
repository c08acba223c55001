"""What maps draw: areas, roads and compounds as GeoJSON (RFC 7946, WGS84), rendered once per version and kept."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
import numpy as np
import shapely
from django.db.models import Count, Max

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Area, Compound, Road
from gezhi.contexts.areas.queries.location import shapes_of_version, version_in_force
from gezhi.kernel.datum import Bounds

# 1e-6° is 0.1 m: finer than any border is known.
_DECIMALS = 6
_METRES_PER_DEGREE = 111_320.0


class Detail(StrEnum):
    """How finely borders are drawn. Simplified borders still fit together."""

    FULL = "full"
    MEDIUM = "medium"
    COARSE = "coarse"


_TOLERANCE_M: dict[Detail, float] = {Detail.FULL: 0.0, Detail.MEDIUM: 15.0, Detail.COARSE: 120.0}


@dataclass(frozen=True)
class GeoJson:
    """A feature collection ready to be sent. ``etag`` changes whenever the bytes may."""

    etag: str
    features: tuple[bytes, ...]

    def __iter__(self) -> Iterator[bytes]:
        """The document in pieces, for a streaming response."""
        yield b'{"type":"FeatureCollection","features":['
        for start in range(0, len(self.features), 200):
            piece = b",".join(self.features[start : start + 200])
            yield piece if start == 0 else b"," + piece
        yield b"]}"

    def body(self) -> bytes:
        """The whole document."""
        return b"".join(self)


@dataclass(frozen=True)
class _Drawing:
    """The rendered features of one level, with what is needed to pick some of them."""

    features: tuple[bytes, ...]
    paths: np.ndarray
    boxes: np.ndarray


_MAX_DRAWINGS = 24
_lock = threading.Lock()
_drawings: dict[tuple[Any, ...], _Drawing] = {}


def _etag(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _feature(feature_id: int, geometry: Any, properties: dict[str, Any]) -> bytes:
    shape = shapely.geometry.mapping(geometry)
    document = {
        "type": "Feature",
        "id": feature_id,
        "properties": properties,
        "geometry": {"type": shape["type"], "coordinates": shape["coordinates"]},
    }
    return msgspec.json.encode(document)


def _rounded(geometries: list[Any]) -> np.ndarray:
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return np.asarray(shapely.transform(array, lambda points: np.round(points, _DECIMALS)))


def _kept(key: tuple[Any, ...], render: Any) -> _Drawing:
    drawing = _drawings.get(key)
    if drawing is None:
        drawing = render()
        with _lock:
            while len(_drawings) >= _MAX_DRAWINGS:
                _drawings.pop(next(iter(_drawings)))
            _drawings[key] = drawing
    return drawing


def _render_level(version: int, level: AreaLevel, detail: Detail) -> _Drawing:
    fields = ("area_id", "area__code", "area__name", "area__name_en", "area__households", "area__path", "geometry")
    rows = list(shapes_of_version(version).filter(area__level=level).order_by("area__code").values_list(*fields))
    shapes: Any = [row[-1] for row in rows]
    tolerance = _TOLERANCE_M[detail] / _METRES_PER_DEGREE
    if tolerance and shapes:
        # Simplified as one coverage, so that neighbours keep their common border.
        shapes = list(shapely.coverage_simplify(np.array(shapes, dtype=object), tolerance))
    shapes = _rounded(shapes)
    features = tuple(
        _feature(pk, shape, {"code": code, "name": name, "name_en": name_en, "level": level, "households": households})
        for (pk, code, name, name_en, households, _, _), shape in zip(rows, shapes, strict=True)
    )
    paths = np.array([row[5] for row in rows], dtype=np.str_)
    return _Drawing(features, paths, shapely.bounds(shapes))


def _within(boxes: np.ndarray, box: Bounds) -> np.ndarray:
    return np.asarray(
        (boxes[:, 0] <= box.max_lon)
        & (boxes[:, 2] >= box.min_lon)
        & (boxes[:, 1] <= box.max_lat)
        & (boxes[:, 3] >= box.min_lat)
    )


def areas_geojson(
    level: AreaLevel, *, parent_id: int | None = None, bbox: Bounds | None = None, detail: Detail = Detail.FULL
) -> GeoJson:
    """The areas of a level in the version in force; with ``parent_id`` those below it, with ``bbox`` those near it.

    Properties: code, name, name_en, level, households. An unknown parent gives an empty collection.
    """
    version = version_in_force()
    key = ("areas", version, level, detail)
    etag = _etag(*key, parent_id, bbox)
    if version is None:
        return GeoJson(etag, ())
    drawing = _kept((*key, shapes_of_version(version).count()), lambda: _render_level(version, level, detail))
    chosen = np.ones(len(drawing.features), dtype=bool)
    if parent_id is not None:
        path = Area.objects.filter(pk=parent_id).values_list("path", flat=True).first()
        chosen &= np.char.startswith(drawing.paths, path) if path else False
    if bbox is not None and len(chosen):
        chosen &= _within(drawing.boxes, bbox)
    return GeoJson(etag, tuple(drawing.features[i] for i in np.flatnonzero(chosen)))


def _render_roads() -> _Drawing:
    rows = list(Road.objects.order_by("id").values_list("id", "name", "road_class", "geometry"))
    shapes = _rounded([row[-1] for row in rows])
    features = tuple(
        _feature(pk, shape, {"name": name, "class": road_class})
        for (pk, name, road_class, _), shape in zip(rows, shapes, strict=True)
    )
    return _Drawing(features, np.empty(0, np.str_), shapely.bounds(shapes))


def roads_geojson(*, bbox: Bounds | None = None) -> GeoJson:
    """Roads and rivers of the city's own base map. Properties: name, class."""
    state = Road.objects.aggregate(count=Count("id"), last=Max("id"))
    key = ("roads", state["count"], state["last"])
    drawing = _kept(key, _render_roads)
    features = drawing.features
    if bbox is not None and features:
        features = tuple(features[i] for i in np.flatnonzero(_within(drawing.boxes, bbox)))
    return GeoJson(_etag(*key, bbox), features)


@dataclass(frozen=True)
class CompoundRow:
    """A compound as other contexts see it. Run by ``community_id``, lying in ``grid_id``."""

    id: int
    code: str
    name: str
    address: str
    community_id: int
    grid_id: int
    households: int
    governance: str
    on_platform: bool
    lon: float
    lat: float


_COMPOUND_FIELDS = tuple(CompoundRow.__dataclass_fields__)


def compounds_of_grid(grid_id: int) -> list[CompoundRow]:
    """The compounds that lie in a grid, by code."""
    rows = Compound.objects.filter(grid_id=grid_id).order_by("code").values_list(*_COMPOUND_FIELDS)
    return [CompoundRow(*row) for row in rows]


def compounds_geojson(grid_id: int) -> GeoJson:
    """The compounds that lie in a grid, with their borders. Properties: code, name, households, on_platform."""
    rows = Compound.objects.filter(grid_id=grid_id).order_by("code")
    fields = ("id", "code", "name", "households", "on_platform", "geometry")
    values = list(rows.values_list(*fields))
    shapes = _rounded([row[-1] for row in values])
    features = tuple(
        _feature(pk, shape, {"code": code, "name": name, "households": households, "on_platform": on_platform})
        for (pk, code, name, households, on_platform, _), shape in zip(values, shapes, strict=True)
    )
    return GeoJson(hashlib.sha256(b"".join(features)).hexdigest()[:24], features)
