"""Roads of the country: from village to village, and wider ones from town to town that take the same ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay

from gezhi.demo.ground.figures import Floats, Ints, Shapes, shapes_of, touched, winding, xy
from gezhi.demo.ground.network import Network, nodes_of
from gezhi.demo.ground.town import Town

# Roads leave a town so far from each other at least, and no village lies nearer to a river.
_GATE_EVERY_M, _BANK_M = 650.0, 110.0
# To cross a wide river costs as much as so many metres of way.
_BRIDGE_M = 9_000.0
# No village is nearer to the edge of its grid than this share of its side.
_INSIDE = 0.16


Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Country:
    """``lines`` in metres, from the place ``starts`` to ``ends``: villages by their number, towns' edges by −1."""

    lines: Shapes
    kinds: list[str]
    starts: list[int]
    ends: list[int]
    towns: list[tuple[int, int]]


def village_middles(grids: Shapes, dry: Shapes, rng: Generator) -> Floats:
    """Where the village of each rural grid lies: near its middle, not by a river, nor in a town's part."""
    side = np.sqrt(shapely.area(grids))
    inner = shapely.buffer(grids, -_INSIDE * side)
    inner = np.where(shapely.is_empty(inner), grids, inner)
    clear = inner.copy()
    tree = shapely.STRtree(inner)
    for grid, water in zip(*tree.query(dry, predicate="dwithin", distance=_BANK_M)[::-1].tolist(), strict=True):
        left = shapely.difference(clear[grid], dry[water].buffer(_BANK_M, quad_segs=4))
        clear[grid] = left if not left.is_empty else clear[grid]
    wanted = xy(shapely.centroid(grids)) + rng.normal(0.0, 0.11, (len(grids), 2)) * side[:, None]
    return xy(shapely.get_point(shapely.shortest_line(clear, shapely.points(wanted)), 0))


def plan_country(
    network: Network,
    town: Town,
    *,
    villages: Floats,
    streets_centres: dict[str, Floats],
    wide: Shapes,
    city: shapely.Geometry,
    rng: Generator,
) -> Country:
    """The roads between villages and towns. ``streets_centres``: the middle of each street; ``wide``: water that only a bridge
    crosses."""
    gates, part_of = _gates(network, town, wide)
    points = np.vstack([gates, villages])
    offset = len(gates)
    triangles = Delaunay(points).simplices
    sides = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]), axis=1)
    edges, where = np.unique(sides, axis=0, return_inverse=True)
    length = np.hypot(*(points[edges[:, 0]] - points[edges[:, 1]]).T)
    straight = shapely.linestrings(points[edges])
    inner = shapely.buffer(town.parts, -6.0)
    # Within a town its own streets lead on.
    place = np.r_[part_of, -1 - np.arange(len(villages))]
    allowed = ~touched(straight, inner) & (place[edges[:, 0]] != place[edges[:, 1]])
    shapely.prepare(city)
    allowed &= shapely.covers(city, straight)
    wet = touched(straight, wide)
    dry = allowed & ~wet
    local = dry & _urquhart(where.reshape(3, -1).T, np.where(dry, length, np.inf), len(edges))
    pairs, used = _from_town_to_town(
        points, edges, length=length, allowed=allowed, wet=wet, part_of=part_of, centres=streets_centres
    )
    wanted = local.copy()
    wanted[list(used)] = True
    wanted |= _missing(
        edges, length=length, allowed=allowed, wet=wet, wanted=wanted, part_of=part_of, points=len(points)
    )
    chosen = np.flatnonzero(wanted)
    lines = winding(points[edges[chosen, 0]], points[edges[chosen, 1]], rng)
    # A winding road that would run through a town or into a river keeps straight.
    bad = touched(lines, inner) | ~shapely.covers(city, lines) | (touched(lines, wide) & ~wet[chosen])
    lines[bad] = straight[chosen][bad]
    numbers = np.where(edges[chosen] >= offset, edges[chosen] - offset, -1).tolist()
    return Country(
        lines=lines,
        kinds=["arterial" if edge in used else "local" for edge in chosen.tolist()],
        starts=[a for a, _ in numbers],
        ends=[b for _, b in numbers],
        towns=[pairs[used[edge]] if edge in used else (-1, -1) for edge in chosen.tolist()],
    )


def _gates(network: Network, town: Town, wide: Shapes) -> tuple[Floats, Ints]:
    """Where roads leave the towns: crossings on their edges, apart from each other; and the town of each."""
    nodes, at = nodes_of(network.edges)
    if not len(at):
        return np.empty((0, 2)), np.empty(0, np.int64)
    degree = np.bincount(nodes.ravel(), minlength=len(at))
    spots = shapely.points(at)
    rims = shapely.boundary(town.parts)
    part, on = shapely.STRtree(spots).query(rims, predicate="dwithin", distance=0.5)
    liked = (degree[on] >= 3) & ~touched(spots[on], wide, within=60.0)
    # A town without a good place for one has a gate where it can.
    liked |= ~np.isin(part, part[liked])
    on, part = on[liked], part[liked]
    cell = np.floor(at[on] / _GATE_EVERY_M).astype(np.int64)
    _, first = np.unique(np.column_stack([part, cell]), axis=0, return_index=True)
    kept = np.sort(first)
    return at[on[kept]], part[kept]


def _urquhart(triangles: Ints, length: Floats, edges: int) -> Mask:
    """The edges that are the longest of no triangle (Urquhart, 1980): what roads between neighbours look like."""
    longest = triangles[np.arange(len(triangles)), np.argmax(length[triangles], axis=1)]
    kept = np.ones(edges, dtype=bool)
    kept[longest] = False
    return kept


def _from_town_to_town(
    points: Floats,
    edges: Ints,
    *,
    length: Floats,
    allowed: Mask,
    wet: Mask,
    part_of: Ints,
    centres: dict[str, Floats],
) -> tuple[list[tuple[int, int]], dict[int, int]]:
    """The pairs of streets that wide roads join, and which edges these take: edge → the pair."""
    names = sorted(centres)
    middles = np.array([centres[name] for name in names])
    usable = np.flatnonzero(allowed)
    # Through a town costs as much as straight on: to its first gate and on from there.
    firsts = {int(part): int(np.flatnonzero(part_of == part)[0]) for part in np.unique(part_of)}
    through = np.array([(firsts[int(part)], gate) for gate, part in enumerate(part_of) if firsts[int(part)] != gate])
    through = through.reshape(-1, 2)
    joined = np.vstack([edges[usable], through])
    cost = np.where(wet, length + _BRIDGE_M, length)[usable]
    beyond = np.hypot(*(points[through[:, 0]] - points[through[:, 1]]).T) if len(through) else np.empty(0)
    graph = csr_matrix((np.r_[cost, beyond + 1.0], (joined[:, 0], joined[:, 1])), shape=(len(points),) * 2)
    nearest = [int(np.argmin(np.hypot(*(points - middle).T))) for middle in middles]
    before = dijkstra(graph, directed=False, indices=nearest, return_predecessors=True)[1]
    number = {(int(a), int(b)): edge for edge, (a, b) in enumerate(edges.tolist()) if allowed[edge]}
    pairs = _neighbours(middles)
    used: dict[int, int] = {}
    for pair, (a, b) in enumerate(pairs):
        at = nearest[b]
        while at != nearest[a]:
            last = int(before[a, at])
            if last < 0:
                break
            edge = number.get((min(at, last), max(at, last)))
            if edge is not None:
                used.setdefault(edge, pair)
            at = last
    return pairs, used


def _missing(
    edges: Ints, *, length: Floats, allowed: Mask, wet: Mask, wanted: Mask, part_of: Ints, points: int
) -> Mask:
    """The shortest edges without which some village or town would lie apart from the others."""
    usable = np.flatnonzero(allowed)
    # What is there costs next to nothing; one town is one place.
    cost = np.where(wanted, 0.01, np.where(wet, length + _BRIDGE_M, length))[usable]
    place = np.r_[part_of, len(part_of) + np.arange(points - len(part_of))]
    ends = place[edges[usable]]
    order = np.lexsort((cost, ends[:, 1], ends[:, 0]))
    ends, cost, usable = ends[order], cost[order], usable[order]
    first = np.r_[True, (ends[1:] != ends[:-1]).any(axis=1)] if len(ends) else np.zeros(0, dtype=bool)
    ends, cost, usable = ends[first], cost[first], usable[first]
    tree = minimum_spanning_tree(csr_matrix((cost, (ends[:, 0], ends[:, 1])), shape=(points, points))).tocoo()
    chosen = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    out = np.zeros(len(edges), dtype=bool)
    out[[edge for edge, (a, b) in zip(usable.tolist(), ends.tolist(), strict=True) if (a, b) in chosen]] = True
    return out


def _neighbours(middles: Floats) -> list[tuple[int, int]]:
    if len(middles) < 4:
        return [(a, b) for a in range(len(middles)) for b in range(a)]
    triangles = Delaunay(middles).simplices
    sides = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]), axis=1)
    edges, where = np.unique(sides, axis=0, return_inverse=True)
    length = np.hypot(*(middles[edges[:, 0]] - middles[edges[:, 1]]).T)
    kept = _urquhart(where.reshape(3, -1).T, length, len(edges))
    return [(int(a), int(b)) for a, b in edges[kept]]


def bridges(han: shapely.Geometry, network: Network, *, apart_m: float = 1_700.0, reach_m: float = 620.0) -> Shapes:
    """Straight ways over the Han where a town's streets lie on both of its banks."""
    along = np.arange(0.0, han.length, 100.0)
    at, ahead = (xy(shapely.line_interpolate_point(han, along + more)) for more in (0.0, 60.0))
    ahead[-1] = 2 * at[-1] - at[-2]
    across = np.column_stack([at[:, 1] - ahead[:, 1], ahead[:, 0] - at[:, 0]])
    across *= reach_m / np.maximum(np.hypot(*across.T), 1e-9)[:, None]
    tree = shapely.STRtree(network.edges)
    banks = []
    for side in (1.0, -1.0):
        rays = shapely.linestrings(np.stack([at, at + side * across], axis=1))
        ray, edge = tree.query(rays, predicate="intersects")
        met = shapely.intersection(rays[ray], network.edges[edge])
        point = shapely.get_point(shapely.shortest_line(shapely.points(at[ray]), met), 1)
        far = shapely.distance(point, shapely.points(at[ray]))
        order = np.lexsort((edge, far, ray))
        first = order[np.r_[True, ray[order][1:] != ray[order][:-1]]] if len(order) else order
        banks.append({int(ray[i]): xy(point[i])[0] for i in first})
    built: list[shapely.Geometry] = []
    last = -apart_m
    for place in sorted(banks[0].keys() & banks[1].keys()):
        if along[place] - last >= apart_m:
            last = float(along[place])
            built.append(shapely.LineString([banks[0][place], banks[1][place]]))
    return shapes_of(built)
