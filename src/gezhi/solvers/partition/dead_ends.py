"""A proof that needs no search: what lies behind a node and is too small for a grid must share that node's grid.

Let C be a component that is left without node v, with fewer than L households. No grid fits inside C, so all of C is in
the grid of v. If v and all such components behind it hold more than U, no plan keeps the band. All components behind all
nodes are found in one depth-first search (the articulation points of Hopcroft and Tarjan, CACM 1973).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from gezhi.solvers.partition.graph import components
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.task import Floats, Ints

# One is a proof already; more tell which grids it concerns.
_MOST = 200


@dataclass(frozen=True)
class DeadEnd:
    """``gate``: the node; ``nodes``: it and all that must share its grid; ``households``: of all of them."""

    gate: int
    nodes: Ints
    households: int


@njit(cache=True)
def _held(starts: Any, far: Any, passable: Any, households: Any, low: float) -> Any:
    """Households of each node and of the components below ``low`` that are left without it; the graph is connected."""
    n = len(starts) - 1
    total = households.sum()
    number, lowest, parent = np.full(n, -1, np.int64), np.zeros(n, np.int64), np.full(n, -1, np.int64)
    next_half, subtree, held, apart = starts[:-1].copy(), households.copy(), households.copy(), households.copy()
    cut_off = np.zeros(n, np.int64)
    path = np.empty(n, np.int64)
    path[0], depth, count = 0, 1, 1
    number[0] = 0
    while depth:
        v = path[depth - 1]
        if next_half[v] < starts[v + 1]:
            i = next_half[v]
            next_half[v] += 1
            u = far[i]
            if not passable[i]:
                continue
            if number[u] < 0:
                number[u] = lowest[u] = count
                count += 1
                parent[u] = v
                path[depth] = u
                depth += 1
            else:
                lowest[v] = min(lowest[v], number[u])
            continue
        depth -= 1
        above = parent[v]
        if above < 0:
            continue
        subtree[above] += subtree[v]
        lowest[above] = min(lowest[above], lowest[v])
        if lowest[v] >= number[above]:
            # Nothing below v has an edge past the node above it.
            apart[above] += subtree[v]
            cut_off[above] += 1
            if subtree[v] < low:
                held[above] += subtree[v]
    for v in range(n):
        rest = total - apart[v]
        if cut_off[v] and parent[v] >= 0 and rest < low:
            held[v] += rest
    return held


def dead_ends(part: Part, low: int, high: int) -> list[DeadEnd]:
    """The dead ends of a part, the gates with most households first; their node sets do not overlap."""
    graph = part.graph
    held: Floats = _held(graph.starts, graph.far, graph.passable, part.households, float(low))
    gates = np.flatnonzero((held > high) & (held > part.households))
    found: list[DeadEnd] = []
    taken = np.zeros(graph.size, dtype=bool)
    ends = graph.ends[graph.open]
    for gate in sorted(gates.tolist(), key=lambda node: (-part.households[node], node)):
        if taken[gate]:
            continue
        if len(found) == _MOST:
            break
        _, label = components(graph.size, ends[(ends != gate).all(axis=1)])
        load = np.bincount(label, weights=part.households)
        small = load < low
        small[label[gate]] = False
        inside = small[label]
        inside[gate] = True
        if not taken[inside].any():
            taken |= inside
            found.append(DeadEnd(gate, np.flatnonzero(inside), int(part.households[inside].sum())))
    return found
