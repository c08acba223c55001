"""Is a set of polygons a coverage, without gap or overlap? If not: make it one; of several layers: make one coverage; and
say what was changed."""

from gezhi.solvers.coverage.check import (
    CoverageReport,
    Finding,
    FindingKind,
    check_coverage,
    gap_rings,
    overlapping_pairs,
)
from gezhi.solvers.coverage.clean import SNAPPING_M, Change, ChangeKind, CleanedCoverage, clean_coverage
from gezhi.solvers.coverage.overlay import Layer, Overlay, Transfer, Why, overlay_layers
from gezhi.solvers.coverage.uncovered import uncovered

__all__ = [
    "SNAPPING_M",
    "Change",
    "ChangeKind",
    "CleanedCoverage",
    "CoverageReport",
    "Finding",
    "FindingKind",
    "Layer",
    "Overlay",
    "Transfer",
    "Why",
    "check_coverage",
    "clean_coverage",
    "gap_rings",
    "overlapping_pairs",
    "overlay_layers",
    "uncovered",
]
