"""Where the search begins: plans by METIS, and the mending that makes any labelling connected and without empty grids."""

from __future__ import annotations

import numpy as np
import pymetis
from scipy.sparse import coo_array

from gezhi.solvers.partition.graph import Graph, pieces, totals
from gezhi.solvers.partition.task import Floats, Ints

# METIS counts in 32-bit integers.
_METIS_TOTAL = 2**30


def metis_plan(graph: Graph, households: Floats, grids: int, *, seed: int, slack: float) -> Ints:
    """A plan of ``grids`` grids by multilevel partitioning; may leave grids empty, disconnected or out of band.

    ``slack`` is the tolerated share by which a grid may exceed the mean.
    """
    if grids == 1:
        return np.zeros(graph.size, np.int64)
    keep = graph.passable
    rows, columns = graph.source[keep], graph.far[keep]
    matrix = coo_array((graph.length[graph.edge[keep]], (rows, columns)), shape=(graph.size, graph.size)).tocsr()
    scale = max(1.0, float(households.sum()) / _METIS_TOTAL)
    weights = np.floor(households / scale).astype(np.int64)
    longest = float(matrix.data.max()) if matrix.nnz else 1.0
    lengths = np.maximum(1, np.rint(matrix.data * (1000.0 / max(longest, 1e-9)))).astype(np.int64)
    options = pymetis.Options(seed=seed, ufactor=int(np.clip(slack * 1000.0, 1, 300)), contig=0, niter=20)
    adjacency = pymetis.CSRAdjacency(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64))
    _, label = pymetis.part_graph(
        grids,
        adjacency=adjacency,
        vweights=weights.tolist() if weights.sum() else None,
        eweights=lengths.tolist(),
        recursive=grids <= 4,
        options=options,
    )
    return np.asarray(label, dtype=np.int64)


def mend(graph: Graph, households: Floats, label: Ints, grids: int) -> Ints:
    """Make every grid 0 … ``grids`` − 1 connected and not empty; the graph is connected and has as many nodes.

    A node labelled −1 has no grid yet. Of a grid in several pieces the most populous stays, the others go to the neighbour
    with the fewest households; empty grids take a half of the most populous that can be cut.
    """
    label = label.copy()
    count, piece = pieces(graph.size, graph.ends, graph.open, label)
    weight = totals(piece, households, count) + 1e-9 * np.bincount(piece, minlength=count)
    owner = np.empty(count, np.int64)
    owner[piece] = label
    best = np.full(grids, -1, np.int64)
    for number in np.argsort(weight, kind="stable").tolist():
        if owner[number] >= 0:
            best[owner[number]] = number
    main = np.zeros(count, dtype=bool)
    main[best[best >= 0]] = True
    label[~main[piece]] = -1
    load = totals(label[label >= 0], households[label >= 0], grids)
    _attach(graph, households, label, load)
    for empty in np.flatnonzero(np.bincount(label, minlength=grids) == 0).tolist():
        _halve(graph, households, label, load, empty)
    return label


def _attach(graph: Graph, households: Floats, label: Ints, load: Floats) -> None:
    """Give each node without a grid to the neighbouring grid with the fewest households, from the borders inwards."""
    waiting = np.flatnonzero(label < 0).tolist()
    while waiting:
        later = []
        for node in waiting:
            row = slice(graph.starts[node], graph.starts[node + 1])
            near = label[graph.far[row][graph.passable[row]]]
            near = near[near >= 0]
            if not len(near):
                later.append(node)
                continue
            chosen = near[np.argmin(load[near])]
            label[node] = chosen
            load[chosen] += households[node]
        if len(later) == len(waiting):
            # No grid has a node at all: the first node founds one.
            label[waiting[0]] = 0
            later = waiting[1:]
        waiting = later


def _halve(graph: Graph, households: Floats, label: Ints, load: Floats, empty: int) -> None:
    """Cut the most populous grid of at least two nodes along a tree, as near to its half as the tree allows."""
    sizes = np.bincount(label, minlength=len(load))
    heaviest = int(np.argmax(np.where(sizes > 1, load, -1.0)))
    members = np.flatnonzero(label == heaviest)
    order, parent = [int(members[0])], {int(members[0]): -1}
    for node in order:
        row = slice(graph.starts[node], graph.starts[node + 1])
        for other in graph.far[row][graph.passable[row]].tolist():
            if label[other] == heaviest and other not in parent:
                parent[other] = node
                order.append(other)
    below = {node: float(households[node]) for node in order}
    for node in reversed(order[1:]):
        below[parent[node]] += below[node]
    top = min(order[1:], key=lambda node: abs(2.0 * below[node] - load[heaviest]))
    inside = {top}
    for node in order:
        if parent[node] in inside:
            inside.add(node)
    label[list(inside)] = empty
    load[empty] = below[top]
    load[heaviest] -= below[top]
