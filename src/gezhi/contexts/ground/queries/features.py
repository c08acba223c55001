"""Features of the ground as maps draw them: those that show from afar all at once, those close by a tile at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.db.models import QuerySet

from gezhi.contexts.ground.domain.layers import CLOSEST, RULES, Layer, Shape
from gezhi.contexts.ground.models import GroundFeature
from gezhi.contexts.ground.queries.layers import BEYOND, NOTHING, Found, Held, Shapes, in_square
from gezhi.kernel.mercator import Tile
from gezhi.kernel.quadtree import DEEPEST, around, number_of, within
from gezhi.kernel.vector_tile import Form, Properties
from gezhi.platform.prepared import Prepared, PreparedByKeys

# What shows only from this zoom on is read for each tile: a city has some thousands of roads, and a hundred thousand buildings.
CLOSE = 12
# Else a tile of the closest zoom would hold smaller ones, and be a range of numbers.
assert CLOSEST == DEEPEST  # noqa: S101 - two constants that must agree
# The tiles up to this zoom are large ones, and of so many what reaches over their borders is kept: some megabytes.
_LARGE, _LARGE_TILES_KEPT = 14, 256
FORM = {Shape.POINT: Form.POINT, Shape.LINE: Form.LINE, Shape.AREA: Form.POLYGON}
_FIELDS = ("layer", "id", "kind", "name", "name_en", "street", "house_number", "geometry")
_Row = tuple[Any, ...]


def from_afar(layer: Layer) -> Held:
    """All of a layer that shows before ``CLOSE``."""
    shown = GroundFeature.objects.filter(layer=layer.value, from_zoom__lt=CLOSE).order_by("id")
    return _held(layer, list(shown.values_list(*_FIELDS, "from_zoom")), simplify=shapely.simplify)


def _held(layer: Layer, rows: list[_Row], simplify: Callable[[Shapes, float], Shapes] | None = None) -> Held:
    found = _found(row[:-1] for row in rows)
    return Held(
        form=FORM[RULES[layer].shape],
        shapes=found.shapes,
        ids=found.ids,
        properties=found.properties,
        from_zoom=np.array([row[-1] for row in rows], dtype=np.int64),
        simplify=simplify,
    )


class CloseBy:
    """What shows from ``CLOSE`` on, a tile at a time. What reaches over the borders of large tiles lies in very many small ones:
    it is kept once read, in a tree for each large tile, and goes with the version of the ground that this belongs to."""

    def __init__(self) -> None:
        self._large: dict[int, dict[Layer, Held]] = {}

    def at(self, tile: Tile) -> dict[Layer, Found]:
        """What may lie in a tile, layer by layer, in the order of the layers."""
        if tile.zoom < CLOSE:
            return {}
        zoom = min(tile.zoom, CLOSEST)
        first, last = within(tile)
        numbers = around(tile)
        rows = _within(zoom).rows(first=first, last=last)
        rows += _around(zoom).rows(numbers[_LARGE:])
        return self._with_large(rows, numbers[:_LARGE], shapely.box(*tile.box(BEYOND)), zoom)

    def _with_large(
        self, rows: list[_Row], large: Iterable[int], box: shapely.Geometry, zoom: int
    ) -> dict[Layer, Found]:
        """Rows by layer, with what of the large tiles lies in a box, in the order of the layers."""
        by_layer: dict[str, list[_Row]] = defaultdict(list)
        for row in rows:
            by_layer[row[0]].append(row)
        found = {Layer(layer): _found(own) for layer, own in by_layer.items()}
        for across in self._across(list(large)):
            for layer, held in across.items():
                near = held.within(box, zoom)
                if len(near.ids):
                    found[layer] = found.get(layer, NOTHING).and_(near)
        return {layer: found[layer] for layer in Layer if layer in found}

    def _across(self, numbers: list[int]) -> list[dict[Layer, Held]]:
        """What belongs to large tiles, each as it is kept; what is not kept is read, all of it in one query."""
        kept = self._large
        lacking = [number for number in numbers if number not in kept]
        if lacking:
            if len(kept) + len(lacking) > _LARGE_TILES_KEPT:
                kept, lacking = {}, numbers
            kept = kept | _across(lacking)
            self._large = kept
        return [kept[number] for number in numbers]

    def round(self, x: float, y: float, reach: float) -> dict[Layer, Found]:
        """What may lie so far from a point of the square, each thing once. One query: no tile has smaller ones within it that
        have numbers of their own."""
        side = 1 << CLOSEST
        ends = [[min(side - 1, max(0, int(part * side))) for part in (at - reach, at + reach)] for at in (x, y)]
        columns, rows = (range(first, last + 1) for first, last in ends)
        tiles = [Tile(CLOSEST, column, row) for column in columns for row in rows]
        above = [around(tile) for tile in tiles]
        numbers = [number_of(tile) for tile in tiles] + [number for one in above for number in one[_LARGE:]]
        box = shapely.union_all([shapely.box(*tile.box(BEYOND)) for tile in tiles]).envelope
        large = dict.fromkeys(number for one in above for number in one[:_LARGE])
        return self._with_large(_around(CLOSEST).rows(numbers), large, box, CLOSEST)


def _across(numbers: list[int]) -> dict[int, dict[Layer, Held]]:
    """What belongs to each large tile and to no smaller one, layer by layer."""
    by_tile: dict[int, dict[str, list[_Row]]] = {number: defaultdict(list) for number in numbers}
    for number, *row in _OF_THESE.rows(numbers):
        by_tile[number][row[0]].append(tuple(row))
    return {
        number: {Layer(layer): _held(Layer(layer), rows) for layer, rows in by_layer.items()}
        for number, by_layer in by_tile.items()
    }


_OF_THESE = PreparedByKeys(
    lambda keys: (
        GroundFeature.objects.filter(from_zoom__in=range(CLOSE, CLOSEST + 1), tile__in=keys)
        .order_by("id")
        .values_list("tile", *_FIELDS, "from_zoom")
    )
)


def _shown(zoom: int) -> QuerySet[GroundFeature]:
    return GroundFeature.objects.filter(from_zoom__in=range(CLOSE, zoom + 1))


@lru_cache(maxsize=CLOSEST + 1)
def _within(zoom: int) -> Prepared:
    def build(first: int, last: int) -> QuerySet[Any, Any]:
        return _shown(zoom).filter(tile__gte=first, tile__lte=last).values_list(*_FIELDS)

    return Prepared(build, first=int, last=int)


@lru_cache(maxsize=CLOSEST + 1)
def _around(zoom: int) -> PreparedByKeys:
    return PreparedByKeys(lambda keys: _shown(zoom).filter(tile__in=keys).values_list(*_FIELDS))


def _found(rows: Iterable[_Row]) -> Found:
    listed = sorted(rows, key=lambda row: row[1])
    if not listed:
        return NOTHING
    return Found(
        in_square(shapely.from_wkb([bytes(row[-1]) for row in listed])),
        [row[1] for row in listed],
        [_properties(*row[2:-1]) for row in listed],
    )


def _properties(kind: str, name: str, name_en: str, street: str, number: str) -> Properties:
    told = (("class", kind), ("name", name), ("name_en", name_en), ("number", number), ("street", number and street))
    return tuple((key, value) for key, value in told if value)
