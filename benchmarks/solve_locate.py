"""Points to areas: 200,000 points in 5,000 wiggly polygons, beside shapely's STRtree in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks._coverage import wiggly_cells
from gezhi.solvers.locate import NOWHERE, AreaIndex

POLYGONS, POINTS, SINGLES = 5_000, 200_000, 50_000
SIDE = 40_000.0
AIM_VECTORISED, AIM_SINGLE = 3_000_000, 100_000


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _best(work: Callable[[], object], times: int = 5) -> float:
    """The least CPU time of some runs: the others had company on the machine."""
    return min(_cpu(work) for _ in range(times))


def _by_tree(
    tree: shapely.STRtree, shapes: NDArray[np.object_], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The smallest position that touches each point, by shapely alone."""
    point, area = tree.query(shapely.points(x, y), predicate="intersects")
    found = np.full(len(x), NOWHERE, np.int64)
    order = np.argsort(-area, kind="stable")
    found[point[order]] = area[order]
    return found


def run() -> dict[str, float]:
    """Run the benchmark and print the figures."""
    shapes = wiggly_cells(POLYGONS, side=SIDE, seed=1)
    ids = [f"{number:05}" for number in range(len(shapes))]
    AreaIndex(shapes[:2], ids[:2]).positions([0.0], [0.0])
    index: list[AreaIndex] = []
    build = _cpu(lambda: index.append(AreaIndex(shapes, ids)))
    located = index[0]
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-0.01 * SIDE, 1.01 * SIDE, (2, POINTS))
    tree = shapely.STRtree(shapes)
    ours, theirs = located.positions(x, y), _by_tree(tree, shapes, x, y)
    corners = shapely.get_coordinates(shapes)
    corners = corners[rng.choice(len(corners), 20_000, replace=False)]
    ends = shapely.get_coordinates(shapes[:500])
    halves = (ends[1:] + ends[:-1]) / 2
    border = np.vstack([corners, halves])
    border_ours = located.positions(border[:, 0], border[:, 1])
    border_theirs = _by_tree(tree, shapes, border[:, 0], border[:, 1])

    vectorised = POINTS / _best(lambda: located.positions(x, y))
    tree_vectorised = POINTS / _best(lambda: tree.query(shapely.points(x, y), predicate="intersects"), 2)
    pairs = list(zip(x[:SINGLES].tolist(), y[:SINGLES].tolist(), strict=True))

    def one_by_one() -> None:
        for east, north in pairs:
            located.position(east, north)

    def tree_one_by_one() -> None:
        for east, north in pairs[: SINGLES // 10]:
            tree.query(shapely.Point(east, north), predicate="intersects")

    single, tree_single = SINGLES / _best(one_by_one), SINGLES / 10 / _best(tree_one_by_one, 2)
    figures = {
        "points_per_s": vectorised,
        "aim_points_per_s": AIM_VECTORISED,
        "strtree_points_per_s": tree_vectorised,
        "ratio_to_strtree": vectorised / tree_vectorised,
        "single_per_s": single,
        "aim_single_per_s": AIM_SINGLE,
        "strtree_single_per_s": tree_single,
        "single_ratio_to_strtree": single / tree_single,
        "agreement_percent": 100 * float((ours == theirs).mean()),
        "border_points": float(len(border)),
        "border_agreement_percent": 100 * float((border_ours == border_theirs).mean()),
        "build_cpu_s": build,
    }
    for name, value in figures.items():
        print(f"{name:<28} {value:16,.3f}", flush=True)
    return figures
