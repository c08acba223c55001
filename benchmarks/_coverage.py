"""A coverage of wiggly cells, in metres: Voronoi cells whose shared borders wander between their corners."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

# A vertex about every so many metres; the borders wander by about a tenth of it.
STEP = 60.0


def wiggly_cells(count: int, *, side: float, seed: int) -> NDArray[np.object_]:
    """``count`` polygons that cover a square of ``side`` metres without gap or overlap.

    Every border is drawn once, so both neighbours have the same vertices.
    """
    rng = np.random.default_rng(seed)
    frame = shapely.box(0, 0, side, side)
    diagram = shapely.voronoi_polygons(shapely.multipoints(rng.uniform(0, side, (count, 2))), extend_to=frame)
    straight = shapely.set_precision(shapely.intersection(shapely.get_parts(diagram), frame), 0.001)
    lines = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.boundary(straight))))
    wandering = []
    for line in lines:
        dense = shapely.get_coordinates(shapely.segmentize(line, STEP))
        inner = (dense[:, 0] > 0) & (dense[:, 0] < side) & (dense[:, 1] > 0) & (dense[:, 1] < side)
        inner[[0, -1]] = False
        dense[inner] += rng.uniform(-STEP / 10, STEP / 10, (int(inner.sum()), 2))
        wandering.append(shapely.linestrings(dense))
    cells: NDArray[np.object_] = shapely.get_parts(shapely.polygonize(wandering))
    return cells
