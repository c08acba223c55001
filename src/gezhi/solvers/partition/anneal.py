"""The annealing loop over the moves of ``moves``, compiled by numba."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gezhi.solvers.partition.moves import flip, merge_split, room_for, take_stock


@njit(cache=True)
def anneal(
    seed: int, turns: Any, most_work: int, heats: Any, steeps: Any, shares: Any, label: Any, grids: int, graph: Any,
    nodes: Any, rules: Any, best: Any,
) -> Any:  # fmt: skip
    """Anneal ``label`` (int32[n], grids 0 … ``grids`` − 1) in place.

    ``turns`` = (first, all): of all moves those from the first on are proposed, until ``most_work`` nodes have been
    visited. ``heats`` and ``steeps`` are pairs: the values at the first and the last of all moves, geometric between;
    ``shares`` the shares of merge-splits and chains among the moves. Every grid must be connected and not empty. Writes
    the best plan met, by households out of band first and the rest of the energy second, to ``best`` (int32[n]).
    Returns (the next turn, households out of band, rest of the energy of the best). A ``seed`` below 0 goes on with the
    random numbers of the call before.
    """
    if seed >= 0:
        np.random.seed(seed)
    ends = graph[6]
    sums, cuts, room = room_for(len(label), len(ends), grids)
    cut, _, count, changed, changes = cuts
    size, marks = sums[2], room[2]
    excess, rest = take_stock(label, graph, nodes, rules, sums, cuts)
    best[:] = label
    best_excess, best_rest = excess, rest
    turn, proposals = turns
    while turn < proposals and marks[1] < most_work:
        share = turn / proposals
        turn += 1
        if count[0] == 0:
            turn = proposals
            break
        heat = heats[0] * (heats[1] / heats[0]) ** share
        steep = steeps[0] * (steeps[1] / steeps[0]) ** share
        marks[1] += 1
        e = cut[np.random.randint(count[0])]
        node, other = ends[e, 0], ends[e, 1]
        if np.random.random() < 0.5:
            node, other = other, node
        draw = np.random.random()
        if draw < shares[0]:
            done, d_excess, d_rest = merge_split(
                node, label[other], heat, steep, label, graph, nodes, rules, sums, cuts, room
            )
        elif size[label[node]] > 1:
            chain = draw < shares[0] + shares[1]
            done, d_excess, d_rest = flip(
                node, label[other], chain, heat, steep, label, graph, nodes, rules, sums, cuts, room
            )
        else:
            continue
        if not done:
            continue
        excess += d_excess
        rest += d_rest
        if excess < best_excess - 1e-6 or (excess < best_excess + 1e-6 and rest < best_rest - 1e-6):
            if changes[0] < len(changed):
                for i in range(changes[0]):
                    best[changed[i]] = label[changed[i]]
            else:
                best[:] = label
            changes[0] = 0
            best_excess, best_rest = excess, rest
    return turn, max(best_excess, 0.0), best_rest
