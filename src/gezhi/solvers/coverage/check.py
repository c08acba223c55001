"""Check a coverage.

Formulation. Polygons P_1 … P_n (longitude and latitude) with identifiers form a coverage when each is a valid polygon
(OGC simple features), int(P_i) ∩ int(P_j) is empty for every pair, and the union of all has no hole narrower than a
given width (the width of a hole is the diameter of the largest circle in it). A wider hole is a lake or someone else's
land: it is told, and is no fault. Parts and identifiers are looked at too.

Overlaps are found in the very coordinates that were given, so that no projection hides or makes one; areas and widths
are measured in a local plane in metres. Candidates come from an STR tree: O(n log n) for areas that touch only their
neighbours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.kernel.plane import Plane

GAP_WIDTH_M = 20.0
_POLYGON, _MULTIPOLYGON = 3, 6


class FindingKind(StrEnum):
    """What may be wrong with a coverage."""

    DUPLICATE_ID = "duplicate_id"
    NOT_A_POLYGON = "not_a_polygon"
    INVALID_RING = "invalid_ring"
    OVERLAP = "overlap"
    GAP = "gap"
    # Cleaning would leave nothing of it.
    VANISHED = "vanished"
    # Told, but no fault:
    HOLE = "hole"
    MULTIPART = "multipart"
    UNCOVERED = "uncovered"


NOTICES = frozenset({FindingKind.HOLE, FindingKind.MULTIPART, FindingKind.UNCOVERED})
# What clean_coverage can mend. The rest is for a person.
REPAIRABLE = frozenset({FindingKind.INVALID_RING, FindingKind.OVERLAP, FindingKind.GAP})


@dataclass(frozen=True)
class Finding:
    """One finding: the areas concerned, its size, where it is, and words where the kind alone does not say it."""

    kind: FindingKind
    ids: tuple[str, ...]
    area_m2: float = 0.0
    lon: float | None = None
    lat: float | None = None
    detail: str = ""


@dataclass(frozen=True)
class CoverageReport:
    """All findings, in the order of their kinds."""

    findings: tuple[Finding, ...]

    def of(self, kind: FindingKind) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.kind is kind)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Findings that make it no coverage."""
        return tuple(finding for finding in self.findings if finding.kind not in NOTICES)

    @property
    def repairable(self) -> bool:
        """Whether cleaning can mend every fault."""
        return all(finding.kind in REPAIRABLE for finding in self.faults)


def as_array(polygons: Sequence[Any] | NDArray[np.object_]) -> NDArray[np.object_]:
    """Geometries as an array of objects."""
    array = np.empty(len(polygons), dtype=object)
    array[:] = list(polygons)
    return array


def polygons_only(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Mended geometries without the lines and points that mending may leave; an empty polygon where nothing is left."""
    mended = shapely.make_valid(geometries, method="structure", keep_collapsed=False)
    kept = as_array(mended)
    for i in np.flatnonzero(~np.isin(shapely.get_type_id(mended), (_POLYGON, _MULTIPOLYGON))):
        parts = shapely.get_parts(shapely.get_parts(mended[i]))
        kept[i] = shapely.union_all(parts[shapely.get_type_id(parts) == _POLYGON])
    return kept


def overlapping_pairs(shapes: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions (i, j), i < j, of valid polygons whose interiors meet."""
    first, second = shapely.STRtree(shapes).query(shapes)
    ordered = first < second
    first, second = first[ordered], second[ordered]
    # Each in half the time of one question for both, and of those who only touch there are most.
    shapely.prepare(shapes)
    for asked, wanted in ((shapely.intersects, True), (shapely.touches, False)):
        kept = asked(shapes[first], shapes[second]) == wanted
        first, second = first[kept], second[kept]
    return first, second


def gap_rings(shapes: NDArray[np.object_]) -> list[shapely.Polygon]:
    """The holes in the union of valid polygons, each as a polygon."""
    union = shapely.union_all(shapes)
    rings = [ring for part in shapely.get_parts(union) for ring in getattr(part, "interiors", ())]
    return [shapely.Polygon(ring) for ring in rings]


def place_on(geometry: Any) -> tuple[float, float]:
    """Longitude and latitude of a point on the geometry, to the centimetre."""
    point = shapely.point_on_surface(geometry)
    return round(float(shapely.get_x(point)), 7), round(float(shapely.get_y(point)), 7)


def check_coverage(
    polygons: Sequence[Any] | NDArray[np.object_], ids: Sequence[str], *, gap_width_m: float = GAP_WIDTH_M
) -> CoverageReport:
    """Report what keeps ``polygons`` (degrees) from being a coverage; holes narrower than ``gap_width_m`` are gaps.

    Raises ``ValueError`` when the lengths differ.
    """
    if len(polygons) != len(ids):
        raise ValueError(f"{len(polygons)} polygons but {len(ids)} ids")
    shapes = as_array(polygons)
    findings = [
        Finding(FindingKind.DUPLICATE_ID, (name,), detail=f"{count} times")
        for name, count in sorted(Counter(ids).items())
        if count > 1
    ]
    is_polygon = np.isin(shapely.get_type_id(shapes), (_POLYGON, _MULTIPOLYGON)) & ~shapely.is_empty(shapes)
    for name, shape, kept in zip(ids, shapes, is_polygon, strict=True):
        if not kept:
            what = "no geometry" if shape is None else "empty" if shape.is_empty else shape.geom_type
            findings.append(Finding(FindingKind.NOT_A_POLYGON, (name,), detail=what))
    names, shapes = [name for name, kept in zip(ids, is_polygon, strict=True) if kept], shapes[is_polygon]
    if not len(shapes):
        return CoverageReport(tuple(findings))

    for i in np.flatnonzero(~shapely.is_valid(shapes)):
        findings.append(Finding(FindingKind.INVALID_RING, (names[i],), detail=str(shapely.is_valid_reason(shapes[i]))))
    valid = polygons_only(shapes)
    plane = Plane.around(valid)
    findings += _overlaps(valid, names, plane)
    findings += _holes(valid, names, plane, gap_width_m)
    for i in np.flatnonzero(shapely.get_num_geometries(shapes) > 1):
        findings.append(
            Finding(FindingKind.MULTIPART, (names[i],), detail=f"{shapely.get_num_geometries(shapes[i])} parts")
        )
    return CoverageReport(tuple(findings))


def _overlaps(valid: NDArray[np.object_], names: Sequence[str], plane: Plane) -> list[Finding]:
    first, second = overlapping_pairs(valid)
    shared = shapely.intersection(valid[first], valid[second])
    sizes = shapely.area(plane.to_metres(shared))
    found = []
    for i, j, part, size in zip(first, second, shared, sizes, strict=True):
        lon, lat = place_on(part)
        found.append(Finding(FindingKind.OVERLAP, (names[i], names[j]), float(size), lon, lat))
    return sorted(found, key=lambda finding: -finding.area_m2)


def _holes(valid: NDArray[np.object_], names: Sequence[str], plane: Plane, gap_width_m: float) -> list[Finding]:
    rings = gap_rings(valid)
    if not rings:
        return []
    flat = plane.to_metres(as_array(rings))
    tree = shapely.STRtree(valid)
    found = []
    for ring, metric in zip(rings, flat, strict=True):
        radius = shapely.length(shapely.maximum_inscribed_circle(metric)) if metric.area > 0 else 0.0
        kind = FindingKind.GAP if 2.0 * radius < gap_width_m else FindingKind.HOLE
        around = tuple(sorted(names[i] for i in tree.query(ring, predicate="intersects")))
        lon, lat = place_on(ring)
        found.append(Finding(kind, around, float(metric.area), lon, lat, detail=f"{2.0 * radius:.2f} m wide"))
    return sorted(found, key=lambda finding: (finding.kind is FindingKind.HOLE, -finding.area_m2))
