"""Woods on the hills and farmland on the plain, one piece for each town's country."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.random import Generator

from gezhi.demo.ground.figures import Floats, Shapes, blobs, polygons_of, shapes_of, turned
from gezhi.demo.ground.town import Town

# The share of each county's country that is hills with woods: the west is mountains, the north-east a plain.
_HILLY = {
    "420602": 0.45, "420606": 0.12, "420607": 0.14, "420624": 0.72, "420625": 0.62, "420626": 0.92, "420682": 0.2,
    "420683": 0.3, "420684": 0.34,
}  # fmt: skip
_CLEARING_M, _COPSE_M, _VALLEY_M, _TOWN_ROOM_M = 380.0, (70.0, 190.0), 110.0, 420.0


def plan_greens(
    grids: Shapes,
    *,
    codes: Sequence[str],
    villages: Floats,
    towns_grids: Shapes,
    towns_codes: Sequence[str],
    town: Town,
    roads: Shapes,
    water: Shapes,
    rng: Generator,
) -> tuple[Shapes, list[str]]:
    """Farmland, and the woods that lie on it. ``codes``: of the rural ``grids``, whose villages lie at ``villages``;
    ``towns_grids``: urban grids, which are farmland beyond their town."""
    hilly = np.array([_HILLY[code[:6]] for code in codes])
    wooded = _swells(villages, rng) < hilly
    warp = _Warp(rng)
    side = np.sqrt(shapely.area(grids))
    copses = blobs(
        villages + rng.normal(0.0, 0.26, (len(grids), 2)) * side[:, None], rng.uniform(*_COPSE_M, len(grids)), rng
    )
    clearings = blobs(villages, np.minimum(_CLEARING_M, 0.3 * side) * rng.uniform(0.8, 1.4, len(grids)), rng)
    valleys = shapely.buffer(roads, _VALLEY_M, quad_segs=2)
    towns, along = shapely.STRtree(town.parts), shapely.STRtree(valleys)
    rooms = shapely.buffer(town.parts, _TOWN_ROOM_M, quad_segs=3)
    streets, urban = np.array([code[:9] for code in codes]), np.array([code[:9] for code in towns_codes])
    farmland: list[shapely.Geometry] = []
    woods: list[shapely.Geometry] = []
    for street in np.unique(np.concatenate([streets, urban])):
        own = np.flatnonzero(streets == street)
        country = shapely.union_all(np.concatenate([grids[own], towns_grids[urban == street]]))
        near = towns.query(country, predicate="intersects")
        open_ = shapely.difference(country, shapely.union_all(town.parts[near]))
        farmland += polygons_of(open_, at_least=5e3).tolist()
        hills = shapely.segmentize(shapely.union_all(grids[own[wooded[own]]]), 220.0)
        hills = shapely.make_valid(shapely.transform(hills, warp.moved))
        valley = shapely.union_all(
            np.concatenate([valleys[along.query(hills, predicate="intersects")], clearings[own], rooms[near]])
        )
        valley = shapely.simplify(shapely.buffer(shapely.buffer(valley, 90.0, quad_segs=2), -60.0, quad_segs=2), 8.0)
        woods += polygons_of(shapely.difference(hills, valley), at_least=2e4).tolist()
        woods += copses[own[~wooded[own]]].tolist()
    kinds = ["farmland"] * len(farmland) + ["wood"] * len(woods)
    both = _dry(shapely.simplify(shapes_of([*farmland, *woods]), 4.0), water)
    parts, owner = shapely.get_parts(both, return_index=True)
    kept = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0.0)
    return parts[kept], [kinds[i] for i in owner[kept].tolist()]


class _Warp:
    """Moves points by some hundred metres, neighbours alike: straight borders become winding ones."""

    def __init__(self, rng: Generator) -> None:
        self._waves = [
            (
                turned(np.array([2.0 * np.pi / length, 0.0]), rng.uniform(0.0, np.pi)),
                rng.uniform(0.0, 6.3),
                length / 13.0,
            )
            for length in (5_200.0, 4_100.0, 2_600.0, 2_100.0, 1_300.0, 1_000.0)
        ]

    def moved(self, points: Floats) -> Floats:
        """Where the points come to lie."""
        east = sum(high * np.sin(points @ wave + phase) for wave, phase, high in self._waves[::2])
        north = sum(high * np.sin(points @ wave + phase) for wave, phase, high in self._waves[1::2])
        return np.asarray(points + np.column_stack([east, north]))


def _dry(greens: Shapes, water: Shapes) -> Shapes:
    out = greens.copy()
    large = water[shapely.area(water) > 2e5]
    one, other = shapely.STRtree(large).query(greens, predicate="intersects")
    for green, wet in zip(one.tolist(), other.tolist(), strict=True):
        out[green] = shapely.difference(out[green], large[wet])
    return out


def _swells(points: Floats, rng: Generator) -> Floats:
    """A number from 0 to 1 for each point, alike for points that are near each other, evenly spread over all."""
    height = np.zeros(len(points))
    for length in (42_000.0, 21_000.0, 9_000.0, 4_000.0):
        wave = turned(np.array([2.0 * np.pi / length, 0.0]), rng.uniform(0.0, np.pi))
        other = turned(wave, np.pi / 2.0)
        phase = rng.uniform(0.0, 2.0 * np.pi, 2)
        height += length**0.4 * np.sin(points @ wave + phase[0]) * np.sin(points @ other + phase[1])
    rank = np.empty(len(points))
    rank[np.argsort(height, kind="stable")] = np.arange(len(points))
    return (rank + 0.5) / max(1, len(points))
