"""Villages: clusters of small houses round the middle of each rural grid, as many as its households need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from gezhi.demo.ground.figures import Floats, Ints, Shapes, apart, rank_within, rectangles, touched, turned

# Households under one roof, the room that one roof takes, and how near to a road it stands.
_UNDER_A_ROOF, _WIDE_M, _HIGH_M, _ROAD_M = 16, 74.0, 30.0, 13.0
# Places looked at for each house that is needed: some are on roads, in water, or left free.
_PLACES, _MOST = 1.9, 56
_TURN = np.radians(16.0)


@dataclass(frozen=True, slots=True)
class Villages:
    """Houses in metres, and the village of each."""

    houses: Shapes
    owner: Ints


def plan_villages(
    middles: Floats, *, households: Ints, grids: Shapes, roads: Shapes, obstacles: Shapes, rng: Generator
) -> Villages:
    """Houses in rows that face the south, more or less."""
    # Places of a pattern, those nearest to the middle first; a village is half as deep again as it is wide.
    cells = np.stack(np.meshgrid(np.arange(-6, 7), np.arange(-9, 10)), axis=-1).reshape(-1, 2) * (_WIDE_M, _HIGH_M)
    cells = cells[np.argsort(np.hypot(cells[:, 0] * 1.1, cells[:, 1]), kind="stable")]
    wanted = np.ceil(households / _UNDER_A_ROOF).astype(np.int64)
    looked = np.minimum(np.ceil(wanted * _PLACES).astype(np.int64), len(cells))
    owner = np.repeat(np.arange(len(middles)), looked)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(looked) - looked, looked)
    turn = rng.uniform(-_TURN, _TURN, len(middles))
    jitter = rng.normal(0.0, 1.0, (len(owner), 2)) * (5.0, 2.6)
    stretch = rng.uniform(0.9, 1.25, (len(middles), 2))
    spots = middles[owner] + turned((cells[place] + jitter) * stretch[owner], turn[owner])
    lengths, depths = rng.uniform(34.0, 62.0, len(owner)), rng.uniform(8.5, 11.5, len(owner))
    houses = rectangles(spots, lengths, depths, turn[owner] + rng.normal(0.0, 0.035, len(owner)))
    shapely.prepare(grids)
    free = shapely.covers(grids[owner], houses) & (rng.random(len(owner)) < 0.88)
    kept = np.flatnonzero(free)
    kept = kept[~touched(houses[kept], roads, within=_ROAD_M - 4.0)]
    kept = kept[~touched(houses[kept], obstacles, within=12.0)]
    kept = kept[apart(houses[kept], by=3.0)]
    kept = kept[rank_within(owner[kept], place[kept]) < np.minimum(wanted, _MOST)[owner[kept]]]
    return Villages(houses[kept], owner[kept])
