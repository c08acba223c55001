"""Improve the plan of a large part in clusters of neighbouring grids, one after another.

A cluster of some 24 grids is annealed as a part of its own. It fits into the fast memory of the processor, so that a move
costs a fifth of one in the whole.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.graph import make_graph, totals
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.search import Aims, anneal_plan
from gezhi.solvers.partition.start import mend, metis_plan
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


def _clusters(part: Part, label: Ints, grids: int, *, seed: int) -> tuple[Ints, int]:
    """The cluster of each node: connected, and whole grids."""
    between = np.sort(label[part.graph.ends[part.graph.open]], axis=1)
    pairs, length = np.unique(between[between[:, 0] != between[:, 1]], axis=0, return_counts=True)
    quotient = make_graph(grids, pairs, length.astype(np.float64), np.ones(len(pairs), dtype=bool))
    load = totals(label, part.households, grids)
    count = max(1, -(-grids // _CLUSTER))
    cluster = metis_plan(quotient, load, count, seed=seed, slack=0.1)
    return mend(quotient, load, cluster, count)[label], count


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
            found = anneal_plan(
                small, now, len(names), aims,
                seed=seed + number, proposals=proposals * len(nodes) // part.graph.size, hot=hot, cold=cold, stay=stay, stop=stop,
            )  # fmt: skip
            label[nodes] = names[found]
    return label
