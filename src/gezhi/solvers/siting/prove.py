"""The core to the end: interchange, Lagrangian bound, settled sites, and branch and bound over what is left.

Each pass: bound the location, settle sites, shrink it; a shorter list makes the next pass cheaper. When passes stop helping,
branch on a site that most of the relaxed sets have and that is not settled; the node with the lowest bound is next. The work
of both the search and the proof is counted in list entries and limited, so that the answer does not depend on the machine.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.certificate import Progress, ShouldStop
from gezhi.solvers.siting.annealing import anneal
from gezhi.solvers.siting.core_program import LinearCovering, linear_covering, solve_core
from gezhi.solvers.siting.kicks import search
from gezhi.solvers.siting.location import Location, settle, value
from gezhi.solvers.siting.relax import Prices, cheapest_set, first_prices, rise, settled
from gezhi.solvers.siting.saddle import saddle_prices
from gezhi.solvers.siting.swaps import improve
from gezhi.solvers.siting.triangles import with_triangles

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


# Where few of its sites open, HiGHS solves a core of so many pairs at most sooner than the tree.
_TINY = 3_000
# Pairs up to which the linear program of a covering location is solved: seconds. Beyond them its prices are approached.
_LINEAR = 600_000
# Steps of the rise in a node of the tree, and the first one's length: a node that they do not close is quicker halved than
# raised on.
_NODE_STEPS, _NODE_STEP = 80, 0.7
# Share of the relaxed sets that have the site to branch on, as near as may be.
_BRANCH_AT = 0.85
# Annealings of a covering, the share of one of them that the last one has, entries of each for a pair at most, and the share
# of the search that interchange has before.
_ANNEALINGS, _LAST_ANNEALING, _ANNEALING_PASSES, _ANNEALING_SHARE = 8, 2, 12_000, 300
# A second linear program, with triples, of more pairs than this must promise something: bound and plan lie farther apart
# than this share of what the plan covers.
_SMALL, _WIDE = 300_000, 0.005
# Where values are no whole numbers, plans closer to each other than this share count as equal: the tolerance of HiGHS.
EQUAL = 3e-7


@dataclass(frozen=True, slots=True)
class Effort:
    """List entries that search and proof may look at, ``steps`` of the first bound, and pairs × steps towards the prices of a
    large covering; the largest core, in pairs, that HiGHS is given, and the nodes that it may look at; ``rounds`` in which
    triples are added to a covering's linear program."""

    search: int
    steps: int
    proof: int
    program: int
    nodes: int
    saddle: int = 0
    rounds: int = 0


@dataclass(frozen=True, slots=True)
class Best:
    """The best set found, its value, and a bound that no set can undercut."""

    opened: Ints
    value: float
    bound: float
    nodes: int
    steps: int


@dataclass(frozen=True, slots=True)
class Grain:
    """The values that plans can have: multiples of ``unit`` (0: any number). ``scale`` is the size of rounding."""

    unit: float
    scale: float

    def beaten_at(self, value: float) -> float:
        """A bound from which on no plan is better than ``value``."""
        if self.unit > 0:
            return value - self.unit + max(1e-4 * self.unit, 1e-10 * self.scale)
        return value - EQUAL * abs(value) - 1e-10 * self.scale

    def rounded_up(self, bound: float) -> float:
        """The least possible value from ``bound`` on."""
        if self.unit > 0 and np.isfinite(bound):
            return float(np.ceil((bound - max(1e-4 * self.unit, 1e-10 * self.scale)) / self.unit) * self.unit)
        return bound


@dataclass
class _Run:
    """What the whole tree shares: the best plan in numbers of the first location, its value, and what is spent."""

    location: Location
    grain: Grain
    opened: Ints
    value: float
    stop: ShouldStop
    steps: int = 0
    work: int = 0

    def offer(self, opened: Ints) -> None:
        found = value(self.location, opened)
        if found < self.value:
            self.opened, self.value = np.sort(opened), found

    @property
    def enough(self) -> float:
        return self.grain.beaten_at(self.value)


@dataclass(frozen=True)
class _Node:
    """A part of the tree: ``opened`` sites, the location left with its sites' numbers in the first one, and prices."""

    location: Location
    number: Ints
    opened: Ints
    prices: Prices
    bound: float


def solve_location(
    location: Location, start: Ints, *, grain: Grain, effort: Effort, seed: int, stop: ShouldStop, progress: Progress
) -> Best:
    """The best set found from ``start`` on, with the best bound proven. ``location`` must be possible."""
    run = _Run(location, grain, start, value(location, start), stop)
    if location.p in {0, location.m}:
        return Best(start, run.value, run.value, 0, 0)
    progress(0.0, "search")
    covering = not location.cost.any()
    first = effort.search // (_ANNEALING_SHARE if covering else 4)
    run.offer(search(location, start, seed=seed, budget=first, stop=stop))
    if covering:
        run.offer(_annealed(location, start, seed=seed, effort=effort, stop=stop))
    progress(0.2, "bound")
    root = _root(run, first_prices(location), steps=effort.steps, step=1.0)
    large = len(location.site) > _LINEAR
    linear: LinearCovering | None = None
    if covering and not large and root.bound < run.enough:
        linear = linear_covering(location, stop=stop)
        if linear is not None:
            root = _straightened(run, root, linear.prices(location), steps=effort.steps // 4)
    run.offer(improve(location, run.opened, seed=seed + 1, budget=0, stop=stop)[0])
    core = _shrunk(run, root)
    if root.bound < run.enough and core is not None:
        if not covering:
            progress(0.4, "search among the sites that are left")
            _search_core(run, core, seed=seed, effort=effort)
        elif large:
            steps = max(1, min(effort.steps // 2, effort.saddle // len(location.site)))
            root = _straightened(run, root, saddle_prices(location, steps=steps, stop=stop), steps=effort.steps // 15)
        core = _shrunk(run, root)
    if root.bound >= run.enough or core is None:
        return Best(run.opened, run.value, run.value, 1, run.steps)
    progress(0.6, "proof")
    if linear is not None and _worth_triples(run, root) and not _suits_program(core.location, effort, covering=True):
        heeding = with_triangles(location, linear, root.prices, rounds=effort.rounds, stop=stop)
        root = _Node(location, np.arange(location.m), np.empty(0, np.int64), heeding, max(root.bound, heeding.bound))
        core = _shrunk(run, root)
        if root.bound >= run.enough or core is None:
            return Best(run.opened, run.value, run.value, 1, run.steps)
    if _suits_program(core.location, effort, covering=covering):
        bound = max(root.bound, _by_program(run, core, effort.nodes))
        if bound >= run.enough:
            return Best(run.opened, run.value, run.value, 1, run.steps)
        core = _Node(core.location, core.number, core.opened, core.prices, bound)
    bound, nodes = _branch(run, core, effort, progress)
    return Best(run.opened, run.value, min(run.value, grain.rounded_up(bound)), nodes, run.steps)


def _worth_triples(run: _Run, root: _Node) -> bool:
    location = run.location
    covered = float(location.unserved.sum()) - run.value
    return len(location.site) <= _SMALL or run.value - root.bound > _WIDE * covered


def _straightened(run: _Run, root: _Node, prices: Floats, *, steps: int) -> _Node:
    """The better of the root and that raised from prices near those of the linear program."""
    return max(root, _root(run, prices, steps=steps, step=0.05), key=lambda node: node.bound)


def _root(run: _Run, prices: Floats, *, steps: int, step: float) -> _Node:
    """The whole location with its bound raised from these prices."""
    found = _raised(run, run.location, prices, steps=steps, step=step)
    run.offer(np.flatnonzero(found.chosen))
    return _Node(run.location, np.arange(run.location.m), np.empty(0, np.int64), found, found.bound)


def _bounded(run: _Run, node: _Node) -> _Node:
    """The node with its bound raised anew; the set met on the way is offered as a plan."""
    found = _raised(run, node.location, node.prices.best_u, steps=_NODE_STEPS, step=_NODE_STEP)
    run.offer(np.concatenate([node.opened, node.number[found.chosen]]))
    return _Node(node.location, node.number, node.opened, found, max(node.bound, found.bound))


def _raised(run: _Run, location: Location, prices: Floats, *, steps: int, step: float) -> Prices:
    found = rise(location, prices, target=run.value, enough=run.enough, steps=steps, step=step, stop=run.stop)
    run.steps += found.steps
    run.work += found.work
    return found


def _shrunk(run: _Run, node: _Node) -> _Node | None:
    """The node without the sites that its bound settles; None where nothing better than the best plan is left."""
    opened, closed = settled(node.prices, run.enough)
    return _settle(node, np.flatnonzero(opened), closed)


def _settle(node: _Node, opened: Ints, closed: NDArray[np.bool_]) -> _Node | None:
    smaller, left = settle(node.location, opened, closed)
    if not smaller.possible:
        return None
    return _Node(
        smaller, node.number[left], np.concatenate([node.opened, node.number[opened]]), node.prices, node.bound
    )


def _annealed(location: Location, start: Ints, *, seed: int, effort: Effort, stop: ShouldStop) -> Ints:
    """The best of some annealings, and of one more among the sites that any of them chose: it puts their good parts
    together. Small locations need less of it."""
    budget = min(effort.search // _ANNEALINGS, _ANNEALING_PASSES * len(location.site))
    found = [anneal(location, start, seed=seed + turn, budget=budget, stop=stop) for turn in range(_ANNEALINGS)]
    best = min(found, key=lambda opened: value(location, opened))
    closed = np.ones(location.m, dtype=bool)
    closed[np.concatenate(found)] = False
    among, left = settle(location, np.empty(0, np.int64), closed, exactly=False)
    inside = np.flatnonzero(np.isin(left, best))
    return np.asarray(left[anneal(among, inside, seed=seed, budget=budget // _LAST_ANNEALING, stop=stop)])


def _search_core(run: _Run, core: _Node, *, seed: int, effort: Effort) -> None:
    """Interchange among the sites that a better plan can have."""
    if core.location.p in {0, core.location.m}:
        return
    # The best plan may have sites that no better one has: others stand in for them.
    wish = np.where(np.isin(core.number, run.opened), -np.inf, np.arange(len(core.number)))
    start = cheapest_set(core.location, wish)
    found = search(core.location, start, seed=seed + 2, budget=effort.search, stop=run.stop)
    run.offer(np.concatenate([core.opened, core.number[found]]))


def _suits_program(location: Location, effort: Effort, *, covering: bool) -> bool:
    """Whether HiGHS is likely quicker than the tree: coverings, and p-medians that open many of their sites."""
    pairs = len(location.site)
    return pairs <= effort.program and (covering or pairs <= _TINY or location.p * 4 >= location.m)


def _by_program(run: _Run, core: _Node, nodes: int) -> float:
    """The bound that HiGHS proves of the core; its best set is offered."""
    inside = np.flatnonzero(np.isin(core.number, run.opened))
    start = inside if len(inside) == core.location.p else None
    found, bound = solve_core(core.location, start, nodes=nodes, stop=run.stop)
    if found is not None:
        run.offer(np.concatenate([core.opened, core.number[found]]))
    return bound


def _branch(run: _Run, core: _Node, effort: Effort, progress: Progress) -> tuple[float, int]:
    """Best-first branch and bound; the bound proven and the nodes looked at."""
    ticket = 0
    queue: list[tuple[float, int, _Node]] = [(core.bound, ticket, core)]
    nodes, first_work = 0, run.work
    while queue:
        lowest = queue[0][0]
        if lowest >= run.enough:
            return run.value, nodes
        if run.work - first_work > effort.proof or run.stop():
            return lowest, nodes
        _, _, node = heapq.heappop(queue)
        nodes += 1
        if nodes % 50 == 0:
            progress(0.6 + 0.4 * min(1.0, (run.work - first_work) / effort.proof), "proof")
        for child in _children(run, node):
            ticket += 1
            heapq.heappush(queue, (child.bound, ticket, child))
    return run.value, nodes


def _children(run: _Run, node: _Node) -> list[_Node]:
    """The node bounded anew; if it is still open, its two halves (or one, where passes still settle sites)."""
    location = node.location
    if location.p in {0, location.m}:
        run.offer(np.concatenate([node.opened, node.number if location.p else node.number[:0]]))
        return []
    fresh = _bounded(run, node)
    if fresh.bound >= run.enough:
        return []
    opened, closed = settled(fresh.prices, run.enough)
    if (opened.sum() + closed.sum()) * 10 >= location.m:
        smaller = _settle(fresh, np.flatnonzero(opened), closed)
        return [] if smaller is None else [smaller]
    # Closing a site that most of the relaxed sets have lifts the bound; among those never met, the one of the least worth.
    doubt = np.abs(fresh.prices.mean - _BRANCH_AT) + (opened | closed)
    pick = int(np.lexsort((fresh.prices.worth, np.round(doubt, 6)))[0])
    alone = np.zeros(location.m, dtype=bool)
    alone[pick] = True
    halves = [
        _settle(fresh, np.append(np.flatnonzero(opened & ~alone), pick), closed & ~alone),
        _settle(fresh, np.flatnonzero(opened & ~alone), closed | alone),
    ]
    return [half for half in halves if half is not None]
