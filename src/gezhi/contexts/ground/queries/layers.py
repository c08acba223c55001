"""What a layer of tiles is cut from: shapes in the square of the web's map, in a tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gezhi.kernel.mercator import Tile, to_square
from gezhi.kernel.vector_tile import EXTENT, Form, Properties, TileLayer

# So far beyond its edge a tile is filled, in parts of its side: what is drawn wide there belongs to two tiles.
BEYOND = 64 / EXTENT
# Up to these zooms a layer is drawn from shapes that are as simple as half a pixel of a tile of 512 allows.
_COARSE_ZOOMS = range(6, 14)
_HALF_A_PIXEL = 0.5 / 512
_MOST_INSCRIBED = 1_000

Shapes = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Some things of one layer: shapes in the square, and for each its id and what is told of it."""

    shapes: Shapes
    ids: Sequence[int]
    properties: Sequence[Properties]

    def and_(self, other: Found) -> Found:
        """Both."""
        shapes = np.concatenate([self.shapes, other.shapes])
        return Found(shapes, [*self.ids, *other.ids], [*self.properties, *other.properties])


NOTHING = Found(np.empty(0, dtype=object), (), ())


def in_square(geometries: Sequence[Any]) -> Shapes:
    """An array of shapes (EPSG:4326) in the square."""
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    found: Shapes = shapely.transform(array, to_square)
    return found


def cut(name: str, form: Form, found: Found, tile: Tile) -> TileLayer:
    """The layer of a tile: what of the things found lies in it, or a little beyond its edge."""
    shapes, box = found.shapes, tile.box(BEYOND)
    if form is not Form.POINT:
        shapes = shapely.clip_by_rect(shapes, *box)
    there = ~(shapely.is_empty(shapes) | shapely.is_missing(shapes))
    if form is Form.POINT:
        # A name at the very edge is written by one tile alone.
        x, y = shapely.get_x(shapes), shapely.get_y(shapes)
        west, north, east, south = tile.box(0)
        there &= (west <= x) & (x < east) & (north <= y) & (y < south)
    kept = np.flatnonzero(there).tolist()
    return TileLayer(
        name=name,
        form=form,
        shapes=shapes[there],
        ids=[found.ids[place] for place in kept],
        properties=[found.properties[place] for place in kept],
        origin=(tile.x * tile.size, tile.y * tile.size),
        scale=EXTENT / tile.size,
    )


@dataclass(eq=False)
class Held:
    """A layer that is held in memory: its shapes in the square, and from which zoom each is there."""

    form: Form
    shapes: Shapes
    ids: Sequence[int]
    properties: Sequence[Properties]
    from_zoom: npt.NDArray[np.int64]
    simplify: Callable[[Shapes, float], Shapes] | None = None
    _simple: dict[int, Shapes] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._tree = shapely.STRtree(self.shapes)

    def found(self, tile: Tile) -> Found:
        """What is in a tile, or a little beyond its edge, and shows at its zoom."""
        places = np.sort(self._tree.query(shapely.box(*tile.box(BEYOND))))
        places = places[self.from_zoom[places] <= tile.zoom]
        kept = places.tolist()
        shapes = self._at(tile.zoom)[places]
        return Found(shapes, [self.ids[place] for place in kept], [self.properties[place] for place in kept])

    def within(self, box: shapely.Polygon, zoom: int) -> Found:
        """What is in a box of the square, and shows at a zoom, as finely as it is known."""
        places = np.sort(self._tree.query(box))
        places = places[self.from_zoom[places] <= zoom]
        kept = places.tolist()
        return Found(
            self.shapes[places], [self.ids[place] for place in kept], [self.properties[place] for place in kept]
        )

    def near(self, point: shapely.Point, reach: float) -> list[tuple[int, float]]:
        """The places in ``shapes`` of what is at most so far from a point, and how far each is, the nearest first."""
        found = self._tree.query(point, predicate="dwithin", distance=reach)
        far = shapely.distance(self.shapes[found], point)
        order = np.lexsort((found, far))
        return list(zip(found[order].tolist(), far[order].tolist(), strict=True))

    def names(self, from_zoom: int) -> Held:
        """One name for each shape, where it has most room."""
        zooms = np.full(len(self.ids), from_zoom)
        return replace(self, form=Form.POINT, shapes=roomiest(self.shapes), from_zoom=zooms, simplify=None)

    def _at(self, zoom: int) -> Shapes:
        """The shapes as finely as a zoom shows them."""
        coarse = next((limit for limit in _COARSE_ZOOMS if zoom <= limit), None)
        if coarse is None or self.simplify is None or not len(self.shapes):
            return self.shapes
        if coarse not in self._simple:
            self._simple[coarse] = self.simplify(self.shapes, _HALF_A_PIXEL / (1 << coarse))
        return self._simple[coarse]


def roomiest(shapes: Shapes) -> Shapes:
    """A point of each area far from its border: the middle of the largest circle in it; of very many, any point within."""
    if not len(shapes) or len(shapes) > _MOST_INSCRIBED:
        return np.asarray(shapely.point_on_surface(shapes))
    reach = np.sqrt(shapely.area(shapes))
    circles = shapely.maximum_inscribed_circle(shapes, tolerance=reach * 0.02)
    return np.asarray(shapely.get_point(circles, 0))
