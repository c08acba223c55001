"""Cases that take several people, all or none: exactly, by branching on the teams that a plan tears.

Formulation. Each case i of people_i slots has y_i ∈ {0, 1}: its slots are all filled or all left open. Without y the
task is an assignment (:mod:`gezhi.solvers.assign.shortest_paths`) whose dual prices bound it from below. Branch on a
torn case (some slots filled, some not): either it stays open (its pairs are forbidden), or it must be filled (its slots
may not be left out; where that cannot be, the branch is empty). A branch whose bound is no better than the best whole
plan is cut off. The first whole plan comes from dropping torn teams one by one. Depth first, the filled branch first.
Complexity: one assignment a node, at most 2^(teams) nodes; after ``MOST_CELLS`` cells of cost tables, or when told to
stop, the best plan stands with the least bound of the branches still open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.assign.shortest_paths import (
    NOBODY,
    Floats,
    Ints,
    Matched,
    augment_all,
    nearest_columns,
    proven_bound,
)
from gezhi.solvers.assign.without import rises
from gezhi.solvers.certificate import ShouldStop, never

# Cells of cost tables looked at before the search ends without a proof: a few seconds.
MOST_CELLS = 20_000_000
MOST_NODES = 20_000
# Two plans nearer than this share of their cost are equally good: the prices are rounded.
SAME = 1e-12


@dataclass(frozen=True, slots=True)
class _Node:
    """Teams that stay open and teams that must be filled, the best plan then, its prices, cost and proven bound."""

    open_teams: frozenset[int]
    filled_teams: frozenset[int]
    worker_of: Ints
    u: Floats
    v: Floats
    cost: float
    bound: float


def whole_teams(
    table: Floats,
    leave: Floats,
    slots: Ints,
    people: Ints,
    order: Ints,
    *,
    with_rise: bool = False,
    should_stop: ShouldStop = never,
) -> Matched:
    """Least cost with every team whole. ``slots`` (n): the case of each row of ``table``; ``people``: of each case.

    ``order``: rank of each case, for ties. The rise without a pair is that among plans that send the same teams.
    """
    search = _Search(table, leave, slots, people, order)
    root = search.node(frozenset(), frozenset())
    if root is None:
        raise ValueError("a row can be neither placed nor left out")
    best = root
    while (torn := search.torn(best)).size:
        dropped = search.drop_node(best, torn)
        if dropped is None:
            raise ValueError("a row can be neither placed nor left out")
        best = dropped
    budget = min(MOST_NODES, MOST_CELLS // max(1, table.size))
    waiting, nodes = [root], 0
    while waiting and nodes < budget and not should_stop():
        node = waiting.pop()
        if _no_better(node.bound, best.cost):
            continue
        torn = search.torn(node)
        if not torn.size:
            best = node
            continue
        team = search.branching_team(node, torn)
        for branch in (
            search.node(node.open_teams | {team}, node.filled_teams),
            search.node(node.open_teams, node.filled_teams | {team}),
        ):
            nodes += 1
            if branch is not None and not _no_better(branch.bound, best.cost):
                waiting.append(branch)
    best = search.settled(best)
    if not best.open_teams and not best.filled_teams:
        waiting.append(best)
    bound = min([best.cost, *(node.bound for node in waiting)])
    return Matched(best.worker_of, bound, search.rise(best) if with_rise else np.zeros(len(table)))


def _no_better(bound: float, cost: float) -> bool:
    return bound >= cost - SAME * max(1.0, abs(cost))


class _Search:
    """The task, and what is asked of it at each node."""

    def __init__(self, table: Floats, leave: Floats, slots: Ints, people: Ints, order: Ints) -> None:
        self.table, self.leave, self.slots, self.people, self.order = table, leave, slots, people, order

    def _restricted(self, open_teams: frozenset[int], filled_teams: frozenset[int]) -> tuple[Floats, Floats]:
        table, leave = self.table, self.leave
        if open_teams:
            table = table.copy()
            table[np.isin(self.slots, list(open_teams))] = np.inf
        if filled_teams:
            leave = np.where(np.isin(self.slots, list(filled_teams)), np.inf, leave)
        return table, leave

    def node(self, open_teams: frozenset[int], filled_teams: frozenset[int]) -> _Node | None:
        """The assignment under these choices; None where the filled teams cannot all be filled."""
        table, leave = self._restricted(open_teams, filled_teams)
        near, farther = nearest_columns(table)
        worker_of, u, v, stuck = augment_all(table, leave, near, farther)
        if stuck != NOBODY:
            return None
        placed = worker_of != NOBODY
        cost = float(table[np.flatnonzero(placed), worker_of[placed]].sum() + leave[~placed].sum())
        return _Node(open_teams, filled_teams, worker_of, u, v, cost, proven_bound(table, leave, u, v))

    def _filled(self, node: _Node) -> NDArray[np.int64]:
        return np.bincount(self.slots[node.worker_of != NOBODY], minlength=len(self.people))

    def torn(self, node: _Node) -> Ints:
        """Cases of which some people are sent and some are not."""
        filled = self._filled(node)
        return np.flatnonzero((filled > 0) & (filled < self.people))

    def drop_node(self, node: _Node, torn: Ints) -> _Node | None:
        """The team that loses least for each person it lacks is left open; its people are free for the others."""
        worth = np.bincount(self.slots, weights=np.where(np.isfinite(self.leave), self.leave, 0.0))
        lacking = (self.people - self._filled(node))[torn]
        dropped = int(torn[np.lexsort((self.order[torn], worth[torn] / lacking))[0]])
        return self.node(node.open_teams | {dropped}, node.filled_teams)

    def branching_team(self, node: _Node, torn: Ints) -> int:
        """The torn team with the most people: it frees or binds the most."""
        return int(torn[np.lexsort((self.order[torn], -self.people[torn]))[0]])

    def settled(self, node: _Node) -> _Node:
        """The best plan that sends the same teams as a whole plan does."""
        filled, teams = self._filled(node), self.people > 1
        chosen = frozenset(np.flatnonzero(teams & (filled == self.people)).tolist())
        left = frozenset(np.flatnonzero(teams & (filled == 0)).tolist())
        return self.node(left, chosen) or node if left or chosen else node

    def rise(self, node: _Node) -> Floats:
        """The rise of the least cost without each pair, where the same teams are sent; ``node`` is settled."""
        table, leave = self._restricted(node.open_teams, node.filled_teams)
        return rises(table, leave, node.u, node.v, node.worker_of, self.slots)
