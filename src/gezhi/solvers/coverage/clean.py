"""Make a coverage of polygons that nearly are one.

Formulation. Given polygons Q_i (degrees), return valid polygons P_i with pairwise disjoint interiors and identical
vertices on common borders, such that every point of the union of the Q_i stays covered, holes narrower than a width are
filled, and only land in an overlap or in such a hole changes hands (apart from snapping vertices by millimetres): an
overlap goes to the claimant with the longest common border, a filled hole to the neighbour with the longest one. Invalid
rings are mended first, and an area inside another keeps its land (``mend``); whatever would vanish all the same gets its
claim before its neighbours, once. The overlay is that of GEOS ``CoverageCleaner`` (noding with snapping, polygonising,
merging): O(n log n) for areas that touch only their neighbours.

All is done in a local plane in metres. Every change is reported: land gained and lost per area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.kernel.plane import Plane
from gezhi.solvers.coverage.check import GAP_WIDTH_M, as_array, overlapping_pairs, polygons_only
from gezhi.solvers.coverage.mend import INSIDE, mended_rings, without_contained

# Vertices nearer than this are one: a tenth of what any survey resolves, and far above rounding in double precision.
SNAPPING_M = 0.01
# A change smaller than this is the trace of snapping, not of a decision.
_REPORTED_M2 = 0.005


class ChangeKind(StrEnum):
    """What happened to an area."""

    RING_MENDED = "ring_mended"
    # It claimed land that another claims too; ``other`` says which.
    OVERLAPPED = "overlapped"
    # Of these, it lay inside the other and keeps its land.
    CONTAINED = "contained"
    GAINED = "gained"
    LOST = "lost"
    VANISHED = "vanished"


@dataclass(frozen=True)
class Change:
    """A change to one area and its size in m² (for a mended ring: between the area that it claimed and now; for an overlap:
    the land that both claimed). ``other``: the area with which it had to do."""

    id: str
    kind: ChangeKind
    area_m2: float
    other: str = ""


@dataclass(frozen=True)
class CleanedCoverage:
    """The cleaned polygons (degrees), in the order given, and every change, what vanished first. An area that vanished is
    empty; ``rims``: areas that others leave hardly anything of what they claim."""

    polygons: NDArray[np.object_]
    changes: tuple[Change, ...]
    rims: tuple[str, ...] = ()

    @property
    def vanished(self) -> tuple[str, ...]:
        """Areas of which nothing is left: the input must be mended by hand."""
        return tuple(change.id for change in self.changes if change.kind is ChangeKind.VANISHED)


def clean_coverage(
    polygons: Sequence[Any] | NDArray[np.object_],
    ids: Sequence[str],
    *,
    gap_width_m: float = GAP_WIDTH_M,
    snapping_m: float = SNAPPING_M,
) -> CleanedCoverage:
    """Mend invalid rings, slivers, overlaps and gaps of polygons in degrees.

    Raises ``ValueError`` when the lengths differ or a geometry is no polygon.
    """
    if len(polygons) != len(ids):
        raise ValueError(f"{len(polygons)} polygons but {len(ids)} ids")
    shapes = as_array(polygons)
    wrong = np.flatnonzero(~np.isin(shapely.get_type_id(shapes), (3, 6)) | shapely.is_empty(shapes))
    if len(wrong):
        raise ValueError(f"'{ids[wrong[0]]}' is not a polygon")
    if not len(shapes):
        return CleanedCoverage(shapes, ())

    was_valid = shapely.is_valid(shapes)
    plane = Plane.around(shapes)
    claimed = plane.to_metres(shapes)
    mended = mended_rings(claimed)
    first, second = overlapping_pairs(mended)
    shared = shapely.area(shapely.intersection(mended[first], mended[second]))
    freed, contained = without_contained(mended, first, second, shared)
    cleaned = _overlaid(freed, gap_width_m=gap_width_m, snapping_m=snapping_m)
    lost_all = np.flatnonzero(shapely.is_empty(cleaned) & ~shapely.is_empty(mended))
    if len(lost_all):
        # Nobody asked for an area to disappear: it gets what it claims, but for what lies inside of it, and the others get
        # the rest.
        claims = shapely.union_all(freed[lost_all])
        rest = shapely.difference(freed, claims)
        rest[lost_all] = freed[lost_all]
        again = _overlaid(polygons_only(rest), gap_width_m=gap_width_m, snapping_m=snapping_m)
        if int(shapely.is_empty(again).sum()) < len(lost_all):
            cleaned = again

    changes = [
        Change(ids[i], ChangeKind.VANISHED, float(shapely.area(mended[i])), _largest(i, first, second, shared, ids))
        for i in np.flatnonzero(shapely.is_empty(cleaned)).tolist()
    ]
    inside = set(contained)
    for i, j, common in zip(first.tolist(), second.tolist(), shared.tolist(), strict=True):
        if common < _REPORTED_M2:
            continue
        inner, outer = (j, i) if (j, i) in inside else (i, j)
        kind = ChangeKind.CONTAINED if (inner, outer) in inside else ChangeKind.OVERLAPPED
        changes.append(Change(ids[inner], kind, common, ids[outer]))
    left = shapely.area(cleaned)
    # One overlay for both: what an area has less what it had already, and what it had less what it keeps.
    stayed = shapely.area(shapely.intersection(cleaned, mended))
    gained, lost = left - stayed, shapely.area(mended) - stayed
    for i, name in enumerate(ids):
        if not was_valid[i]:
            size = abs(float(shapely.area(mended[i]) - shapely.area(claimed[i])))
            changes.append(Change(name, ChangeKind.RING_MENDED, size))
        if shapely.is_empty(cleaned[i]):
            continue
        if gained[i] >= _REPORTED_M2:
            changes.append(Change(name, ChangeKind.GAINED, float(gained[i])))
        if lost[i] >= _REPORTED_M2:
            changes.append(Change(name, ChangeKind.LOST, float(lost[i])))
    rims = np.flatnonzero((left > 0) & (left < (1.0 - INSIDE) * shapely.area(mended)))
    return CleanedCoverage(plane.to_degrees(cleaned), tuple(changes), tuple(ids[i] for i in rims.tolist()))


def _overlaid(shapes: NDArray[np.object_], *, gap_width_m: float, snapping_m: float) -> NDArray[np.object_]:
    return as_array(shapely.coverage_clean(shapes, snapping_distance=snapping_m, gap_width=gap_width_m))


def _largest(
    place: int, first: NDArray[np.int64], second: NDArray[np.int64], shared: NDArray[np.float64], ids: Sequence[str]
) -> str:
    """The area that shares most with the one at ``place``; empty where none does."""
    own = np.flatnonzero((first == place) | (second == place))
    if not len(own):
        return ""
    pair = own[np.argmax(shared[own])]
    return ids[int(second[pair] if first[pair] == place else first[pair])]
