"""A generated city for the partition benchmark: compounds, communities, arterials and a river."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import Voronoi

from gezhi.solvers.partition import Edge, PartitionTask, Unit

# One compound on about 0.9 ha of built land.
_SPACING_M = 95.0
_BAND = (300, 500)
_COMMUNITY_MOST = 9_000


def _river(x: np.ndarray, side: float) -> np.ndarray:
    """Where the river runs, as y of x."""
    return side * (0.45 + 0.08 * np.sin(x / side * 5.0))


def _communities(xy: np.ndarray, households: np.ndarray, side: float) -> tuple[np.ndarray, list[shapely.Geometry]]:
    """Halve each bank by households, across its longer side, until every piece is a community of at most 9,000.

    Every line of a halving is an arterial as wide as the piece that it halves.
    """
    community = np.empty(len(xy), np.int64)
    north = xy[:, 1] > _river(xy[:, 0], side)
    open_pieces, number, arterials = [np.flatnonzero(north), np.flatnonzero(~north)], 0, []
    while open_pieces:
        piece = open_pieces.pop()
        if households[piece].sum() <= _COMMUNITY_MOST:
            community[piece] = number
            number += 1
            continue
        axis = int(np.argmax(np.ptp(xy[piece], axis=0)))
        order = piece[np.argsort(xy[piece, axis])]
        half = int(np.searchsorted(np.cumsum(households[order]), households[order].sum() / 2))
        at = xy[order[half - 1 : half + 1], axis].mean()
        low, high = xy[piece, 1 - axis].min(), xy[piece, 1 - axis].max()
        line = [(at, low), (at, high)]
        arterials.append(shapely.LineString(line if axis == 0 else [(y, x) for x, y in line]))
        open_pieces += [order[half:], order[:half]]
    return community, arterials


def _walls(xy: np.ndarray, community: np.ndarray, rng: np.random.Generator) -> list[shapely.Geometry]:
    """A railway or a fast road into two of three communities, through up to 80 % of the width."""
    walls = []
    for number in range(int(community.max()) + 1):
        inside = xy[community == number]
        (x0, y0), (x1, y1) = inside.min(axis=0), inside.max(axis=0)
        reach = rng.uniform(0.3, 0.8)
        if rng.random() < 0.33:
            continue
        if x1 - x0 > y1 - y0:
            at = rng.uniform(x0 + 0.25 * (x1 - x0), x1 - 0.25 * (x1 - x0))
            walls.append(shapely.LineString([(at, y0 - 50), (at, y0 + reach * (y1 - y0))]))
        else:
            at = rng.uniform(y0 + 0.25 * (y1 - y0), y1 - 0.25 * (y1 - y0))
            walls.append(shapely.LineString([(x0 - 50, at), (x0 + reach * (x1 - x0), at)]))
    return walls


def make_city(units: int, *, seed: int = 1) -> PartitionTask:
    """A city of ``units`` compounds of 20–450 households, one in five of them part of a group of two or three."""
    rng = np.random.default_rng(seed)
    side = _SPACING_M * np.sqrt(units)
    xy = rng.uniform(0, side, (units, 2))
    households = np.clip(np.rint(rng.lognormal(3.92, 0.62, units)), 20, 450).astype(np.int64)
    community, arterials = _communities(xy, households, side)
    voronoi = Voronoi(xy)
    pairs = voronoi.ridge_points
    corners = np.array([ridge if -1 not in ridge else [0, 0] for ridge in voronoi.ridge_vertices])
    border = np.hypot(*(voronoi.vertices[corners[:, 0]] - voronoi.vertices[corners[:, 1]]).T)
    kept = (border > 3.0) & (border < 500.0)
    pairs, border = pairs[kept], border[kept]
    x = np.linspace(-100.0, side + 100.0, 400)
    river = shapely.LineString(np.column_stack([x, _river(x, side)]))
    barriers = shapely.union_all([river, *arterials, *_walls(xy, community, rng)])
    shapely.prepare(barriers)
    crossed = shapely.intersects(barriers, shapely.linestrings(xy[pairs]))
    group = np.full(units, -1)
    beside = np.flatnonzero(~crossed | (rng.random(len(pairs)) < 0.002))
    for a, b in pairs[rng.permutation(beside)[: units // 8]].tolist():
        if community[a] == community[b] and group[a] < 0 and group[b] < 0:
            group[a] = group[b] = a
        elif community[a] == community[b] and group[b] < 0 and (group == group[a]).sum() < 3:
            group[b] = group[a]
    return PartitionTask(
        units=[
            Unit(
                id=f"u{place:06}",
                households=int(households[place]),
                x=round(float(xy[place, 0]), 1),
                y=round(float(xy[place, 1]), 1),
                group=f"c{group[place]}" if group[place] >= 0 else None,
                community=f"{community[place]:04}",
            )
            for place in range(units)
        ],
        edges=[
            Edge(f"u{a:06}", f"u{b:06}", border_m=round(float(length), 1), barrier=bool(barrier))
            for (a, b), length, barrier in zip(pairs.tolist(), border, crossed, strict=True)
        ],
        band=_BAND,
    )
