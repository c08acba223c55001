"""Point → area, in memory.

Formulation. Given n polygons P_i with distinct identifiers s_i and a point q, return the identifier of the polygons that
touch q (interior or border). In a valid coverage that is one polygon, or several on a shared border; there the
lexicographically smallest identifier wins, so that the answer depends neither on the order of the input nor on the
machine. Method: a table of cells over all polygons, about ``CELLS_PER_POLYGON`` to each. A cell that no border comes
near names its polygon; a point in any other is settled by the crossing test on the edges of its row, and where the
rounding of that test could decide, by GEOS. Exact therefore wherever GEOS is. Memory O(cells + edges), building
O(cells + edges · rows crossed), a question O(1) in a plain cell and O(edges in the row) near a border.
After M. de Berg et al., Computational Geometry (3rd ed., 2008), ch. 6, and J. R. Shewchuk (1997) for the test's error.

Coordinates are plain numbers in one plane for points and polygons alike (longitude and latitude, or metres).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gezhi.solvers.locate.answers import NOWHERE, UNSURE
from gezhi.solvers.locate.cell_table import Frame, cell_table
from gezhi.solvers.locate.one_point import asker

CELLS_PER_POLYGON = 128
FEWEST_CELLS, MOST_CELLS = 1_024, 4_000_000
# Up to so many points at once are located without the compiled loops: some milliseconds, and nothing to load.
FEW = 1_000


class AreaIndex:
    """An immutable index of polygons; safe to share between threads once built."""

    def __init__(self, polygons: Sequence[shapely.Geometry] | NDArray[np.object_], ids: Sequence[str]) -> None:
        """Index ``polygons`` (Polygon or MultiPolygon) under ``ids``.

        Raises ``ValueError`` when the lengths differ, an id repeats, or a geometry is no polygon, empty, or not finite.
        """
        if len(polygons) != len(ids):
            raise ValueError(f"{len(polygons)} polygons but {len(ids)} ids")
        if len(set(ids)) != len(ids):
            raise ValueError("an id occurs twice")
        # Sorted by id, so that 'smallest id' is 'smallest position'.
        order = np.argsort(np.asarray(ids, dtype=np.str_), kind="stable") if len(ids) else np.empty(0, np.int64)
        shapes = np.empty(len(ids), dtype=object)
        shapes[:] = list(polygons)
        shapes = shapes[order]
        self.ids: tuple[str, ...] = tuple(ids[i] for i in order)
        bad = ~np.isin(shapely.get_type_id(shapes), (3, 6)) | shapely.is_empty(shapes)
        bad |= ~np.isfinite(shapely.bounds(shapes)).all(axis=-1)
        if bad.any():
            raise ValueError(f"'{self.ids[np.flatnonzero(bad)[0]]}' is not a polygon")
        self._shapes = shapes
        self._boxes = shapely.bounds(shapes)
        if len(shapes):
            self._build()

    def _build(self) -> None:
        parts, owner_of_part = shapely.get_parts(self._shapes, return_index=True)
        rings, part_of_ring = shapely.get_rings(parts, return_index=True)
        points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
        # An edge joins each point of a ring with the next one; a ring ends where it began.
        begins = np.flatnonzero(ring_of_point[1:] == ring_of_point[:-1])
        ends = np.hstack([points[begins], points[begins + 1]])
        polygon = owner_of_part[part_of_ring[ring_of_point[begins]]].astype(np.int64)
        left, bottom, right, top = map(float, shapely.total_bounds(self._shapes))
        wanted = min(max(CELLS_PER_POLYGON * len(self._shapes), FEWEST_CELLS), MOST_CELLS)
        # A shape may be flat; its table is not.
        least = max(right - left, top - bottom, 1e-9) * 1e-9
        width, height = max(right - left, least), max(top - bottom, least)
        # Square in the unit of the coordinates, unless the whole is very long and thin.
        nx = int(min(max(1, round(math.sqrt(wanted * width / height))), wanted))
        ny = max(1, wanted // nx)
        # One part in a thousand of room on each side: a point on the outermost border is in the table.
        frame = Frame(
            x0=left - width / nx * 1e-3,
            y0=bottom - height / ny * 1e-3,
            per_x=nx / (width * (1 + 2e-3 / nx)),
            per_y=ny / (height * (1 + 2e-3 / ny)),
            nx=nx,
            ny=ny,
        )
        self._cells = cell_table(ends, polygon, len(self._shapes), frame)
        self._locate_one = asker(self._cells)

    def __len__(self) -> int:
        return len(self.ids)

    def _settle(self, x: float, y: float) -> int:
        """The answer of GEOS, for the points at which rounding could decide."""
        box = self._boxes
        near = (box[:, 0] <= x) & (x <= box[:, 2]) & (box[:, 1] <= y) & (y <= box[:, 3])
        for candidate in np.flatnonzero(near).tolist():
            if shapely.intersects_xy(self._shapes[candidate], x, y):
                return int(candidate)
        return NOWHERE

    def positions(self, xs: ArrayLike, ys: ArrayLike) -> NDArray[np.int64]:
        """Position in ``ids`` of the area of each point, ``NOWHERE`` where there is none. NaN is nowhere.

        ``xs`` and ``ys`` have one dimension and the same length; raises ``ValueError`` otherwise.
        """
        x, y = np.atleast_1d(np.asarray(xs, np.float64)), np.atleast_1d(np.asarray(ys, np.float64))
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"coordinates of shapes {x.shape} and {y.shape}: one of each is needed for each point")
        if not self.ids:
            return np.full(len(x), NOWHERE, dtype=np.int64)
        if len(x) <= FEW:
            return np.array([self.position(*point) for point in zip(x.tolist(), y.tolist(), strict=True)], np.int64)
        # The compiler takes a second to load: only who locates many pays it.
        from gezhi.solvers.locate.many_points import locate_all

        found = locate_all(np.ascontiguousarray(x), np.ascontiguousarray(y), self._cells)
        for point in np.flatnonzero(found == UNSURE).tolist():
            found[point] = self._settle(float(x[point]), float(y[point]))
        return found

    def position(self, x: float, y: float) -> int:
        """``positions`` of one point: many times quicker than an array of one."""
        if not self.ids:
            return NOWHERE
        found = self._locate_one(x, y)
        return self._settle(x, y) if found == UNSURE else found

    def find(self, x: float, y: float) -> str | None:
        """Id of the area that holds the point, or None."""
        position = self.position(x, y)
        return None if position == NOWHERE else self.ids[position]

    def find_many(self, xs: ArrayLike, ys: ArrayLike) -> list[str | None]:
        """Ids of the areas that hold the points, None where there is none."""
        return [None if i == NOWHERE else self.ids[i] for i in self.positions(xs, ys).tolist()]
