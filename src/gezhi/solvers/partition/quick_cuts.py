"""A plan of a very large part in seconds: random trees cut in two again and again, then only the bad grids mended.

``cut_by_trees`` halves every piece (a spanning tree is drawn, and the edge is cut that leaves both sides households for
a whole number of grids at a short border) until each is one grid: O(n log grids) for pieces of bounded size.
``mend_bands`` then proposes merge-splits and chains (``moves``) at grids out of band alone. Both keep grids connected and
not empty. The tuples ``graph``, ``nodes``, ``rules``, ``sums`` and ``cuts`` are those of ``moves``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gezhi.solvers.partition.moves import (
    draw_tree,
    flip,
    hang_edge,
    merge_split,
    outside,
    room_for,
    sum_subtrees,
    take_stock,
)

# Trees drawn for each cut.
_TREES = 2
# Of the room between the mean and the ends of the band, what each half of several grids may use: the last cuts need some.
_SHARE = 0.5


@njit(cache=True)
def _best_edge(count: int, grids: int, mean: float, rules: Any, graph: Any, nodes: Any, tree: Any, below: Any) -> Any:
    """The best edge of the tree in ``tree``: (price, position below it, grids below it). Fills ``below``: households,
    nodes and cut weight of each subtree."""
    starts, far, _, _, weight, _, _ = graph
    low, high = rules[0], rules[1]
    order, parent, position, _ = tree
    for p in range(count):
        below[0, p] = nodes[0][order[p]]
        below[1, p] = 1.0
        below[2, p] = 0.0
    for p in range(count):
        for i in range(starts[order[p]], starts[order[p] + 1]):
            q = position[far[i]]
            if q <= p:
                continue
            hang_edge(p, q, weight[i], parent, below[2])
    sum_subtrees(count, parent, below)
    best, best_price, best_share = -1, np.inf, 0
    for p in range(1, count):
        inner, total = below[0, p], below[0, 0]
        least = max(1, grids - int(below[1, 0] - below[1, p]))
        most = min(int(below[1, p]), grids - 1)
        share = min(max(int(np.rint(inner / max(mean, 1e-9))), least), most)
        price = below[2, p]
        for part, amount in ((share, inner), (grids - share, total - inner)):
            if part == 1:
                price += 4_000.0 / max(mean, 1e-9) * outside(amount, low, high)
            else:
                near = (mean - _SHARE * (mean - low)) * part
                price += 1_000.0 / max(mean, 1e-9) * outside(amount, near, (mean + _SHARE * (high - mean)) * part)
        if price < best_price:
            best, best_price, best_share = p, price, share
    return best_price, best, best_share


@njit(cache=True)
def cut_by_trees(seed: int, first: Any, shares: Any, label: Any, graph: Any, nodes: Any, rules: Any) -> None:
    """Cut every piece p of ``label`` (int32[n], each connected) into ``shares[p]`` grids, not more than it has nodes.

    ``first[p]`` is a node of p. Labels stay for the first grid of each piece; the others get the next free numbers.
    """
    np.random.seed(seed)
    n = len(label)
    tree = (
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.full(n, -1, np.int64),
        np.empty(2 * len(graph[6]) + 1, np.int64),
    )
    order, parent, position, _ = tree
    below = np.empty((3, n))
    best_order, best_parent = np.empty(n, np.int64), np.empty(n, np.int64)
    inside = np.zeros(n, np.bool_)
    free = len(shares)
    roots, wanted = np.empty(2 * shares.sum() + 1, np.int64), np.empty(2 * shares.sum() + 1, np.int64)
    for piece in range(len(shares)):
        roots[0], wanted[0] = first[piece], shares[piece]
        size = 1
        while size:
            size -= 1
            root, grids = roots[size], wanted[size]
            if grids == 1:
                continue
            own = label[root]
            best_price, best, best_share, best_count = np.inf, -1, 0, 0
            for _ in range(_TREES):
                count = draw_tree(root, own, own, label, graph, tree)
                price, p, share = _best_edge(
                    count, grids, _load(count, order, nodes) / grids, rules, graph, nodes, tree, below
                )
                if price < best_price:
                    best_price, best, best_share, best_count = price, p, share, count
                    best_order[:count], best_parent[:count] = order[:count], parent[:count]
                for q in range(count):
                    position[order[q]] = -1
            for q in range(best_count):
                inside[q] = q == best or (q > best and inside[best_parent[q]])
                if inside[q]:
                    label[best_order[q]] = free
            free += 1
            roots[size], wanted[size] = root, grids - best_share
            roots[size + 1], wanted[size + 1] = best_order[best], best_share
            size += 2


@njit(cache=True)
def _load(count: int, order: Any, nodes: Any) -> float:
    total = 0.0
    for p in range(count):
        total += nodes[0][order[p]]
    return total


@njit(cache=True)
def _list_members(label: Any, grids: int, members: Any, bounds: Any) -> None:
    """Fill ``members`` int64[n] with the nodes of one grid after another; ``bounds`` int64[grids + 1]."""
    bounds[:] = 0
    for v in range(len(label)):
        bounds[label[v] + 1] += 1
    for g in range(grids):
        bounds[g + 1] += bounds[g]
    filled = bounds.copy()
    for v in range(len(label)):
        members[filled[label[v]]] = v
        filled[label[v]] += 1


@njit(cache=True)
def mend_bands(
    seed: int, rounds: int, tries: int, most_work: int, heat: float, steep: float, label: Any, grids: int, graph: Any,
    nodes: Any, rules: Any,
) -> int:  # fmt: skip
    """Propose ``tries`` moves at each grid out of band, ``rounds`` times, until ``most_work`` nodes are visited; ``label``
    int32[n] is changed in place. Returns how many grids are out of band then."""
    np.random.seed(seed)
    starts, far, _, _, _, passable, _ = graph
    sums, cuts, room = room_for(len(label), len(graph[6]), grids)
    marks = room[2]
    load, _, size = sums
    take_stock(label, graph, nodes, rules, sums, cuts)
    members, bounds = np.empty(len(label), np.int64), np.empty(grids + 1, np.int64)
    for turn in range(rounds + 1):
        bad = [g for g in range(grids) if outside(load[g], rules[0], rules[1]) > 0]
        if turn == rounds or not bad or marks[1] > most_work:
            break
        _list_members(label, grids, members, bounds)
        for g in bad:
            for _ in range(tries):
                if outside(load[g], rules[0], rules[1]) == 0 or marks[1] > most_work:
                    break
                marks[1] += 1
                node = members[np.random.randint(bounds[g], bounds[g + 1])]
                if starts[node] == starts[node + 1] or label[node] != g:
                    continue
                i = np.random.randint(starts[node], starts[node + 1])
                other = far[i]
                if not passable[i] or label[other] == g:
                    continue
                if np.random.random() < 0.5:
                    merge_split(node, label[other], heat, steep, label, graph, nodes, rules, sums, cuts, room)
                    continue
                if np.random.random() < 0.5:
                    node, other = other, node
                if size[label[node]] > 1:
                    flip(node, label[other], True, heat, steep, label, graph, nodes, rules, sums, cuts, room)
    return len(bad)
