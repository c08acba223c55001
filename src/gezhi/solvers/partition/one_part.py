"""Solve one part: search, another number of grids where that helps, exact answers where they can be had."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.counts import Count
from gezhi.solvers.partition.dead_ends import DeadEnd, dead_ends
from gezhi.solvers.partition.exact import answer_exactly, least_cut, small_enough
from gezhi.solvers.partition.graph import make_graph
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.search import Aims, Effort, Plan, choose, effort_for, finish, judge, plans_for
from gezhi.solvers.partition.start import mend, metis_plan
from gezhi.solvers.partition.task import NONE, Ints

# Parts of more grids are searched in pieces of about _PIECE grids, and then once more as a whole.
_WHOLE, _PIECE = 64, 24
# Nodes of branch-and-bound trees: for proofs that borders are shortest, shared by all parts and not tried below
# _LEAST_PROOF each; and for one attempt to find a plan or to rule it out.
PROOF, _LEAST_PROOF, _ATTEMPT = 3_000, 300, 1_000


@dataclass(frozen=True)
class Solved:
    """The plan of a part; whether it is proven that no plan keeps the band; a proven bound of the borders (in mean
    borders, or cut edges) and where it comes from; the dead ends that rule the band out."""

    plan: Plan
    impossible: bool
    bound: float
    bound_from: str
    dead_ends: tuple[DeadEnd, ...] = ()


def solve_part(part: Part, count: Count, aims: Aims, *, seed: int, proof: int, stop: ShouldStop) -> Solved:
    """The best plan found for a part; ``proof`` is how many nodes may be spent on proving it shortest."""
    if part.fixed or part.graph.size == 1:
        label = np.zeros(part.graph.size, np.int64)
        return Solved(judge(part, label, 1, aims), count.reason is not None, 0.0, "one grid")
    if count.grids > _WHOLE:
        plan = _in_pieces(part, count, aims, seed=seed, stop=stop)
        bound = float(plan.grids - 1) if aims.cut_edges else 0.0
        return Solved(plan, count.reason is not None, bound, "connection")
    effort = effort_for(part, aims)
    plans = list(plans_for(part, count.grids, aims, seed=seed, effort=effort, stop=stop))
    if count.reason is not None:
        return Solved(choose(plans), True, 0.0, "")
    if not choose(plans).keeps:
        blocked = _dead_ends(part, choose(plans), aims)
        if choose(plans).out_of_band > len(blocked):
            plans += _try_harder(part, count, aims, seed=seed, stop=stop, effort=effort, unavoidable=len(blocked))
            blocked = _dead_ends(part, choose(plans), aims)
        if blocked:
            return Solved(choose(plans), True, 0.0, "", blocked)
    return _prove(part, count, aims, choose(plans), proof=proof, stop=stop)


def _dead_ends(part: Part, plan: Plan, aims: Aims) -> tuple[DeadEnd, ...]:
    """The dead ends near the grids that are out of band."""
    load = np.bincount(plan.label, weights=part.households, minlength=plan.grids)
    bad = ((load < aims.low) | (load > aims.high))[plan.label]
    half = part.graph.passable & bad[part.graph.source]
    suspects = np.union1d(np.flatnonzero(bad), part.graph.far[half])
    return tuple(dead_ends(part, aims.low, aims.high, suspects))


def _try_harder(
    part: Part, count: Count, aims: Aims, *, seed: int, stop: ShouldStop, effort: Effort, unavoidable: int
) -> list[Plan]:
    """More starts, and other numbers of grids, nearest first, until no more grids are out of band than must be."""
    plans: list[Plan] = []
    more = replace(effort, starts=2 * effort.starts)
    others = sorted(range(count.least, count.most + 1), key=lambda grids: (abs(grids - count.grids), grids))[:5]
    for turn, grids in enumerate(others):
        plans += plans_for(part, grids, aims, seed=seed + 101 * (turn + 1), effort=more, stop=stop)
        if choose(plans).out_of_band <= unavoidable or stop():
            break
    return plans


def _prove(part: Part, count: Count, aims: Aims, plan: Plan, *, proof: int, stop: ShouldStop) -> Solved:
    """Look for a plan exactly where none was found, and for a bound of the one that was."""
    graph = part.graph
    spectral = least_cut(graph, part.households, plan.grids, aims.low)
    if aims.cut_edges:
        spectral = float(np.ceil(spectral - 1e-9))
    best = Solved(plan, False, spectral, "the spectrum of the graph")
    if plan.grids == 1 or stop():
        return best
    if not plan.keeps:
        tried = range(count.least, count.most + 1)
        if not all(small_enough(graph.size, grids) or grids == 1 for grids in tried):
            return best
        proven = True
        for grids in tried:
            found = answer_exactly(
                graph, part.households, grids, (aims.low, aims.high),
                known=None, nodes=_ATTEMPT, stop=stop,
            )  # fmt: skip
            if found.label is not None:
                return _prove(part, count, aims, judge(part, found.label, grids, aims), proof=proof, stop=stop)
            proven = proven and found.impossible
        return replace(best, impossible=proven)
    if proof >= _LEAST_PROOF and small_enough(graph.size, plan.grids) and plan.wraps == 0:
        found = answer_exactly(
            graph, part.households, plan.grids, (aims.low, aims.high),
            known=plan.label, nodes=proof, stop=stop,
        )  # fmt: skip
        if found.label is not None:
            plan = choose([plan, judge(part, found.label, plan.grids, aims)])
        if found.bound is not None and found.bound > spectral:
            return Solved(plan, False, found.bound, "mixed-integer programming")
    return replace(best, plan=plan)


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


def _in_pieces(part: Part, count: Count, aims: Aims, *, seed: int, stop: ShouldStop) -> Plan:
    """Solve connected pieces one by one, then let the search move households between them."""
    total, wanted = part.total, count.grids
    pieces = -(-wanted // _PIECE)
    rough = metis_plan(part.graph, part.households, pieces, seed=seed, slack=0.05)
    rough = mend(part.graph, part.households, rough, pieces)
    order = np.argsort(rough, kind="stable")
    bounds = np.searchsorted(rough[order], np.arange(pieces + 1))
    local = np.empty(part.graph.size, np.int64)
    local[order] = np.arange(part.graph.size) - bounds[rough[order]]
    a, b = part.graph.ends.T
    inner = np.flatnonzero(rough[a] == rough[b])
    inner = inner[np.argsort(rough[a[inner]], kind="stable")]
    edge_bounds = np.searchsorted(rough[a[inner]], np.arange(pieces + 1))
    label = np.empty(part.graph.size, np.int64)
    used, before = 0, 0
    for number in range(pieces):
        nodes = order[bounds[number] : bounds[number + 1]]
        edges = inner[edge_bounds[number] : edge_bounds[number + 1]]
        small = _cut_out(part, nodes, local[part.graph.ends[edges]], edges)
        before += small.total
        # Shares are rounded as running sums, so that they add up to the number wanted.
        left = pieces - number - 1
        share = round(wanted * before / max(total, 1)) - used if left else wanted - used
        share = min(max(1, share), small.graph.size, wanted - used - left)
        plans = []
        for plan in plans_for(small, share, aims, seed=seed + number, effort=effort_for(small, aims), stop=stop):
            plans.append(plan)
            if stop():
                break
        label[nodes] = used + choose(plans).label
        used += share
    return finish(part, label, used, aims, seed=seed, stop=stop)
