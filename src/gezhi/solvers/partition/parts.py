"""Take a network apart into what can be solved on its own: locked grids, oversized units, and connected parts.

Groups that fit into a grid become one node, so that no later step can cut them. For the search, a group whose units do not
touch is joined over the lightest way through other units of its community: a heuristic, so proofs are led on ``plain``,
the part as it is, in which such a group is several nodes that must share a grid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gezhi.solvers.certificate import Reason
from gezhi.solvers.partition.graph import Graph, components, make_graph, totals
from gezhi.solvers.partition.task import NONE, Bools, Floats, Ints, Network

# What two units on the two sides of a barrier cost in one grid, in mean borders: more than any border saved.
_WRAP = 30.0


@dataclass(frozen=True)
class Part:
    """Nodes that can be reached from each other inside one community without crossing a barrier.

    ``units``: positions in the network; ``node``: the node of each. ``today``: for each node the position in
    ``today_grids`` (codes of today's grids that belong to this part), NONE where it has none of them. ``fixed``: the
    part is one grid whatever it holds (locked, or around an oversized unit). ``atom``: nodes of one number must share a
    grid (groups whose units do not touch). ``work_of_all``, ``grids_elsewhere``: workload of the whole community, and the
    grids that its other parts are to have. ``plain``: the part without heuristic joints, where it has any.
    """

    units: Ints
    node: Ints
    graph: Graph
    households: Floats
    work: Floats
    today: Ints
    today_grids: Ints
    community: int
    fixed: bool
    atom: Ints
    work_of_all: float
    grids_elsewhere: int = 0
    plain: Part | None = None

    def beside(self, grids_elsewhere: int) -> Part:
        """The part in a community whose other parts have so many grids."""
        plain = None if self.plain is None else self.plain.beside(grids_elsewhere)
        return replace(self, grids_elsewhere=grids_elsewhere, plain=plain)

    def mean_work(self, grids: int) -> float:
        """The mean workload of a grid of the community, where this part has ``grids`` of them."""
        return self.work_of_all / (self.grids_elsewhere + grids)

    @property
    def as_it_is(self) -> Part:
        """The part on which proofs are led."""
        return self if self.plain is None else self.plain

    @property
    def most_grids(self) -> int:
        """So many grids can be made at most: nodes that must share a grid count once."""
        return int(self.as_it_is.atom.max()) + 1

    @property
    def total(self) -> int:
        return int(self.households.sum())


@dataclass(frozen=True)
class Split:
    """The parts, in the order of their smallest unit; groups that no grid can hold (proofs that there is no plan); groups for
    which no way was found that fits into a grid (no proof), which the search may cut."""

    parts: tuple[Part, ...]
    proofs: tuple[Reason, ...]
    doubts: tuple[Reason, ...]


def _lightest_way(network: Network, blob: Ints, group: int, usable: Bools) -> list[tuple[int, int]] | None:
    """Pairs to unite so that the units of ``group`` become connected at few households; None if there is no way.

    ``blob``: the node of each unit; ``usable``: edges that may be used. Joins the nearest piece first, again and again
    (the shortest-path heuristic for Steiner trees; with two pieces it is exact).
    """
    around = np.flatnonzero(network.community == network.community[np.flatnonzero(network.group == group)[0]])
    blobs, local = np.unique(blob[around], return_inverse=True)
    weight = np.bincount(local, weights=network.households[around])
    place = np.full(len(network.ids), NONE, np.int64)
    place[around] = local
    ends = place[network.ends[usable]]
    ends = ends[(ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])]
    rows, columns = np.concatenate([ends, ends[:, ::-1]]).T
    # A way pays for the nodes that it enters, and a little for each step.
    steps = coo_array((weight[columns] + 1e-3, (rows, columns)), shape=(len(blobs), len(blobs))).tocsr()
    steps.data = np.minimum(steps.data, np.max(weight) + 1.0)
    wanted = set(local[network.group[around] == group].tolist())
    reached = {min(wanted)}
    pairs: list[tuple[int, int]] = []
    unit_of = np.zeros(len(blobs), np.int64)
    unit_of[local[::-1]] = around[::-1]
    while wanted - reached:
        distance, before, _ = dijkstra(steps, indices=sorted(reached), return_predecessors=True, min_only=True)
        target = min(wanted - reached, key=lambda node: (distance[node], node))
        if not np.isfinite(distance[target]):
            return None
        while target not in reached:
            previous = int(before[target])
            pairs.append((int(unit_of[previous]), int(unit_of[target])))
            reached.add(target)
            target = previous
    return pairs


@dataclass(frozen=True)
class _United:
    """``blob``: the node of each unit for the search; ``touching``: with no more than touching units of a group joined;
    ``apart``: the groups that are several of these, and must share a grid."""

    blob: Ints
    touching: Ints
    apart: frozenset[int]
    proofs: list[Reason]
    doubts: list[Reason]


def _unite_groups(network: Network, active: Bools, open_edges: Bools) -> _United:
    """Unite the groups that fit into a grid."""
    size = len(network.ids)
    _, component = components(size, network.ends[open_edges])
    totals = np.zeros(len(network.group_names))
    grouped = active & (network.group != NONE)
    np.add.at(totals, network.group[grouped], network.households[grouped])
    free = set(np.flatnonzero(totals > network.high).tolist())
    kept_unit = grouped & ~np.isin(network.group, list(free))
    a, b = network.ends.T
    inner = open_edges & kept_unit[a] & (network.group[a] == network.group[b])
    unions = [network.ends[inner]]
    _, touching = components(size, unions[0])
    blob = touching
    proofs: list[Reason] = []
    doubts: list[Reason] = []

    pairs = np.unique(np.column_stack([network.group[kept_unit], blob[kept_unit]]), axis=0)
    numbers, counts = np.unique(pairs[:, 0], return_counts=True)
    apart = frozenset(numbers[counts > 1].tolist())
    for group in sorted(apart):
        name = network.group_names[group]
        inside = np.flatnonzero(network.group == group)
        members = tuple(network.ids[unit] for unit in inside)
        within = (network.group[a] == group) & (network.group[b] == group)
        reachable = bool((component[inside] == component[inside[0]]).all())
        way = _lightest_way(network, blob, group, open_edges if reachable else open_edges | within)
        united = blob
        if way is not None:
            _, united = components(size, np.concatenate([*unions, np.array(way, np.int64).reshape(-1, 2)]))
            if network.households[united == united[inside[0]]].sum() > network.high:
                way = None
        if way is not None:
            unions.append(np.array(way, np.int64).reshape(-1, 2))
            blob = united
        if not reachable and way is not None:
            words = f"group '{name}' lies on both sides of a barrier, and there is no way around it"
            proofs.append(Reason("group_across_barrier", words, members))
        elif not reachable:
            words = f"the units of group '{name}' do not touch, and there is no way between them"
            proofs.append(Reason("group_not_connected", words, members))
        elif way is None:
            words = (
                f"the units of group '{name}' do not touch, and no way between them that fits into one grid was found"
            )
            doubts.append(Reason("group_not_joined", words, members))
    return _United(blob, touching, apart, proofs, doubts)


def _major_today(network: Network, node: Ints, count: int, units: Ints) -> Ints:
    """Today's grid (code) of most households of each node; NONE where no unit of it has one."""
    has = network.today[units] != NONE
    major = np.full(count, NONE, np.int64)
    if not has.any():
        return major
    pairs, inverse = np.unique(np.column_stack([node[has], network.today[units][has]]), axis=0, return_inverse=True)
    votes = np.bincount(inverse.ravel(), weights=network.households[units][has])
    for place in np.argsort(votes, kind="stable").tolist():
        major[pairs[place, 0]] = pairs[place, 1]
    return major


def grids_elsewhere(parts: Sequence[Part], grids: Sequence[int]) -> list[int]:
    """How many grids the other parts of the community of each part have, where the parts have so many."""
    of_all: dict[int, int] = defaultdict(int)
    for part, number in zip(parts, grids, strict=True):
        of_all[part.community] += number
    return [of_all[part.community] - number for part, number in zip(parts, grids, strict=True)]


def split(network: Network) -> Split:
    """Take the network apart. Every unit is in exactly one part."""
    size = len(network.ids)
    locked = np.isin(network.today, list(network.locked)) & (network.today != NONE)
    a, b = network.ends.T
    together = (network.community[a] == network.community[b]) & ~locked[a] & ~locked[b]
    open_edges = together & ~network.barrier
    united = _unite_groups(network, ~locked, open_edges)
    blob = united.blob
    blobs = int(blob.max()) + 1
    load = np.bincount(blob, weights=network.households, minlength=blobs)

    # Connected parts, with the oversized nodes taken out first.
    oversized = (load > network.high) & (np.bincount(blob, weights=locked, minlength=blobs) == 0)
    links = blob[network.ends[open_edges]]
    links = links[links[:, 0] != links[:, 1]]
    plain = links[~oversized[links].any(axis=1)]
    _, part_of = components(blobs, plain)
    part_load = np.bincount(part_of, weights=load)
    for one, other in sorted({tuple(pair) for pair in links[oversized[links].any(axis=1)].tolist()}):
        # What cannot be a grid of its own beside an oversized unit joins it: one grid out of band instead of two.
        big, small = (one, other) if oversized[one] else (other, one)
        if not oversized[small] and part_load[part_of[small]] < network.low:
            part_of[part_of == part_of[small]] = part_of[big]
    has_big = np.bincount(part_of, weights=oversized, minlength=part_of.max() + 1) > 0
    unit_part = part_of[blob]
    if locked.any():
        # All units of a locked grid are one part, connected or not.
        unit_part[locked] = int(unit_part.max()) + 1 + network.today[locked]
    _, unit_part = np.unique(unit_part, return_inverse=True)
    first = np.full(int(unit_part.max()) + 1, size, np.int64)
    np.minimum.at(first, unit_part, np.arange(size))
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    unit_part = rank[unit_part]
    around_big = has_big[part_of[blob]]
    parts = _make_parts(network, united, unit_part, locked=locked, around_big=around_big, count=len(first))
    return Split(parts, tuple(united.proofs), tuple(united.doubts))


def _make_parts(
    network: Network, united: _United, unit_part: Ints, *, locked: Bools, around_big: Bools, count: int
) -> tuple[Part, ...]:
    order = np.argsort(unit_part, kind="stable")
    bounds = np.searchsorted(unit_part[order], np.arange(count + 1))
    a, b = network.ends.T
    inner = np.flatnonzero(unit_part[a] == unit_part[b])
    inner = inner[np.argsort(unit_part[a[inner]], kind="stable")]
    edge_bounds = np.searchsorted(unit_part[a[inner]], np.arange(count + 1))
    border = np.ones(len(network.ends))
    if network.objective == "grid" and network.has_borders:
        border = network.border / network.border[network.border > 0].mean()
    edges = _Edges(
        ends=network.ends,
        cost=border - _WRAP * network.barrier if network.objective == "grid" else border,
        border=border,
        passable=~network.barrier & ~locked[a],
    )

    # Today's grid names belong to the part that holds most of their households.
    owner = np.full(len(network.today_names), NONE, np.int64)
    has = network.today != NONE
    if has.any():
        pairs, inverse = np.unique(np.column_stack([network.today[has], unit_part[has]]), axis=0, return_inverse=True)
        votes = np.bincount(inverse.ravel(), weights=network.households[has])
        for place in np.lexsort((-pairs[:, 1], votes)).tolist():
            owner[pairs[place, 0]] = pairs[place, 1]
        for code in network.locked:
            owner[code] = unit_part[np.flatnonzero(network.today == code)[0]]

    work_of = np.bincount(network.community - NONE, weights=network.work, minlength=len(network.community_names) + 1)
    loose = np.isin(network.group, list(united.apart)) & (network.group != NONE) & ~locked
    parts = []
    for number in range(count):
        units = order[bounds[number] : bounds[number + 1]]
        own = inner[edge_bounds[number] : edge_bounds[number + 1]]
        grids = np.flatnonzero(owner == number)
        fixed = bool(locked[units[0]] or around_big[units[0]])
        all_work = float(work_of[network.community[units[0]] - NONE])
        part = _make_part(
            network, edges, united.blob, units=units, inner=own, grids=grids, fixed=fixed, all_work=all_work
        )
        if loose[units].any() and not fixed:
            part = replace(
                part, plain=_make_part(
                    network, edges, united.touching, units=units, inner=own, grids=grids, fixed=fixed, all_work=all_work,
                    loose=loose,
                )
            )  # fmt: skip
        parts.append(part)
    return tuple(parts)


@dataclass(frozen=True)
class _Edges:
    """The edges of the network; ``cost`` is what the search pays for a cut, ``border`` what it counts."""

    ends: Ints
    cost: Floats
    border: Floats
    passable: Bools


def _make_part(
    network: Network, edges: _Edges, blob: Ints, *, units: Ints, inner: Ints, grids: Ints, fixed: bool,
    all_work: float, loose: Bools | None = None,
) -> Part:  # fmt: skip
    """A part with the nodes ``blob``; ``inner``: its edges, ``grids``: today's grids that belong to it; ``all_work``: the
    workload of its community; ``loose``: units whose group must share a grid over several nodes."""
    nodes, node = np.unique(blob[units], return_inverse=True)
    local = np.searchsorted(nodes, blob[edges.ends[inner]]).reshape(-1, 2)
    ends = np.sort(local, axis=1)
    outer = ends[:, 0] != ends[:, 1]
    keys, inverse = np.unique(np.column_stack([ends[outer], edges.passable[inner][outer]]), axis=0, return_inverse=True)
    cost, border = (totals(inverse.ravel(), of[inner][outer], len(keys)) for of in (edges.cost, edges.border))
    place = np.full(len(network.today_names) + 1, NONE, np.int64)
    place[grids] = np.arange(len(grids))
    atom = np.arange(len(nodes))
    if loose is not None:
        # The first node of a group stands for all of it.
        first: dict[int, int] = {}
        for unit, at in zip(units.tolist(), node.tolist(), strict=True):
            if loose[unit]:
                atom[at] = first.setdefault(int(network.group[unit]), at)
        _, atom = np.unique(atom, return_inverse=True)
    return Part(
        units=units,
        node=node.astype(np.int64),
        graph=make_graph(len(nodes), keys[:, :2].astype(np.int64), cost, keys[:, 2].astype(bool), border),
        households=totals(node, network.households[units], len(nodes)),
        work=totals(node, network.work[units], len(nodes)),
        today=place[_major_today(network, node, len(nodes), units)],
        today_grids=grids,
        community=int(network.community[units[0]]),
        fixed=fixed,
        atom=atom.astype(np.int64),
        work_of_all=all_work,
    )
