"""Vector tiles of the city's ground, cut on request: areas by level, a name for each, compounds, roads and rivers.

The shapes of a layer are read once a version of the data, brought into the square of the web's map and put into a tree. A tile
asks the tree, cuts what it finds at its edge and encodes it; finished tiles are kept for the next reader.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.db.models import Max

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Compound, Road
from gezhi.contexts.areas.queries.location import RECHECK_SECONDS, box_of, shapes_of_version, version_in_force
from gezhi.kernel.datum import Bounds
from gezhi.kernel.mercator import Tile, to_square
from gezhi.kernel.vector_tile import EXTENT, Form, Properties, TileLayer, encode
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.kept import KeptByVersion

# A map that is closer draws the tiles of this zoom larger: 0.15 m is finer than any border is known.
MAX_ZOOM = 16
# Raised when the same data make other tiles.
_FORMAT = 1
# So far beyond its edge a tile is filled, in parts of its side: what is drawn wide there belongs to two tiles.
_BEYOND = 64 / EXTENT
# From which zoom each level is drawn, and its name written.
_DRAWN_FROM = {AreaLevel.DISTRICT: 0, AreaLevel.STREET: 9, AreaLevel.COMMUNITY: 11, AreaLevel.GRID: 13}
_NAMED_FROM = {AreaLevel.DISTRICT: 0, AreaLevel.STREET: 10, AreaLevel.COMMUNITY: 12, AreaLevel.GRID: 14}
_ROAD_FROM = {"river": 0, "arterial": 8, "collector": 10, "local": 12}
_COMPOUND_FROM = 14
# Up to these zooms a layer is drawn from shapes that are as simple as half a pixel of a tile of 512 allows.
_COARSE_ZOOMS = (7, 9, 11, 13)
_HALF_A_PIXEL = 0.5 / 512
# Changes of these are on record, and are what the tiles are made of.
_MADE_OF = ("area_version", "compound", "road")
_TILES_KEPT = 512
_MOST_INSCRIBED = 1_000

Shapes = npt.NDArray[Any]


@dataclass(eq=False)
class Ground:
    """One layer of the tiles: its shapes in the square, and from which zoom each is there."""

    name: str
    form: Form
    shapes: Shapes
    ids: list[int]
    properties: list[Properties]
    from_zoom: npt.NDArray[np.int64]
    simplify: Callable[[Shapes, float], Shapes] | None = None
    _simple: dict[int, Shapes] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._tree = shapely.STRtree(self.shapes)

    def cut(self, tile: Tile) -> TileLayer:
        """What of the layer lies in the tile, or a little beyond its edge."""
        box = tile.box(_BEYOND)
        found = np.sort(self._tree.query(shapely.box(*box)))
        found = found[self.from_zoom[found] <= tile.zoom]
        shapes = self._at(tile.zoom)[found]
        if self.form is not Form.POINT:
            shapes = shapely.clip_by_rect(shapes, *box)
        there = ~(shapely.is_empty(shapes) | shapely.is_missing(shapes))
        if self.form is Form.POINT:
            # A name at the very edge is written by one tile alone.
            x, y = shapely.get_x(shapes), shapely.get_y(shapes)
            west, north, east, south = tile.box(0)
            there &= (west <= x) & (x < east) & (north <= y) & (y < south)
        kept = found[there].tolist()
        return TileLayer(
            name=self.name,
            form=self.form,
            shapes=shapes[there],
            ids=[self.ids[place] for place in kept],
            properties=[self.properties[place] for place in kept],
            origin=(tile.x * tile.size, tile.y * tile.size),
            scale=EXTENT / tile.size,
        )

    def near(self, point: shapely.Point, reach: float) -> list[tuple[int, float]]:
        """The places in ``shapes`` of what is at most so far from a point, and how far each is, the nearest first."""
        found = self._tree.query(point, predicate="dwithin", distance=reach)
        far = shapely.distance(self.shapes[found], point)
        order = np.lexsort((found, far))
        return list(zip(found[order].tolist(), far[order].tolist(), strict=True))

    def _at(self, zoom: int) -> Shapes:
        """The shapes as finely as a zoom shows them."""
        coarse = next((limit for limit in _COARSE_ZOOMS if zoom <= limit), None)
        if coarse is None or self.simplify is None or not len(self.shapes):
            return self.shapes
        if coarse not in self._simple:
            self._simple[coarse] = self.simplify(self.shapes, _HALF_A_PIXEL / (1 << coarse))
        return self._simple[coarse]


class _City:
    """The ground of one version of the data. A layer is read when the first tile asks for it.

    ``packed``: a tile as gzip, empty where there is nothing; those asked for last are kept, and go with the version.
    """

    def __init__(self, version: tuple[int, int]) -> None:
        self.token = "-".join(map(str, (_FORMAT, *version)))
        self._grounds: dict[str, Ground] = {}
        self._lock = threading.Lock()
        self.packed = lru_cache(maxsize=_TILES_KEPT)(self._packed)

    @cached_property
    def bounds(self) -> Bounds | None:
        """What the areas reach over; None where there are none."""
        return box_of()

    def _packed(self, tile: Tile) -> bytes:
        plain = encode(list(self.layers(tile)))
        return gzip.compress(plain, 6, mtime=0) if plain else b""

    def layers(self, tile: Tile) -> Iterator[TileLayer]:
        """The layers that a tile of this zoom has, from the lowest up."""
        for level, zoom in _DRAWN_FROM.items():
            if tile.zoom >= zoom:
                yield self._level(level).cut(tile)
        yield self.roads.cut(tile)
        if tile.zoom >= _COMPOUND_FROM:
            yield self.compounds.cut(tile)
            yield self._ground("compound_name", partial(_names_of, self.compounds, _COMPOUND_FROM)).cut(tile)
        for level, zoom in _NAMED_FROM.items():
            if tile.zoom >= zoom:
                yield self._ground(f"{level.value}_name", partial(_names_of, self._level(level), zoom)).cut(tile)

    @property
    def roads(self) -> Ground:
        """Roads and rivers."""
        return self._ground("road", _roads)

    @property
    def compounds(self) -> Ground:
        """Compounds."""
        return self._ground("compound", _compounds)

    def _level(self, level: AreaLevel) -> Ground:
        return self._ground(level.value, partial(_areas, level))

    def _ground(self, name: str, read: Callable[[], Ground]) -> Ground:
        found = self._grounds.get(name)
        if found is None:
            with self._lock:
                found = self._grounds.get(name) or self._grounds.setdefault(name, read())
        return found


def _in_square(geometries: list[Any]) -> Shapes:
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    found: Shapes = shapely.transform(array, to_square)
    return found


def _named(name: str, name_en: str) -> Properties:
    return (("name", name), ("name_en", name_en)) if name_en else (("name", name),)


def _areas(level: AreaLevel) -> Ground:
    version = version_in_force()
    fields = ("area_id", "area__name", "area__name_en", "geometry")
    rows: list[tuple[Any, ...]] = []
    if version is not None:
        level_in_force = shapes_of_version(version).filter(area__level=level).order_by("area__code")
        rows = list(level_in_force.values_list(*fields))
    return Ground(
        name=level.value,
        form=Form.POLYGON,
        shapes=_in_square([row[-1] for row in rows]),
        ids=[row[0] for row in rows],
        properties=[_named(name, name_en) for _, name, name_en, _ in rows],
        from_zoom=np.full(len(rows), _DRAWN_FROM[level]),
        # As one coverage, so that neighbours keep their common border.
        simplify=shapely.coverage_simplify,
    )


def _names_of(named: Ground, from_zoom: int) -> Ground:
    """One name for each shape, where it has most room."""
    return replace(
        named,
        name=f"{named.name}_name",
        form=Form.POINT,
        shapes=_roomiest(named.shapes),
        from_zoom=np.full(len(named.ids), from_zoom),
        simplify=None,
    )


def _roomiest(shapes: Shapes) -> Shapes:
    """A point of each area far from its border: the middle of the largest circle in it; of very many, any point within."""
    if not len(shapes) or len(shapes) > _MOST_INSCRIBED:
        return np.asarray(shapely.point_on_surface(shapes))
    reach = np.sqrt(shapely.area(shapes))
    circles = shapely.maximum_inscribed_circle(shapes, tolerance=reach * 0.02)
    return np.asarray(shapely.get_point(circles, 0))


def _roads() -> Ground:
    rows = list(Road.objects.order_by("id").values_list("id", "name", "road_class", "geometry"))
    return Ground(
        name="road",
        form=Form.LINE,
        shapes=_in_square([row[-1] for row in rows]),
        ids=[row[0] for row in rows],
        properties=[
            (("name", name), ("class", road_class)) if name else (("class", road_class),)
            for _, name, road_class, _ in rows
        ],
        from_zoom=np.array([_ROAD_FROM[row[2]] for row in rows], dtype=np.int64),
        simplify=shapely.simplify,
    )


def _compounds() -> Ground:
    rows = list(Compound.objects.order_by("id").values_list("id", "name", "geometry"))
    return Ground(
        name="compound",
        form=Form.POLYGON,
        shapes=_in_square([row[-1] for row in rows]),
        ids=[row[0] for row in rows],
        properties=[(("name", name),) for _, name, _ in rows],
        from_zoom=np.full(len(rows), _COMPOUND_FROM),
    )


def ground_version() -> tuple[int, int]:
    """Changes with everything that the ground is made of: areas in force, compounds, roads."""
    made = AuditRecord.objects.filter(object_type__in=_MADE_OF).aggregate(last=Max("pk"))
    return version_in_force() or 0, made["last"] or 0


city_ground = KeptByVersion(name="city ground", version=ground_version, build=_City, recheck=lambda: RECHECK_SECONDS)


@dataclass(frozen=True, slots=True)
class TileSet:
    """What a map must know before it asks for tiles. ``version`` stands in their addresses; ``bounds`` None: no areas yet."""

    version: str
    layers: tuple[str, ...]
    bounds: Bounds | None


def tile_set() -> TileSet:
    """The tiles as they are now."""
    levels = [level.value for level in _DRAWN_FROM]
    names = [f"{level.value}_name" for level in _NAMED_FROM]
    city = city_ground()
    return TileSet(city.token, tuple(chain(levels, ["road", "compound", "compound_name"], names)), city.bounds)


@dataclass(frozen=True, slots=True)
class CutTile:
    """A tile as it is now. ``packed``: gzip; empty where there is nothing."""

    version: str
    packed: bytes


def cut_tile(tile: Tile) -> CutTile | None:
    """A tile of the ground; None where the square has none, or none so close."""
    if not tile.exists or tile.zoom > MAX_ZOOM:
        return None
    city = city_ground()
    return CutTile(city.token, city.packed(tile))
