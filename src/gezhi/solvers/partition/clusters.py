"""Improve the plan of a large part in clusters of neighbouring grids, one after another.

A cluster of some 24 grids is annealed as a part of its own. It fits into the fast memory of the processor, so that a move
costs a fifth of one in the whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numba import njit

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.graph import make_graph
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.search import Aims, anneal_plan
from gezhi.solvers.partition.task import NONE, Ints

_CLUSTER = 24


def _cut_out(part: Part, nodes: Ints, ends: Ints, edges: Ints) -> Part:
    """The part that ``nodes`` (connected) are of ``part``, without its units; ``edges`` are those between them, and
    ``ends`` their ends as positions in ``nodes``."""
    today = part.today[nodes]
    grids = np.unique(today[today != NONE])
    place = np.where(today == NONE, NONE, np.searchsorted(grids, today))
    return replace(
        part,
        graph=make_graph(len(nodes), ends, part.graph.length[edges], part.graph.open[edges]),
        households=part.households[nodes],
        work=part.work[nodes],
        today=place,
        today_grids=part.today_grids[grids],
    )


@njit(cache=True)
def _grow(order: Any, starts: Any, far: Any, most: int) -> Any:
    """Gather nodes around one after another of ``order``, breadth first, ``most`` at a time: (cluster of each, clusters)."""
    cluster = np.full(len(order), -1, np.int64)
    queue = np.empty(len(order), np.int64)
    count = 0
    for first in order:
        if cluster[first] >= 0:
            continue
        cluster[first] = count
        queue[0] = first
        head, tail = 0, 1
        while head < tail < most:
            at = queue[head]
            head += 1
            for i in range(starts[at], starts[at + 1]):
                if cluster[far[i]] < 0 and tail < most:
                    cluster[far[i]] = count
                    queue[tail] = far[i]
                    tail += 1
        count += 1
    return cluster, count


def _clusters(part: Part, label: Ints, grids: int, *, seed: int) -> tuple[Ints, int]:
    """The cluster of each node: connected, and whole grids."""
    one, other = label[part.graph.ends[part.graph.open]].T
    apart = one != other
    key = np.minimum(one, other)[apart] * np.int64(grids) + np.maximum(one, other)[apart]
    key, length = np.unique(key, return_counts=True)
    pairs = np.column_stack([key // grids, key % grids])
    quotient = make_graph(grids, pairs, length.astype(np.float64), np.ones(len(pairs), dtype=bool))
    order = np.random.default_rng(seed).permutation(grids)
    cluster, count = _grow(order, quotient.starts, quotient.far, _CLUSTER)
    return cluster[label], count


def anneal_clusters(
    part: Part, label: Ints, grids: int, aims: Aims, *,
    seed: int, proposals: int, hot: float, cold: float, stay: float, stop: ShouldStop,
) -> Ints:  # fmt: skip
    """Anneal each cluster with its part of the ``proposals`` (see ``anneal_plan``); ``stop`` leaves those not begun."""
    cluster, count = _clusters(part, label, grids, seed=seed)
    order = np.argsort(cluster, kind="stable")
    bounds = np.searchsorted(cluster[order], np.arange(count + 1))
    local = np.empty(part.graph.size, np.int64)
    local[order] = np.arange(part.graph.size) - bounds[cluster[order]]
    a, b = part.graph.ends.T
    inner = np.flatnonzero(cluster[a] == cluster[b])
    inner = inner[np.argsort(cluster[a[inner]], kind="stable")]
    edge_bounds = np.searchsorted(cluster[a[inner]], np.arange(count + 1))
    label = label.copy()
    for number in range(count):
        if stop():
            break
        nodes = order[bounds[number] : bounds[number + 1]]
        edges = inner[edge_bounds[number] : edge_bounds[number + 1]]
        small = _cut_out(part, nodes, local[part.graph.ends[edges]], edges)
        names, now = np.unique(label[nodes], return_inverse=True)
        if len(names) > 1:
            small = small.beside(part.grids_elsewhere + grids - len(names))
            found = anneal_plan(
                small, now, len(names), aims,
                seed=seed + number, proposals=proposals * len(nodes) // part.graph.size, hot=hot, cold=cold, stay=stay, stop=stop,
            )  # fmt: skip
            label[nodes] = names[found]
    return label
