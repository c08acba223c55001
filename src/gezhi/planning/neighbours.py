"""Which areas of a coverage lie side by side, and along how many metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.kernel.plane import Plane


@dataclass(frozen=True, slots=True)
class Borders:
    """``pairs`` (k × 2, first < second) of positions and the ``metres`` (k) of border they share; of each area its size in
    m² and the metres of its border that no other shares."""

    pairs: NDArray[np.int64]
    metres: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    outer_m: NDArray[np.float64]


def borders_of(shapes: NDArray[np.object_], plane: Plane) -> Borders:
    """The borders within a coverage (degrees). Areas that meet in a corner only are no neighbours.

    Found in the very coordinates of the coverage, where neighbours have the same corners, and measured in ``plane``.
    O(n log n) for areas that touch only their neighbours.
    """
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    ordered = first < second
    pairs = np.column_stack([first[ordered], second[ordered]]).astype(np.int64)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    shared = shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    metres = np.asarray(shapely.length(plane.to_metres(shared)), dtype=np.float64)
    pairs, metres = pairs[metres > 0], metres[metres > 0]
    flat = plane.to_metres(shapes)
    outer = np.asarray(shapely.length(flat), dtype=np.float64)
    for side in (0, 1):
        np.subtract.at(outer, pairs[:, side], metres)
    # What rounding leaves of a border that is wholly shared is none.
    return Borders(pairs, metres, np.asarray(shapely.area(flat)), np.where(outer < 1e-3, 0.0, outer))
