"""A coverage is recognised as one; a damaged one is recognised, mended, and nothing changes hands unseen."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.kernel.plane import Plane
from gezhi.solvers.coverage import ChangeKind, FindingKind, check_coverage, clean_coverage, overlapping_pairs
from gezhi.solvers.coverage.check import as_array

SPAN = 0.02


def lattice(seed: int, size: int) -> list[shapely.Polygon]:
    """An edge-matched coverage: a lattice of quadrilaterals whose inner vertices are moved at random."""
    rng = np.random.default_rng(seed)
    step = SPAN / size
    x, y = np.meshgrid(np.arange(size + 1) * step, np.arange(size + 1) * step, indexing="ij")
    inner = np.zeros_like(x)
    inner[1:-1, 1:-1] = 0.3 * step
    x = 112.1 + x + inner * rng.uniform(-1, 1, x.shape)
    y = 32.0 + y + inner * rng.uniform(-1, 1, y.shape)
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    return [
        shapely.Polygon([(x[i + a, j + b], y[i + a, j + b]) for a, b in corners])
        for i in range(size)
        for j in range(size)
    ]


def names(cells) -> list[str]:
    return [f"{n:03}" for n in range(len(cells))]


def damaged(cells: list[shapely.Polygon], seed: int, metres: float) -> list[shapely.Polygon]:
    """Every vertex of every polygon moved on its own: slivers everywhere."""
    rng = np.random.default_rng(seed)
    reach = metres / 111_320
    return [
        shapely.transform(cell, lambda p: np.vstack([(m := p[:-1] + rng.uniform(-reach, reach, p[:-1].shape)), m[:1]]))
        for cell in cells
    ]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_a_coverage_has_no_fault(seed, size):
    cells = lattice(seed, size)
    assert check_coverage(cells, names(cells)).findings == ()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_a_coverage_is_left_alone(seed, size):
    cells = lattice(seed, size)
    cleaned = clean_coverage(cells, names(cells))
    assert cleaned.changes == ()
    moved = [shapely.hausdorff_distance(a, b) for a, b in zip(cells, cleaned.polygons, strict=True)]
    assert max(moved) < 1e-9


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 6), st.floats(0.5, 8.0))
def test_cleaning_leaves_no_gap_and_no_overlap(seed, size, metres):
    cells = damaged(lattice(seed, size), seed, metres)
    cleaned = clean_coverage(cells, names(cells), gap_width_m=50.0)
    assert shapely.coverage_is_valid(cleaned.polygons)
    assert check_coverage(cleaned.polygons, names(cells), gap_width_m=50.0).faults == ()
    assert cleaned.vanished == ()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 5), st.floats(0.5, 8.0))
def test_cleaning_keeps_all_land_and_accounts_for_what_moved(seed, size, metres):
    cells = damaged(lattice(seed, size), seed, metres)
    cleaned = clean_coverage(cells, names(cells), gap_width_m=50.0)
    plane = Plane.around(as_array(cells))
    before, after = plane.to_metres(as_array(cells)), plane.to_metres(cleaned.polygons)
    uncovered = shapely.area(shapely.difference(shapely.union_all(before), shapely.union_all(after)))
    assert uncovered < 0.01 * shapely.length(before).sum()
    told = dict.fromkeys(names(cells), 0.0)
    for change in cleaned.changes:
        told[change.id] += {ChangeKind.GAINED: 1, ChangeKind.LOST: -1}.get(change.kind, 0) * change.area_m2
    moved = shapely.area(after) - shapely.area(before)
    assert list(told.values()) == pytest.approx(moved, abs=0.05)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_overlaps_are_all_found(seed, size):
    shapes = as_array(damaged(lattice(seed, size), seed, 20.0))
    first, second = overlapping_pairs(shapes)
    found = set(zip(first.tolist(), second.tolist(), strict=True))
    expected = {
        (i, j)
        for i in range(len(shapes))
        for j in range(i + 1, len(shapes))
        if shapely.area(shapely.intersection(shapes[i], shapes[j])) > 0
    }
    assert expected <= found
    assert all(shapely.intersects(shapes[i], shapes[j]) for i, j in found - expected)


def test_each_kind_of_finding_is_told_with_its_place():
    square = shapely.box(112.0, 32.0, 112.01, 32.01)
    frame = shapely.Polygon(
        shapely.box(112.01, 32.0, 112.02, 32.01).exterior.coords,
        [shapely.box(112.012, 32.002, 112.0121, 32.0021).exterior.coords],
    )
    bow = shapely.Polygon([(112.03, 32.0), (112.04, 32.01), (112.04, 32.0), (112.03, 32.01)])
    lake = shapely.Polygon(
        shapely.box(112.05, 32.0, 112.06, 32.01).exterior.coords,
        [shapely.box(112.052, 32.002, 112.057, 32.007).exterior.coords],
    )
    over = shapely.box(112.009, 32.0, 112.0095, 32.001)
    two = shapely.union_all([shapely.box(112.07, 32, 112.08, 32.01), shapely.box(112.09, 32, 112.1, 32.01)])
    shapes = [square, frame, bow, lake, over, two, shapely.Point(112, 32), None, shapely.Polygon()]
    report = check_coverage(shapes, ["a", "b", "bow", "lake", "over", "two", "point", "none", "a"])
    assert [finding.ids for finding in report.of(FindingKind.DUPLICATE_ID)] == [("a",)]
    assert {f.ids[0]: f.detail for f in report.of(FindingKind.NOT_A_POLYGON)} == {
        "point": "Point",
        "none": "no geometry",
        "a": "empty",
    }
    [ring] = report.of(FindingKind.INVALID_RING)
    assert ring.ids == ("bow",)
    assert "Self-intersection" in ring.detail
    [overlap] = report.of(FindingKind.OVERLAP)
    assert overlap.ids == ("a", "over")
    assert overlap.area_m2 == pytest.approx(0.0005 * 111_320 * np.cos(np.radians(32)) * 0.001 * 110_900, rel=0.01)
    [gap] = report.of(FindingKind.GAP)
    assert gap.ids == ("b",)
    assert (gap.lon, gap.lat) == pytest.approx((112.01205, 32.00205), abs=1e-4)
    assert [f.ids for f in report.of(FindingKind.HOLE)] == [("lake",)]
    assert [f.ids for f in report.of(FindingKind.MULTIPART)] == [("two",)]
    assert not report.repairable


def test_what_vanishes_under_another_is_told():
    big, copy = shapely.box(112.0, 32.0, 112.01, 32.01), shapely.box(112.0, 32.0, 112.01, 32.01)
    cleaned = clean_coverage([big, copy], ["big", "copy"])
    assert len(cleaned.vanished) == 1


def test_bad_calls_are_refused():
    with pytest.raises(ValueError, match="1 polygons but 0 ids"):
        check_coverage([shapely.box(0, 0, 1, 1)], [])
    with pytest.raises(ValueError, match="'a' is not a polygon"):
        clean_coverage([shapely.Point(0, 0)], ["a"])
    assert clean_coverage([], []).changes == ()
    assert check_coverage([], []).findings == ()


@pytest.mark.shared_data
def test_boston_precincts_are_mended(shared_data):
    document = json.loads((shared_data / "boston_precincts" / "precincts_wgs84.geojson").read_text())
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in document["features"]]
    ids = [feature["properties"]["WARD_PRECINCT"] for feature in document["features"]]
    report = check_coverage(shapes, ids)
    assert len(shapes) == 255
    assert len(report.of(FindingKind.INVALID_RING)) == 2
    assert len(report.of(FindingKind.OVERLAP)) == 66
    assert report.repairable
    cleaned = clean_coverage(shapes, ids)
    after = check_coverage(cleaned.polygons, ids)
    assert after.faults == ()
    # An overlap of the input is told beside what came of it: land that changed hands.
    changed_hands = {ChangeKind.GAINED, ChangeKind.LOST, ChangeKind.VANISHED}
    moved = sum(change.area_m2 for change in cleaned.changes if change.kind in changed_hands)
    assert moved < 5_000
