"""A dirty layer of 5,000 cells cleaned, and three layers made into one: overlaps, holes, multiparts, and what they cost."""

from __future__ import annotations

import time

import numpy as np
import shapely

from benchmarks._coverage import wiggly_cells
from gezhi.kernel.plane import Plane
from gezhi.solvers.coverage import Layer, clean_coverage, gap_rings, overlapping_pairs, overlay_layers

CELLS, SIDE_M, JITTER_M = 5_000, 40_000.0, 0.5


def jittered(cells: np.ndarray, metres: float, *, seed: int) -> np.ndarray:
    """Every vertex of every cell moved on its own by up to ``metres``: digitised twice."""
    rng = np.random.default_rng(seed)

    def shake(points: np.ndarray) -> np.ndarray:
        moved = points[:-1] + rng.uniform(-metres, metres, points[:-1].shape)
        return np.vstack([moved, moved[:1]])

    return np.array([shapely.transform(cell, shake) for cell in cells], dtype=object)


def _holds(condition: bool) -> str:
    return "holds" if condition else "DOES NOT HOLD"


def _clean(cells: np.ndarray) -> dict[str, float]:
    dirty = jittered(cells, JITTER_M, seed=2)
    plane = Plane("+proj=tmerc +lon_0=112.2 +lat_0=32.0 +ellps=WGS84 +units=m")
    degrees = plane.to_degrees(dirty)
    names = [f"{number:05}" for number in range(len(dirty))]
    start = time.process_time()
    cleaned = clean_coverage(degrees, names, snapping_m=2.0, gap_width_m=5.0)
    seconds = time.process_time() - start
    start = time.process_time()
    shapely.coverage_clean(dirty, snapping_distance=2.0, gap_width=5.0)
    bare = time.process_time() - start
    metric = plane.to_metres(cleaned.polygons)
    first, _ = overlapping_pairs(metric)
    holes = len(gap_rings(metric))
    multi = int((shapely.get_num_geometries(metric) > 1).sum())
    moved = sum(change.area_m2 for change in cleaned.changes)
    print(f"{len(dirty)} cells, {shapely.get_num_coordinates(dirty).sum()} vertices, {JITTER_M} m jitter")
    for name, value in (("overlapping pairs", len(first)), ("holes", holes), ("multiparts", multi)):
        print(f"{name} {value}; aim 0: {_holds(value == 0)}")
    print(f"CPU seconds {seconds:.2f}; aim < 5: {_holds(seconds < 5)}")
    print(f"bare GEOS without a report {bare:.2f} CPU s, ratio {seconds / bare:.2f}")
    print(f"{len(cleaned.changes)} changes reported, {moved:.0f} m² in all", flush=True)
    return {"clean_cpu_seconds": seconds, "clean_ratio": seconds / bare}


def _overlay(cells: np.ndarray) -> dict[str, float]:
    rng = np.random.default_rng(5)
    whole = shapely.box(0, 0, SIDE_M, SIDE_M)
    points = rng.uniform(0, SIDE_M, (200_000, 2))
    layers = [Layer("grids", cells, [f"g{n}" for n in range(len(cells))])]
    for name, count in (("police", 1_500), ("sanitation", 400)):
        other = wiggly_cells(count, side=SIDE_M, seed=count)
        layers.append(Layer(name, other, [f"{name}{n}" for n in range(len(other))]))
    start = time.process_time()
    result = overlay_layers(layers, points=points)
    seconds = time.process_time() - start
    lost = abs(float(shapely.area(result.polygons).sum()) - whole.area)
    counted = result.face_households.sum() + result.uncovered
    sizes = ", ".join(str(len(layer.ids)) for layer in layers)
    print(f"overlay of {sizes} cells: {len(result.faces)} faces, {seconds:.2f} CPU s")
    valid = bool(shapely.coverage_is_valid(result.polygons))
    print(f"area lost {lost:.3f} m²; aim 0: {_holds(lost < 1)}; a valid coverage: {_holds(valid)}")
    print(f"households counted {counted:.0f} of {len(points)}: {_holds(counted == len(points))}", flush=True)
    return {"overlay_cpu_seconds": seconds}


def run() -> dict[str, float]:
    """Run both."""
    cells = wiggly_cells(CELLS, side=SIDE_M, seed=1)
    return {**_clean(cells), **_overlay(cells)}
