"""Metres between demand and sites: in a plane, on the globe, along roads, or as given.

Pairs are held sparse, demand by demand, the nearest site first. Places: all pairs, or those that a k-d tree finds within the
limit (on the globe by chords in space, then exactly). Roads: Dijkstra from each site, cut off at the limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from gezhi.kernel.errors import InvalidInput

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Indices = NDArray[np.int32]

# Pairs of demand and site that are kept: 12 bytes each, several times over during the search.
MOST_PAIRS = 30_000_000
# Distances that are computed at once.
_CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Reach:
    """Pairs within reach. Those of demand i stand at ``start[i]:start[i + 1]``, by metres and then by site."""

    start: Ints
    site: Indices
    metres: Floats

    @property
    def demand(self) -> Ints:
        """The demand of each pair."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


class Ways(Protocol):
    """A way to measure distance between n demands and m sites."""

    def ordered(self, demand: Ints, sites: Ints) -> Ways:
        """The same with demand and sites put into these orders."""

    def reach(self, limit_m: float | None) -> Reach:
        """All pairs at most ``limit_m`` apart (None: all that have a way). Raises ``InvalidInput``: too many pairs."""

    def nearest(self, sites: Ints) -> Floats:
        """Metres (n) from each demand to the nearest of ``sites``, infinite where there is no way."""


def _check(pairs: int, demand: int, sites: int) -> None:
    if pairs > MOST_PAIRS:
        raise InvalidInput(
            "siting.too_large",
            f"{demand} demands and {sites} sites make {pairs} pairs within reach, more than {MOST_PAIRS}, too large for "
            f"one task: give limit_m (pairs farther apart are left out), add demand up by block or compound, or solve "
            f"district by district",
            field="demand",
        )


def _sorted(demand: Ints, site: Ints, metres: Floats, count: int) -> Reach:
    order = np.lexsort((site, metres, demand))
    start = np.concatenate([[0], np.cumsum(np.bincount(demand, minlength=count))]).astype(np.int64)
    return Reach(start, site[order].astype(np.int32), metres[order])


@njit(cache=True)
def _plane(a: Floats, b: Floats) -> Floats:
    metres = np.empty((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            dx, dy = a[i, 0] - b[j, 0], a[i, 1] - b[j, 1]
            metres[i, j] = np.sqrt(dx * dx + dy * dy)
    return metres


@njit(cache=True)
def _globe(a: Floats, b: Floats, radius: float) -> Floats:
    """The haversine formula; degrees in."""
    metres = np.empty((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            up = np.sin(np.radians(b[j, 1] - a[i, 1]) / 2)
            along = np.sin(np.radians(b[j, 0] - a[i, 0]) / 2)
            h = up * up + np.cos(np.radians(a[i, 1])) * np.cos(np.radians(b[j, 1])) * along * along
            metres[i, j] = 2 * radius * np.arcsin(min(1.0, np.sqrt(h)))
    return metres


@dataclass(frozen=True, slots=True)
class Places:
    """Coordinates: metres in a plane, or degrees (longitude, latitude) on a globe of ``radius_m``."""

    demand: Floats
    sites: Floats
    radius_m: float | None = None

    def ordered(self, demand: Ints, sites: Ints) -> Places:
        """See :class:`Ways`."""
        return Places(self.demand[demand], self.sites[sites], self.radius_m)

    def _metres(self, demand: Floats, sites: Floats) -> Floats:
        if self.radius_m is None:
            return np.asarray(_plane(demand, sites))
        return np.asarray(_globe(demand, sites, self.radius_m))

    def _chunks(self, width: int) -> Iterator[tuple[int, Floats]]:
        rows = max(1, _CHUNK // max(1, width))
        for first in range(0, len(self.demand), rows):
            yield first, self.demand[first : first + rows]

    def reach(self, limit_m: float | None) -> Reach:
        """See :class:`Ways`."""
        n, m = len(self.demand), len(self.sites)
        if limit_m is not None:
            return self._within(limit_m)
        _check(n * m, n, m)
        site, metres = np.empty((n, m), np.int32), np.empty((n, m))
        for first, part in self._chunks(m):
            table = self._metres(part, self.sites)
            order = np.argsort(table, axis=1, kind="stable")
            rows = slice(first, first + len(part))
            site[rows] = order
            metres[rows] = np.take_along_axis(table, order, axis=1)
        return Reach(np.arange(0, n * m + 1, m), site.ravel(), metres.ravel())

    def _within(self, limit_m: float) -> Reach:
        """Found by a k-d tree with a little to spare, then measured."""
        demand, sites, spare = self.demand, self.sites, limit_m * (1 + 1e-9) + 1e-6
        if self.radius_m is not None:
            demand, sites = _on_sphere(demand), _on_sphere(sites)
            angle = min(limit_m / self.radius_m, np.pi)
            spare = 2 * np.sin(angle / 2) * (1 + 1e-9) + 1e-9
        tree = KDTree(sites)
        counts = tree.query_ball_point(demand, spare, return_length=True)
        total = int(counts.sum())
        _check(total, len(demand), len(sites))
        found = tree.query_ball_point(demand, spare)
        site = np.fromiter((j for near in found for j in near), np.int64, total)
        row = np.repeat(np.arange(len(demand)), counts)
        metres = _pairwise(self.demand[row], self.sites[site], -1.0 if self.radius_m is None else self.radius_m)
        kept = metres <= limit_m
        return _sorted(row[kept], site[kept], metres[kept], len(demand))

    def nearest(self, sites: Ints) -> Floats:
        """See :class:`Ways`."""
        if not len(sites):
            return np.full(len(self.demand), np.inf)
        parts = [self._metres(part, self.sites[sites]).min(axis=1) for _, part in self._chunks(len(sites))]
        return np.concatenate(parts)


def _on_sphere(degrees: Floats) -> Floats:
    """Points of the unit sphere."""
    lon, lat = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


@njit(cache=True)
def _pairwise(a: Floats, b: Floats, radius: float) -> Floats:
    metres = np.empty(len(a))
    for k in range(len(a)):
        one, other = a[k : k + 1], b[k : k + 1]
        metres[k] = _plane(one, other)[0, 0] if radius < 0 else _globe(one, other, radius)[0, 0]
    return metres


@dataclass(frozen=True, slots=True)
class Roads:
    """An undirected graph, and the nodes of demand and sites."""

    graph: csr_array
    demand: Ints
    sites: Ints

    @classmethod
    def of(cls, ends: Ints, metres: Floats, nodes: int, demand: Ints, sites: Ints) -> Roads:
        """From edges (k × 2); of a pair given twice the later counts."""
        low, high = ends.min(axis=1, initial=nodes), ends.max(axis=1, initial=0)
        kept = _last_of_each(low * nodes + high)
        kept = kept[low[kept] != high[kept]]
        a, b, length = low[kept], high[kept], metres[kept]
        both = (np.concatenate([length, length]), (np.concatenate([a, b]), np.concatenate([b, a])))
        return cls(csr_array(both, shape=(nodes, nodes)), demand, sites)

    def ordered(self, demand: Ints, sites: Ints) -> Roads:
        """See :class:`Ways`."""
        return Roads(self.graph, self.demand[demand], self.sites[sites])

    def reach(self, limit_m: float | None) -> Reach:
        """See :class:`Ways`."""
        limit = np.inf if limit_m is None else limit_m
        nodes, at = np.unique(self.sites, return_inverse=True)
        columns: list[list[Ints]] = [[], []]
        lengths: list[Floats] = []
        total, step = 0, max(1, _CHUNK // self.graph.shape[0])
        for first in range(0, len(nodes), step):
            table = dijkstra(self.graph, indices=nodes[first : first + step], limit=limit)[:, self.demand]
            for site in np.flatnonzero((at >= first) & (at < first + step)):
                line = table[at[site] - first]
                near = np.flatnonzero(line <= limit) if limit_m is not None else np.flatnonzero(np.isfinite(line))
                columns[0].append(near)
                columns[1].append(np.full(len(near), site))
                lengths.append(line[near])
                total += len(near)
            _check(total, len(self.demand), len(self.sites))
        return _sorted(
            np.concatenate(columns[0]), np.concatenate(columns[1]), np.concatenate(lengths), len(self.demand)
        )

    def nearest(self, sites: Ints) -> Floats:
        """See :class:`Ways`."""
        if not len(sites):
            return np.full(len(self.demand), np.inf)
        metres = dijkstra(self.graph, indices=np.unique(self.sites[sites]), min_only=True)
        return np.asarray(metres, dtype=np.float64)[self.demand]


@dataclass(frozen=True, slots=True)
class Table:
    """Distances as given, pair by pair, between n demands and m sites; what is not there has no way."""

    demand: Ints
    site: Ints
    metres: Floats
    n: int
    m: int

    @classmethod
    def of(cls, demand: Ints, site: Ints, metres: Floats, n: int, m: int) -> Table:
        """From pairs; of a pair given twice the later counts."""
        kept = _last_of_each(demand * m + site)
        _check(len(kept), n, m)
        return cls(demand[kept], site[kept], metres[kept], n, m)

    def ordered(self, demand: Ints, sites: Ints) -> Table:
        """See :class:`Ways`."""
        return Table(np.argsort(demand)[self.demand], np.argsort(sites)[self.site], self.metres, self.n, self.m)

    def reach(self, limit_m: float | None) -> Reach:
        """See :class:`Ways`."""
        kept = self.metres <= (np.inf if limit_m is None else limit_m)
        return _sorted(self.demand[kept], self.site[kept], self.metres[kept], self.n)

    def nearest(self, sites: Ints) -> Floats:
        """See :class:`Ways`."""
        open_pair = np.isin(self.site, sites)
        least = np.full(self.n, np.inf)
        np.minimum.at(least, self.demand[open_pair], self.metres[open_pair])
        return least


def _last_of_each(key: Ints) -> Ints:
    """The position of the last of equal keys: the first one of the reversed list."""
    _, last = np.unique(key[::-1], return_index=True)
    return np.asarray(len(key) - 1 - last)
