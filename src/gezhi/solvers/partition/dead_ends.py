"""A proof that needs no search: what lies behind a node and is too small for a grid must share that node's grid.

Let C be a component that is left without node v, with fewer than L households. No grid fits inside C, so all of C is in
the grid of v. If v and all such components behind it hold more than U, no plan keeps the band.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gezhi.solvers.partition.graph import components
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.task import Ints


@dataclass(frozen=True)
class DeadEnd:
    """``gate``: the node; ``nodes``: it and all that must share its grid; ``households``: of all of them."""

    gate: int
    nodes: Ints
    households: int


def dead_ends(part: Part, low: int, high: int, suspects: Ints) -> list[DeadEnd]:
    """The dead ends whose gate is one of the nodes ``suspects``; their node sets do not overlap."""
    found: list[DeadEnd] = []
    taken = np.zeros(part.graph.size, dtype=bool)
    ends = part.graph.ends[part.graph.open]
    for gate in sorted(suspects.tolist(), key=lambda node: -part.households[node]):
        count, label = components(part.graph.size, ends[(ends != gate).all(axis=1)])
        if count == 2:
            continue
        load = np.bincount(label, weights=part.households, minlength=count)
        small = load < low
        small[label[gate]] = False
        inside = small[label]
        inside[gate] = True
        total = int(part.households[inside].sum())
        if total > high and not taken[inside].any():
            taken |= inside
            found.append(DeadEnd(gate, np.flatnonzero(inside), total))
    return found
