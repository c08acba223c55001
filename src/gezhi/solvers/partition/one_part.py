"""Solve one part: search, another number of grids where that helps, exact answers where they can be had.

The search works on the part with its heuristic joints; what is claimed of all plans is proven on the part as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.counts import Count
from gezhi.solvers.partition.dead_ends import DeadEnd, dead_ends
from gezhi.solvers.partition.exact import answer_exactly, least_cut, rounded_up, small_enough
from gezhi.solvers.partition.graph import pieces
from gezhi.solvers.partition.large import solve_large
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.relaxation import relax
from gezhi.solvers.partition.search import Aims, Effort, Plan, anneal_plan, choose, effort_for, judge, plans_for

# Parts of more grids than this are searched as a whole from a quick plan.
_WHOLE = 64
# Nodes of branch-and-bound trees: for proofs that borders are shortest, shared by all parts and not tried below
# _LEAST_PROOF each; and for one attempt to find a plan or to rule it out.
PROOF, _LEAST_PROOF, _ATTEMPT = 3_000, 300, 1_000
# Work on a relaxation (``relax``), shared by all parts: in the first round of search, about half a second; in the second,
# about as long as a search of some hundred nodes takes, and twice as much in each one after it.
_RELAXING, _RELAXING_ON, _MOST_DOUBLINGS = 1e9, 3e10, 20
# Numbers of grids that are tried where none is kept; nodes up to which quick plans of each are looked at, and how many.
_NUMBERS, _GLANCED, _GLANCES = 5, 2_000, 4
# Temperature, in mean borders, at which a plan at hand is annealed anew.
_AGAIN_HOT = 0.8


@dataclass(frozen=True)
class Budget:
    """What may be spent on proofs for one part: ``nodes`` of branch-and-bound trees, and ``work`` on the relaxation."""

    nodes: int
    work: float


def budget_for(parts: int, turn: int) -> Budget:
    """The share of each of ``parts`` parts in a round of search; the first is 0."""
    work = _RELAXING if turn == 0 else _RELAXING_ON * 2.0 ** min(turn - 1, _MOST_DOUBLINGS)
    return Budget(PROOF // max(1, parts), work / max(1, parts))


@dataclass(frozen=True)
class Solved:
    """The plan of a part, on the nodes of ``view``; whether it keeps every hard rule; whether it is proven that no plan of so
    many grids does; a proven bound of the borders (in mean borders, or cut edges) of all that do, and where it comes from;
    the dead ends that rule the band out; whether more work would raise the bound."""

    plan: Plan
    view: Part
    keeps: bool
    impossible: bool
    bound: float
    bound_from: str
    dead_ends: tuple[DeadEnd, ...] = ()
    may_rise: bool = False


def solve_part(part: Part, count: Count, aims: Aims, *, seed: int, proof: Budget, stop: ShouldStop) -> Solved:
    """The best plan found for a part; ``proof`` is what may be spent on proving it shortest."""
    if part.fixed or part.as_it_is.graph.size == 1:
        label = np.zeros(part.graph.size, np.int64)
        plan = judge(part, label, 1, aims)
        return Solved(plan, part, plan.keeps, count.reason is not None, 0.0, "one grid")
    view = part if count.grids <= part.graph.size else part.as_it_is
    if count.grids > _WHOLE or stop():
        return _solve_large(view, part, count, aims, seed=seed, stop=stop)
    effort = effort_for(view, aims)
    plans = list(plans_for(view, count.grids, aims, seed=seed, effort=effort, stop=stop))
    if count.reason is not None:
        return _solved(view, part, choose(plans), impossible=True)
    if not choose(plans).keeps:
        blocked = _dead_ends(part, aims)
        if choose(plans).out_of_band > len(blocked) and not stop():
            plans += _try_harder(view, count, aims, seed=seed, stop=stop, effort=effort, unavoidable=len(blocked))
        if choose(plans).out_of_band > len(blocked) and stop():
            plans += _glance(view, count, aims, seed=seed)
        if blocked and not choose(plans).keeps:
            return replace(_solved(view, part, choose(plans), impossible=True), dead_ends=blocked)
    return _prove(part, count, aims, _solved(view, part, choose(plans)), proof=proof, stop=stop)


def search_again(part: Part, found: Solved, aims: Aims, *, seed: int, proof: Budget, stop: ShouldStop) -> Solved:
    """Another round of the search, with as many grids: from new starts, and from the plan at hand. What was proven stays, and
    the bound is raised with more work."""
    better = _searched(part, found, aims, seed=seed, stop=stop)
    if not better.keeps or not better.may_rise or stop():
        return better
    return _lifted(part, better, aims, work=proof.work, stop=stop)


def _searched(part: Part, found: Solved, aims: Aims, *, seed: int, stop: ShouldStop) -> Solved:
    view, grids = found.view, found.plan.grids
    if grids == 1 or part.fixed or grids > view.graph.size or stop():
        return found
    if grids > _WHOLE:
        plans = [solve_large(view, grids, aims, seed=seed, stop=stop)]
    else:
        effort = effort_for(view, aims)
        label = anneal_plan(
            view, found.plan.label, grids, aims,
            seed=seed, proposals=2 * effort.proposals, hot=_AGAIN_HOT, cold=0.15, stay=0.0, stop=stop,
        )  # fmt: skip
        plans = [judge(view, label, grids, aims)]
        plans += plans_for(view, grids, aims, seed=seed, effort=effort, stop=stop)
    others = [_solved(view, part, plan) for plan in plans]
    kept = [other for other in others if other.keeps or not found.keeps]
    best = choose([found.plan, *(other.plan for other in kept)])
    if best is found.plan:
        return found
    return replace(found, plan=best, keeps=next(other.keeps for other in kept if other.plan is best))


def _solve_large(view: Part, part: Part, count: Count, aims: Aims, *, seed: int, stop: ShouldStop) -> Solved:
    plan = solve_large(view, count.grids, aims, seed=seed, stop=stop)
    if not plan.keeps and stop():
        plan = choose([plan, *_glance(view, count, aims, seed=seed)])
    blocked = () if plan.keeps or count.reason is not None else _dead_ends(part, aims)
    found = _solved(view, part, plan, impossible=count.reason is not None or bool(blocked))
    return replace(found, bound=_by_connection(plan.grids, aims), bound_from="connection", dead_ends=blocked)


def _by_connection(grids: int, aims: Aims) -> float:
    """Grids of a connected part are joined by at least one pair of neighbours less than there are grids."""
    return float(grids - 1) if aims.cut_edges else 0.0


def _solved(view: Part, part: Part, plan: Plan, *, impossible: bool = False) -> Solved:
    """A plan on a view of the part, judged by every hard rule on the part as it is; no bound."""
    return Solved(plan, view, plan.keeps and _is_whole(view, part.as_it_is, plan.label), impossible, 0.0, "")


def _is_whole(view: Part, plain: Part, label: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> bool:
    """Whether every grid is connected, and nodes that must share one do."""
    on_plain = np.empty(plain.graph.size, np.int64)
    on_plain[plain.node] = label[view.node]
    first = np.empty(plain.most_grids, np.int64)
    first[plain.atom] = on_plain
    count, _ = pieces(plain.graph.size, plain.graph.ends, plain.graph.open, on_plain)
    return bool((first[plain.atom] == on_plain).all()) and count == len(np.unique(label))


def _dead_ends(part: Part, aims: Aims) -> tuple[DeadEnd, ...]:
    return tuple(dead_ends(part.as_it_is, aims.low, aims.high))


def _try_harder(
    part: Part, count: Count, aims: Aims, *, seed: int, stop: ShouldStop, effort: Effort, unavoidable: int
) -> list[Plan]:
    """More starts, and other numbers of grids, nearest first, until no more grids are out of band than must be."""
    plans: list[Plan] = []
    more = replace(effort, starts=2 * effort.starts)
    for turn, grids in enumerate(_others(part, count)):
        plans += plans_for(part, grids, aims, seed=seed + 101 * (turn + 1), effort=more, stop=stop)
        if choose(plans).out_of_band <= unavoidable or stop():
            break
    return plans


def _glance(part: Part, count: Count, aims: Aims, *, seed: int) -> list[Plan]:
    """Quick plans of other numbers of grids, nearest first, until one keeps the band: for who has no time left."""
    plans: list[Plan] = []
    if part.graph.size > _GLANCED:
        return plans
    for grids in _others(part, count):
        for turn in range(_GLANCES):
            plans += plans_for(part, grids, aims, seed=seed + turn, effort=Effort(1, 0), stop=lambda: True)
            if plans[-1].keeps:
                return plans
    return plans


def _others(part: Part, count: Count) -> list[int]:
    """The numbers of grids worth trying, nearest first."""
    possible = range(count.least, min(count.most, part.graph.size) + 1)
    return sorted(possible, key=lambda grids: (abs(grids - count.grids), grids))[:_NUMBERS]


def _prove(part: Part, count: Count, aims: Aims, found: Solved, *, proof: Budget, stop: ShouldStop) -> Solved:
    """Look for a plan exactly where none was found, and for a bound of the one that was."""
    plain, plan = part.as_it_is, found.plan
    graph, band = plain.graph, (aims.low, aims.high)
    if stop():
        return replace(found, bound=_by_connection(plan.grids, aims), bound_from="connection")
    spectral = least_cut(graph, plain.households, plan.grids, aims.low)
    if aims.cut_edges:
        spectral = float(np.ceil(spectral - 1e-9))
    best = replace(found, bound=spectral, bound_from="the spectrum of the graph")
    if not found.keeps:
        return _find_exactly(part, count, aims, best, proof=proof, stop=stop)
    if plan.grids == 1 or stop():
        return best
    if proof.nodes >= _LEAST_PROOF and small_enough(plain.most_grids, plan.grids):
        answer = answer_exactly(
            graph, plain.atom, plain.households, plan.grids, band, known=plan.length, nodes=proof.nodes, stop=stop
        )
        if answer.label is not None:
            other = _solved(plain, part, judge(plain, answer.label, plan.grids, aims))
            if choose([plan, other.plan]) is other.plan:
                best = replace(other, bound=best.bound, bound_from=best.bound_from)
        if answer.bound is not None and answer.bound > spectral:
            best = replace(best, bound=answer.bound, bound_from="mixed-integer programming")
    return _lifted(part, best, aims, work=proof.work, stop=stop)


def _lifted(part: Part, found: Solved, aims: Aims, *, work: float, stop: ShouldStop) -> Solved:
    """With the bound of the relaxation, where that is higher."""
    plain, plan = part.as_it_is, found.plan
    if found.bound >= plan.length * (1.0 - 1e-9) or stop():
        return found
    answer = relax(
        plain.graph, plain.atom, plain.households, plan.grids, (aims.low, aims.high),
        known=plan.length, work=work, stop=stop,
    )  # fmt: skip
    bound = rounded_up(answer.bound, plain.graph)
    if bound > found.bound:
        found = replace(found, bound=bound, bound_from="a semidefinite relaxation")
    return replace(found, may_rise=not answer.over)


def _find_exactly(part: Part, count: Count, aims: Aims, best: Solved, *, proof: Budget, stop: ShouldStop) -> Solved:
    """A plan of any number of grids that the count allows, or the proof that there is none, for small parts."""
    plain = part.as_it_is
    tried = sorted(range(count.least, count.most + 1), key=lambda grids: (abs(grids - count.grids), grids))
    if stop() or not all(small_enough(plain.most_grids, grids) or grids == 1 for grids in tried):
        return best
    proven = True
    for grids in tried:
        answer = answer_exactly(
            plain.graph, plain.atom, plain.households, grids, (aims.low, aims.high),
            known=None, nodes=_ATTEMPT, stop=stop,
        )  # fmt: skip
        if answer.label is not None:
            found = _solved(plain, part, judge(plain, answer.label, grids, aims))
            return _prove(part, count, aims, found, proof=proof, stop=stop)
        proven = proven and answer.impossible
    return replace(best, impossible=proven)
