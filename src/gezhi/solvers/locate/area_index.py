"""Point → area, in memory.

Formulation. Given n polygons P_i with distinct identifiers s_i, and a point q, return the identifier of the polygons
that touch q (interior or border). In a valid coverage that is one polygon, or several on a shared border; there the
lexicographically smallest identifier wins, so that the answer depends neither on the order of the input nor on the
machine. A Hilbert-packed STR tree over the boxes yields candidates (expected O(log n + k)); prepared polygons with
indexed edges settle each candidate in O(log of its vertices).

Coordinates are plain numbers in one plane for points and polygons alike (longitude and latitude, or metres).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

# Position returned for a point that no polygon touches.
NOWHERE = -1


class AreaIndex:
    """An immutable index of polygons; safe to share between threads once built."""

    def __init__(self, polygons: Sequence[shapely.Geometry] | NDArray[np.object_], ids: Sequence[str]) -> None:
        """Index ``polygons`` (Polygon or MultiPolygon) under ``ids``.

        Raises ``ValueError`` when the lengths differ, an id repeats, or a geometry is no polygon or empty.
        """
        if len(polygons) != len(ids):
            raise ValueError(f"{len(polygons)} polygons but {len(ids)} ids")
        if len(set(ids)) != len(ids):
            raise ValueError("an id occurs twice")
        # Sorted by id, so that 'smallest id' is 'smallest position'.
        self._order = np.argsort(np.asarray(ids, dtype=np.str_), kind="stable") if len(ids) else np.empty(0, np.int64)
        shapes = np.empty(len(ids), dtype=object)
        shapes[:] = list(polygons)
        shapes = shapes[self._order]
        self.ids: tuple[str, ...] = tuple(ids[i] for i in self._order)
        kinds = shapely.get_type_id(shapes)
        if not np.isin(kinds, (3, 6)).all() or shapely.is_empty(shapes).any():
            bad = np.flatnonzero(~np.isin(kinds, (3, 6)) | shapely.is_empty(shapes))[0]
            raise ValueError(f"'{self.ids[bad]}' is not a polygon")
        self._shapes = shapes
        self._tree = shapely.STRtree(shapes)
        self._tree.query(shapely.Point(0.0, 0.0))
        if len(shapes):
            # GEOS builds its edge index at the first question to a prepared geometry, and that building is not
            # thread-safe: ask once here, before the index is shared.
            shapely.prepare(shapes)
            inner = shapely.point_on_surface(shapes)
            shapely.intersects_xy(shapes, shapely.get_x(inner), shapely.get_y(inner))

    def __len__(self) -> int:
        return len(self.ids)

    def positions(self, xs: ArrayLike, ys: ArrayLike) -> NDArray[np.int64]:
        """Position in ``ids`` of the area of each point, ``NOWHERE`` where there is none. NaN is nowhere."""
        x, y = np.atleast_1d(np.asarray(xs, np.float64)), np.atleast_1d(np.asarray(ys, np.float64))
        found = np.full(len(x), NOWHERE, dtype=np.int64)
        usable = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(usable) or not len(self.ids):
            return found
        point, area = self._tree.query(shapely.points(x[usable], y[usable]))
        touches = shapely.intersects_xy(self._shapes[area], x[usable][point], y[usable][point])
        point, area = usable[point[touches]], area[touches]
        # Written from the largest position to the smallest: the last write of each point is its smallest.
        descending = np.argsort(-area, kind="stable")
        found[point[descending]] = area[descending]
        return found

    def position(self, x: float, y: float) -> int:
        """``positions`` of one point: ten times quicker than an array of one."""
        if not (math.isfinite(x) and math.isfinite(y)):
            return NOWHERE
        for candidate in sorted(self._tree.query(shapely.Point(x, y)).tolist()):
            if shapely.intersects_xy(self._shapes[candidate], x, y):
                return int(candidate)
        return NOWHERE

    def find(self, x: float, y: float) -> str | None:
        """Id of the area that holds the point, or None."""
        position = self.position(x, y)
        return None if position == NOWHERE else self.ids[position]

    def find_many(self, xs: ArrayLike, ys: ArrayLike) -> list[str | None]:
        """Ids of the areas that hold the points, None where there is none."""
        return [None if i == NOWHERE else self.ids[i] for i in self.positions(xs, ys)]
