"""The moves of the partition search, compiled by numba (about ten seconds once, cached).

A *flip* gives one node at a border to the neighbouring grid. A *chain* is two flips in a row of which the first may be
bad: with a narrow band most good moves are exchanges. A *merge-split* joins two neighbouring grids, draws a random
spanning tree over them and cuts the tree at the best of all its edges (the ReCom step of DeFord, Duchin and Solomon,
Harvard Data Science Review 2021, here with the cut drawn by its energy); all cuts of a tree are priced in one pass,
because the weight that leaves a subtree is a sum over the subtree of edge weights minus twice those at the lowest
common ancestors.

Tuples keep the signatures short; the names are the same everywhere:
``graph`` = (``starts`` int64[n + 1], ``far``, ``source``, ``edge`` int64[2m], ``weight`` float64[2m], ``passable``
bool[2m], ``ends`` int64[m, 2]), half-edges in compressed rows; ``nodes`` = (``households``, ``work`` float64[n],
``today`` int32[n], −1 for none); ``rules`` = (``low``, ``high``, ``even``, ``work_low``, ``work_high``, ``stay``), floats;
``sums`` = (``load``, ``duty`` float64[grids], ``size`` int64[grids]); ``cuts`` = (``cut``, ``place`` int64[m],
``count`` int64[1], ``changed`` int64[n], ``changes`` int64[1]), the list of cut passable edges, the place of each in it, and
the nodes relabelled since ``changes`` was set to 0 (all may be, once the list is full); ``room`` = (``seen``, ``queue`` int64[n],
``marks`` int64[2]: the last mark used and the nodes visited so far, ``tree``, ``below`` float64[5, n]), room to work in.

Energy = ``steep`` × Σ_g households outside [low, high] + Σ cut edge weights + ``even`` × Σ_g workload outside the
tolerated range + ``stay`` × Σ households outside their grid of today. Every move keeps every grid connected over
passable edges, and none empty.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

# Pricing the cuts of a tree takes time nodes × depth: of larger unions one alone would take seconds.
LARGEST_MERGE = 20_000


@njit(cache=True)
def outside(load: float, low: float, high: float) -> float:
    return max(low - load, load - high, 0.0)


@njit(cache=True)
def _relabel(node: int, new: int, label: Any, graph: Any, cuts: Any) -> None:
    """Give ``node`` the label ``new`` and keep the list of cut passable edges."""
    starts, far, _, edge, _, passable, _ = graph
    cut, place, count, changed, changes = cuts
    label[node] = new
    if changes[0] < len(changed):
        changed[changes[0]] = node
        changes[0] += 1
    for i in range(starts[node], starts[node + 1]):
        if not passable[i]:
            continue
        e = edge[i]
        if label[far[i]] != new:
            if place[e] < 0:
                place[e] = count[0]
                cut[count[0]] = e
                count[0] += 1
        elif place[e] >= 0:
            count[0] -= 1
            last = cut[count[0]]
            cut[place[e]] = last
            place[last] = place[e]
            place[e] = -1


@njit(cache=True)
def _move(node: int, new: int, label: Any, graph: Any, nodes: Any, sums: Any, cuts: Any) -> None:
    """Give ``node`` to the grid ``new`` and keep all sums."""
    households, work, _ = nodes
    load, duty, size = sums
    old = label[node]
    load[old] -= households[node]
    load[new] += households[node]
    duty[old] -= work[node]
    duty[new] += work[node]
    size[old] -= 1
    size[new] += 1
    _relabel(node, new, label, graph, cuts)


@njit(cache=True)
def _may_leave(node: int, label: Any, graph: Any, room: Any) -> bool:
    """Whether the grid of ``node`` stays connected, and not empty, without it."""
    starts, far, _, _, _, passable, _ = graph
    seen, queue, marks, _, _ = room
    marks[0] += 2
    stamp = marks[0]
    own = label[node]
    missing = 0
    first = -1
    for i in range(starts[node], starts[node + 1]):
        other = far[i]
        if passable[i] and label[other] == own and seen[other] != stamp:
            seen[other] = stamp
            missing += 1
            first = other
    if missing <= 1:
        return missing == 1
    # Breadth first from one neighbour until every neighbour has been met; 'reached' marks what has been.
    reached = stamp + 1
    seen[node] = reached
    seen[first] = reached
    queue[0] = first
    head, tail = 0, 1
    missing -= 1
    while head < tail:
        at = queue[head]
        head += 1
        marks[1] += 1
        for i in range(starts[at], starts[at + 1]):
            other = far[i]
            if passable[i] and label[other] == own and seen[other] != reached:
                if seen[other] == stamp:
                    missing -= 1
                    if missing == 0:
                        return True
                seen[other] = reached
                queue[tail] = other
                tail += 1
    return False


@njit(cache=True)
def _change(node: int, new: int, label: Any, graph: Any, nodes: Any, rules: Any, sums: Any) -> Any:
    """What giving ``node`` to the grid ``new`` changes: (households out of band, rest of the energy)."""
    starts, far, _, _, weight, _, _ = graph
    households, work, today = nodes
    low, high, even, work_low, work_high, stay = rules
    load, duty, _ = sums
    old = label[node]
    h = households[node]
    excess = (
        outside(load[old] - h, low, high)
        - outside(load[old], low, high)
        + outside(load[new] + h, low, high)
        - outside(load[new], low, high)
    )
    rest = 0.0
    for i in range(starts[node], starts[node + 1]):
        other = label[far[i]]
        if other == old:
            rest += weight[i]
        elif other == new:
            rest -= weight[i]
    if even > 0:
        w = work[node]
        rest += even * (
            outside(duty[old] - w, work_low, work_high)
            - outside(duty[old], work_low, work_high)
            + outside(duty[new] + w, work_low, work_high)
            - outside(duty[new], work_low, work_high)
        )
    if stay > 0:
        rest += stay * h * ((new != today[node]) - (old != today[node]))
    return excess, rest


@njit(cache=True)
def _accepts(worse: float, heat: float) -> bool:
    return worse <= 0 or np.random.random() < np.exp(-worse / heat)


@njit(cache=True)
def _follow(
    first: int, excess: float, rest: float, heat: float, steep: float, label: Any, graph: Any, nodes: Any, rules: Any,
    sums: Any, cuts: Any, room: Any,
) -> Any:  # fmt: skip
    """Second flip of a chain: out of the grid that ``first`` has joined. Returns (done, excess, rest) of both flips."""
    ends = graph[6]
    cut, _, count, _, _ = cuts
    size = sums[2]
    grid = label[first]
    for _ in range(12):
        e = cut[np.random.randint(count[0])]
        node, other = ends[e, 0], ends[e, 1]
        if label[node] != grid:
            node, other = other, node
        if label[node] != grid or node == first or size[grid] == 1:
            continue
        new = label[other]
        more_excess, more_rest = _change(node, new, label, graph, nodes, rules, sums)
        if not _accepts(steep * (excess + more_excess) + rest + more_rest, heat):
            continue
        if _may_leave(node, label, graph, room):
            _move(node, new, label, graph, nodes, sums, cuts)
            return True, excess + more_excess, rest + more_rest
    return False, 0.0, 0.0


@njit(cache=True)
def draw_tree(root: int, a: int, b: int, label: Any, graph: Any, tree: Any) -> int:
    """A random spanning tree over the grids ``a`` and ``b``; returns the number of nodes.

    Of ``tree``, ``order`` lists the nodes, parents first; ``parent`` holds positions in ``order``; ``position`` is −1
    elsewhere. Half of the trees grow by random frontier edges (bushy), half along the newest ones (long): the first
    give compact halves, the second balanced ones.
    """
    starts, far, source, _, _, passable, _ = graph
    order, parent, position, frontier = tree
    count = 0
    size = 0
    long = np.random.random() < 0.5
    node, above = root, -1
    while True:
        position[node] = count
        parent[count] = above
        order[count] = node
        count += 1
        for i in range(starts[node], starts[node + 1]):
            other = far[i]
            if passable[i] and position[other] < 0 and (label[other] == a or label[other] == b):
                frontier[size] = i
                size += 1
        while size > 0:
            pick = np.random.randint(size)
            if long and np.random.random() < 0.8:
                pick = size - 1 - np.random.randint(min(size, 4))
            i = frontier[pick]
            size -= 1
            frontier[pick] = frontier[size]
            if position[far[i]] < 0:
                node, above = far[i], position[source[i]]
                break
        else:
            return count


@njit(cache=True)
def hang_edge(p: int, q: int, weight: float, parent: Any, cut: Any) -> int:
    """Count an edge between two positions of a tree in ``cut``, so that the sum over a subtree is what cutting it off cuts.

    Its weight stands at both ends, and is taken off twice where their ways to the root meet. Returns the steps there.
    """
    cut[p] += weight
    cut[q] += weight
    steps = 0
    while p != q:
        steps += 1
        if p > q:
            p = parent[p]
        else:
            q = parent[q]
    cut[p] -= 2.0 * weight
    return steps


@njit(cache=True)
def sum_subtrees(count: int, parent: Any, below: Any) -> None:
    """Turn what each row of ``below`` holds of the nodes of a tree into its sums over their subtrees."""
    for p in range(count - 1, 0, -1):
        for row in range(below.shape[0]):
            below[row, parent[p]] += below[row, p]


@njit(cache=True)
def merge_split(
    root: int, b: int, heat: float, steep: float, label: Any, graph: Any, nodes: Any, rules: Any, sums: Any, cuts: Any,
    room: Any,
) -> Any:  # fmt: skip
    """Join the grid of ``root`` with ``b`` and cut a random tree over both. Returns (done, excess, rest).

    Not done for grids of too many nodes. The rows of ``below``: households, workload, cut weight and prices of today's
    grids of each subtree.
    """
    starts, far, _, _, weight, _, _ = graph
    households, work, today = nodes
    low, high, even, work_low, work_high, stay = rules
    load, duty, size = sums
    _, _, marks, tree, below = room
    order, parent, position, _ = tree
    a = label[root]
    if size[a] + size[b] > LARGEST_MERGE:
        return False, 0.0, 0.0
    count = draw_tree(root, a, b, label, graph, tree)
    marks[1] += 2 * count
    now = 0.0
    for p in range(count):
        node = order[p]
        below[0, p] = households[node]
        below[1, p] = work[node]
        below[2, p] = 0.0
        below[3, p] = stay * households[node] * (a != today[node])
        below[4, p] = stay * households[node] * (b != today[node])
        now += below[3, p] if label[node] == a else below[4, p]
    for p in range(count):
        node = order[p]
        for i in range(starts[node], starts[node + 1]):
            q = position[far[i]]
            if q <= p:
                continue
            if label[node] != label[far[i]]:
                now += weight[i]
            marks[1] += hang_edge(p, q, weight[i], parent, below[2])
    sum_subtrees(count, parent, below)
    now_excess = outside(load[a], low, high) + outside(load[b], low, high)
    if even > 0:
        now += even * (outside(duty[a], work_low, work_high) + outside(duty[b], work_low, work_high))

    # Draw a cut with probability ∝ exp(−energy ÷ heat), by adding Gumbel noise to every energy.
    best, best_score, best_excess, best_rest, best_keeps = -1, np.inf, 0.0, 0.0, True
    for p in range(1, count):
        excess = outside(below[0, p], low, high) + outside(below[0, 0] - below[0, p], low, high)
        if steep * (excess - now_excess) > 60.0 * heat + now:
            continue
        rest = below[2, p]
        if even > 0:
            rest += even * (
                outside(below[1, p], work_low, work_high) + outside(below[1, 0] - below[1, p], work_low, work_high)
            )
        keeps = below[3, p] + below[4, 0] - below[4, p]
        swaps = below[4, p] + below[3, 0] - below[3, p]
        rest += min(keeps, swaps)
        score = steep * excess + rest + heat * np.log(-np.log(np.random.random() + 1e-300) + 1e-300)
        if score < best_score:
            best, best_score, best_excess, best_rest, best_keeps = p, score, excess, rest, keeps <= swaps
    d_excess, d_rest = best_excess - now_excess, best_rest - now
    done = best > 0 and _accepts(steep * d_excess + d_rest, heat)
    if done:
        inner, outer = (a, b) if best_keeps else (b, a)
        load[inner], load[outer] = below[0, best], below[0, 0] - below[0, best]
        duty[inner], duty[outer] = below[1, best], below[1, 0] - below[1, best]
        size[inner], size[outer] = 0, 0
        for p in range(count):
            # Row 0 now marks the positions of the subtree; parents come first, so that each asks its parent's mark.
            below[0, p] = 1.0 if p == best or (p > best and below[0, parent[p]] == 1.0) else 0.0
            new = inner if below[0, p] == 1.0 else outer
            size[new] += 1
            if label[order[p]] != new:
                _relabel(order[p], new, label, graph, cuts)
    for p in range(count):
        position[order[p]] = -1
    return done, d_excess, d_rest


@njit(cache=True)
def take_stock(label: Any, graph: Any, nodes: Any, rules: Any, sums: Any, cuts: Any) -> Any:
    """Fill ``sums`` and ``cuts`` for ``label``; returns (households out of band, rest of the energy)."""
    starts, far, _, edge, weight, passable, _ = graph
    households, work, today = nodes
    low, high, even, work_low, work_high, stay = rules
    load, duty, size = sums
    cut, place, count, _, _ = cuts
    excess, rest = 0.0, 0.0
    for v in range(len(label)):
        load[label[v]] += households[v]
        duty[label[v]] += work[v]
        size[label[v]] += 1
        if label[v] != today[v]:
            rest += stay * households[v]
        for i in range(starts[v], starts[v + 1]):
            if v < far[i] and label[v] != label[far[i]]:
                rest += weight[i]
                if passable[i]:
                    place[edge[i]] = count[0]
                    cut[count[0]] = edge[i]
                    count[0] += 1
    for g in range(len(load)):
        excess += outside(load[g], low, high)
        rest += even * outside(duty[g], work_low, work_high)
    return excess, rest


@njit(cache=True)
def room_for(n: int, m: int, grids: int) -> Any:
    """``sums``, ``cuts`` and ``room`` for a plan of ``grids`` grids on n nodes and m edges."""
    sums = (np.zeros(grids), np.zeros(grids), np.zeros(grids, np.int64))
    cuts = (
        np.empty(m, np.int64), np.full(m, -1, np.int64), np.zeros(1, np.int64), np.empty(n, np.int64), np.zeros(1, np.int64),
    )  # fmt: skip
    tree = (np.empty(n, np.int64), np.empty(n, np.int64), np.full(n, -1, np.int64), np.empty(2 * m + 1, np.int64))
    marks = np.zeros(2, np.int64)
    marks[0] = 1
    room = (np.zeros(n, np.int64), np.empty(n, np.int64), marks, tree, np.empty((5, n)))
    return sums, cuts, room


@njit(cache=True)
def flip(
    node: int, new: int, chain: bool, heat: float, steep: float, label: Any, graph: Any, nodes: Any, rules: Any,
    sums: Any, cuts: Any, room: Any,
) -> Any:  # fmt: skip
    """Give ``node`` to the grid ``new``, and with ``chain`` another node of that grid to a third. Returns (done, excess,
    rest); the grid of ``node`` must have another node."""
    old = label[node]
    excess, rest = _change(node, new, label, graph, nodes, rules, sums)
    if not chain and not _accepts(steep * excess + rest, heat):
        return False, 0.0, 0.0
    if not _may_leave(node, label, graph, room):
        return False, 0.0, 0.0
    _move(node, new, label, graph, nodes, sums, cuts)
    if not chain:
        return True, excess, rest
    done, excess, rest = _follow(node, excess, rest, heat, steep, label, graph, nodes, rules, sums, cuts, room)
    if not done:
        _move(node, old, label, graph, nodes, sums, cuts)
    return done, excess, rest
