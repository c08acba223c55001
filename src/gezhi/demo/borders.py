"""The lines along which areas meet."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely

_MIN_DEGREES = 0.001


def common_borders(
    shapes: Mapping[str, shapely.Geometry], *, at_least: float = _MIN_DEGREES
) -> list[tuple[str, str, shapely.Geometry]]:
    """The common border of each pair of neighbours in a coverage, merged into lines of a length at least (in its units)."""
    codes = sorted(shapes)
    array = np.array([shapes[code] for code in codes], dtype=object)
    first, second = shapely.STRtree(array).query(array, predicate="touches")
    ordered = first < second
    first, second = first[ordered], second[ordered]
    order = np.lexsort((second, first))
    lines = shapely.line_merge(
        shapely.intersection(shapely.boundary(array[first[order]]), shapely.boundary(array[second[order]]))
    )
    found = []
    for a, b, line in zip(first[order], second[order], lines, strict=True):
        parts = [p for p in shapely.get_parts(line) if p.geom_type == "LineString" and p.length >= at_least]
        if parts:
            found.append((codes[a], codes[b], parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)))
    return found
