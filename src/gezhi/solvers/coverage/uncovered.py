"""Find the land of areas that their parts leave uncovered.

Formulation. For an area P and its parts C_1 … C_k (longitude and latitude): the pieces of P \\ (C_1 ∪ … ∪ C_k) that are
at least as wide as a given width (the diameter of the largest circle inside). Narrower pieces are the difference of two
hands that drew one border. One union and one difference per area: O(n log n) in the number of vertices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.kernel.plane import Plane
from gezhi.solvers.coverage.check import GAP_WIDTH_M, Finding, FindingKind, as_array, place_on, polygons_only


def uncovered(
    wholes: Mapping[str, Any], parts: Sequence[Any] | NDArray[np.object_], whole_of_part: Sequence[str]
) -> list[Finding]:
    """One finding for each whole that its parts leave uncovered, the largest first.

    ``wholes`` are polygons by their ids, ``whole_of_part`` names the whole of each part. A finding tells the area of all
    such pieces and the place of the largest. Raises ``ValueError`` when the lengths differ, ``KeyError`` for a whole that
    is not given.
    """
    if len(parts) != len(whole_of_part):
        raise ValueError(f"{len(parts)} parts but {len(whole_of_part)} names of wholes")
    if not wholes:
        return []
    shapes = as_array(parts)
    owners = np.asarray(whole_of_part, dtype=object)
    plane = Plane.around(as_array(list(wholes.values())))
    found = []
    for name in dict.fromkeys(whole_of_part):
        whole = wholes[name]
        rest = polygons_only(as_array([shapely.difference(whole, shapely.union_all(shapes[owners == name]))]))[0]
        pieces = shapely.get_parts(rest)
        metric = plane.to_metres(pieces)
        # A piece that is smaller than the circle cannot hold it.
        wide = shapely.area(metric) >= math.pi * (GAP_WIDTH_M / 2.0) ** 2
        for i in np.flatnonzero(wide):
            wide[i] = 2.0 * shapely.length(shapely.maximum_inscribed_circle(metric[i])) >= GAP_WIDTH_M
        if not wide.any():
            continue
        sizes = np.where(wide, shapely.area(metric), 0.0)
        total = float(sizes.sum())
        lon, lat = place_on(pieces[int(np.argmax(sizes))])
        share = total / float(shapely.area(plane.to_metres(whole)))
        count = int(wide.sum())
        detail = f"{share:.2%} of it" + (f", in {count} pieces" if count > 1 else "")
        found.append(Finding(FindingKind.UNCOVERED, (name,), total, lon, lat, detail))
    return sorted(found, key=lambda finding: -finding.area_m2)
