"""Is a set of polygons a coverage, without gap or overlap? And if not: make it one and say what was changed."""

from gezhi.solvers.coverage.check import (
    CoverageReport,
    Finding,
    FindingKind,
    check_coverage,
    gap_rings,
    overlapping_pairs,
)
from gezhi.solvers.coverage.clean import Change, ChangeKind, CleanedCoverage, clean_coverage

__all__ = [
    "Change",
    "ChangeKind",
    "CleanedCoverage",
    "CoverageReport",
    "Finding",
    "FindingKind",
    "check_coverage",
    "clean_coverage",
    "gap_rings",
    "overlapping_pairs",
]
