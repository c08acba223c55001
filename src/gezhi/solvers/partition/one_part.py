"""Solve one part: search, another number of grids where that helps, exact answers where they can be had."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.counts import Count
from gezhi.solvers.partition.dead_ends import DeadEnd, dead_ends
from gezhi.solvers.partition.exact import answer_exactly, least_cut, small_enough
from gezhi.solvers.partition.large import solve_large
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.search import Aims, Effort, Plan, choose, effort_for, judge, plans_for

# Parts of more grids than this are searched as a whole from a quick plan.
_WHOLE = 64
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
    if count.grids > _WHOLE or stop():
        plan = solve_large(part, count.grids, aims, seed=seed, stop=stop)
        blocked = () if plan.keeps or count.reason is not None else _dead_ends(part, aims)
        bound = float(plan.grids - 1) if aims.cut_edges else 0.0
        return Solved(plan, count.reason is not None or bool(blocked), bound, "connection", blocked)
    effort = effort_for(part, aims)
    plans = list(plans_for(part, count.grids, aims, seed=seed, effort=effort, stop=stop))
    if count.reason is not None:
        return Solved(choose(plans), True, 0.0, "")
    if not choose(plans).keeps:
        blocked = _dead_ends(part, aims)
        if choose(plans).out_of_band > len(blocked) and not stop():
            plans += _try_harder(part, count, aims, seed=seed, stop=stop, effort=effort, unavoidable=len(blocked))
        if blocked and not choose(plans).keeps:
            return Solved(choose(plans), True, 0.0, "", blocked)
    return _prove(part, count, aims, choose(plans), proof=proof, stop=stop)


def _dead_ends(part: Part, aims: Aims) -> tuple[DeadEnd, ...]:
    return tuple(dead_ends(part, aims.low, aims.high))


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
    if stop():
        return Solved(plan, False, float(plan.grids - 1) if aims.cut_edges else 0.0, "connection")
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
