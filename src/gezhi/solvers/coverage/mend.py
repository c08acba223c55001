"""What stands before cleaning: rings that are no polygon, and areas that lie inside others.

Both are decisions that one polygon alone cannot tell. A ring that crosses itself encloses one thing by its structure and
another by counting crossings (a hole drawn as a keyhole of the outer ring): the reading that overlaps the neighbours less is
taken, the structure where both do as much. An area that lies inside another without a hole for it keeps its land: what is
drawn finer was meant.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.solvers.coverage.check import as_array, polygons_only

# An area of which at least this share lies in another is inside it.
INSIDE = 0.99
# Square metres by which the readings of a ring must differ to be told apart.
_TOLD_APART_M2 = 1.0

Shapes = NDArray[np.object_]


def mended_rings(shapes: Shapes) -> Shapes:
    """Valid polygons of ``shapes`` (metres); valid ones are as they were."""
    mended = polygons_only(shapes)
    broken = np.flatnonzero(~shapely.is_valid(shapes))
    if not len(broken):
        return mended
    tree = shapely.STRtree(mended)
    for place in broken.tolist():
        other = _by_crossings(shapes[place])
        if other.is_empty:
            continue
        near = np.setdiff1d(tree.query(shapely.union(mended[place], other), predicate="intersects"), [place])
        around = shapely.union_all(mended[near])
        claims = [float(shapely.area(shapely.intersection(reading, around))) for reading in (mended[place], other)]
        if claims[1] < claims[0] - _TOLD_APART_M2:
            mended[place] = other
    return mended


def _by_crossings(shape: Any) -> Any:
    """What a ring encloses an odd number of times."""
    made = shapely.make_valid(shape, method="linework")
    parts = shapely.get_parts(shapely.get_parts(as_array([made])))
    parts = shapely.get_parts(parts)
    return shapely.union_all(parts[shapely.get_type_id(parts) == 3])


def without_contained(
    shapes: Shapes, first: NDArray[np.int64], second: NDArray[np.int64], shared: NDArray[np.float64]
) -> tuple[Shapes, list[tuple[int, int]]]:
    """Valid polygons (metres) of which each has lost what lies inside of it, and the pairs (inner, outer).

    ``first``, ``second``: the pairs that overlap, ``shared`` in m². Of two that are the same land neither lies inside the
    other: no rule says whose it is.
    """
    size = shapely.area(shapes)
    pairs = []
    for i, j, common in zip(first.tolist(), second.tolist(), shared.tolist(), strict=True):
        inner, outer = (i, j) if size[i] <= size[j] else (j, i)
        if common >= INSIDE * size[inner] and common < INSIDE * size[outer]:
            pairs.append((inner, outer))
    if not pairs:
        return shapes, []
    left = shapes.copy()
    for outer in sorted({outer for _, outer in pairs}):
        inside = shapely.union_all(shapes[[inner for inner, other in pairs if other == outer]])
        left[outer] = shapely.difference(shapes[outer], inside)
    return polygons_only(left), pairs
