"""Vector tiles of the city's ground: areas by level, compounds, and the features of the ground, with names.

Those of the whole and of large parts are cut ahead (``cut_ahead``); the others on request. For that, what shows from afar is read
once a version of the data, brought into the square of the web's map and put into a tree; what shows close by is read for each
tile. Finished tiles are kept for the next reader.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import chain

import numpy as np
import shapely
from django.db.models import Max

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import Outline, box_of, compound_outlines, outlines_of, version_in_force
from gezhi.contexts.ground.domain.layers import CLOSEST, RULES, Layer, Shape
from gezhi.contexts.ground.finished import finished_tile
from gezhi.contexts.ground.queries.features import FORM, CloseBy, from_afar
from gezhi.contexts.ground.queries.layers import NOTHING, Found, Held, Shapes, cut, in_square
from gezhi.kernel.datum import Bounds
from gezhi.kernel.mercator import Tile
from gezhi.kernel.vector_tile import Form, Properties, TileLayer, encode
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.kept import KeptByVersion

# A map that is closer draws the tiles of this zoom larger: 0.15 m is finer than any border is known.
MAX_ZOOM = CLOSEST
# Raised when the same data make other tiles.
_FORMAT = 4
# From which zoom each level is drawn, and its name written.
_DRAWN_FROM = {AreaLevel.DISTRICT: 0, AreaLevel.STREET: 9, AreaLevel.COMMUNITY: 11, AreaLevel.GRID: 13}
_NAMED_FROM = {AreaLevel.DISTRICT: 0, AreaLevel.STREET: 10, AreaLevel.COMMUNITY: 12, AreaLevel.GRID: 14}
_COMPOUND_FROM = 14
# From which zoom what is an area, and has a name or number, has it written.
_WRITTEN_FROM = {Layer.WATER: 10, Layer.GREEN: 12, Layer.BUILDING: 16}
# Changes of these are on record, and are what the tiles are made of.
_MADE_OF = ("area_version", "compound", "ground")
_TILES_KEPT = 512
_RECHECK_SECONDS = 2.0


class _City:
    """The ground of one version of the data. A layer is read when the first tile asks for it.

    ``packed``: a tile as gzip, empty where there is nothing; those asked for last are kept, and go with the version.
    """

    def __init__(self, version: tuple[int, int]) -> None:
        self.token = "-".join(map(str, (_FORMAT, *version)))
        self.close = CloseBy()
        self._held: dict[str, Held] = {}
        # A layer of names reads the layer that they name.
        self._lock = threading.RLock()
        self.packed = lru_cache(maxsize=_TILES_KEPT)(self._packed)

    @cached_property
    def bounds(self) -> Bounds | None:
        """What the areas reach over; None where there are none."""
        return box_of()

    def _packed(self, tile: Tile) -> bytes:
        finished = finished_tile(self.token, tile)
        return self.cut(tile) if finished is None else finished

    def cut(self, tile: Tile) -> bytes:
        """A tile cut now, as gzip; empty where there is nothing."""
        plain = encode(list(self.layers(tile)))
        return gzip.compress(plain, 6, mtime=0) if plain else b""

    def layers(self, tile: Tile) -> Iterator[TileLayer]:
        """The layers that a tile of this zoom has, from the lowest up."""
        for level, zoom in _DRAWN_FROM.items():
            if tile.zoom >= zoom:
                yield cut(level.value, Form.POLYGON, self._level(level).found(tile), tile)
        if tile.zoom >= _COMPOUND_FROM:
            yield cut("compound", Form.POLYGON, self.compounds.found(tile), tile)
        yield from self._features(tile)
        if tile.zoom >= _COMPOUND_FROM:
            names = self._kept("compound_name", lambda: self.compounds.names(_COMPOUND_FROM))
            yield cut("compound_name", Form.POINT, names.found(tile), tile)
        for level, zoom in _NAMED_FROM.items():
            if tile.zoom >= zoom:
                names = self._kept(f"{level.value}_name", partial(self._names_of, level, zoom))
                yield cut(f"{level.value}_name", Form.POINT, names.found(tile), tile)

    def _features(self, tile: Tile) -> Iterator[TileLayer]:
        close = self.close.at(tile)
        for layer, rules in RULES.items():
            found = self.afar(layer).found(tile).and_(close.get(layer, NOTHING))
            yield cut(layer.value, FORM[rules.shape], found, tile)
            if rules.shape is Shape.AREA and tile.zoom >= _WRITTEN_FROM[layer]:
                yield cut(f"{layer.value}_name", Form.POINT, _with_words(found), tile)

    def afar(self, layer: Layer) -> Held:
        """What of a layer shows from afar."""
        return self._kept(layer.value, partial(from_afar, layer))

    @property
    def compounds(self) -> Held:
        """Compounds."""
        return self._kept("compound", lambda: _held(compound_outlines(), _COMPOUND_FROM, None))

    def _level(self, level: AreaLevel) -> Held:
        # As one coverage, so that neighbours keep their common border.
        read = partial(_held, simplify=shapely.coverage_simplify, from_zoom=_DRAWN_FROM[level])
        return self._kept(level.value, lambda: read(outlines_of(level)))

    def _names_of(self, level: AreaLevel, zoom: int) -> Held:
        return self._level(level).names(zoom)

    def _kept(self, name: str, read: Callable[[], Held]) -> Held:
        found = self._held.get(name)
        if found is None:
            with self._lock:
                found = self._held.get(name) or self._held.setdefault(name, read())
        return found


def _held(outlines: list[Outline], from_zoom: int, simplify: Callable[[Shapes, float], Shapes] | None) -> Held:
    return Held(
        form=Form.POLYGON,
        shapes=in_square([one.shape for one in outlines]),
        ids=[one.id for one in outlines],
        properties=[_named(one) for one in outlines],
        from_zoom=np.full(len(outlines), from_zoom),
        simplify=simplify,
    )


def _named(one: Outline) -> Properties:
    return (("name", one.name), ("name_en", one.name_en)) if one.name_en else (("name", one.name),)


def _with_words(found: Found) -> Found:
    """A point for each area that has a name or a number, within it."""
    places = [place for place, told in enumerate(found.properties) if {"name", "number"} & dict(told).keys()]
    return Found(
        np.asarray(shapely.point_on_surface(found.shapes[places])),
        [found.ids[place] for place in places],
        [found.properties[place] for place in places],
    )


def ground_version() -> tuple[int, int]:
    """Changes with everything that the ground is made of: areas in force, compounds, features."""
    made = AuditRecord.objects.filter(object_type__in=_MADE_OF).aggregate(last=Max("pk"))
    return version_in_force() or 0, made["last"] or 0


city_ground = KeptByVersion(name="city ground", version=ground_version, build=_City, recheck=lambda: _RECHECK_SECONDS)


@dataclass(frozen=True, slots=True)
class TileSet:
    """What a map must know before it asks for tiles. ``version`` stands in their addresses; ``bounds`` None: no areas yet."""

    version: str
    layers: tuple[str, ...]
    bounds: Bounds | None


def tile_set() -> TileSet:
    """The tiles as they are now."""
    levels = [level.value for level in _DRAWN_FROM]
    features = [layer.value for layer in Layer] + [f"{layer.value}_name" for layer in _WRITTEN_FROM]
    names = [f"{level.value}_name" for level in _NAMED_FROM]
    city = city_ground()
    return TileSet(city.token, tuple(chain(levels, ["compound"], features, ["compound_name"], names)), city.bounds)


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
