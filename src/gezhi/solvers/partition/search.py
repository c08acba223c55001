"""The search on one connected part: plans from METIS and from today's grids, annealed, and the best of them chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.anneal import anneal
from gezhi.solvers.partition.graph import Graph
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.start import mend, metis_plan
from gezhi.solvers.partition.task import NONE, Bools, Floats, Ints

Rows = tuple[Ints, Ints, Ints, Ints, Floats, Bools, Ints]
Rules = tuple[float, float, float, float, float, float]
Nodes = tuple[Floats, Floats, NDArray[np.int32]]

# Workload within this share of its community's mean counts as even.
EVEN_WITHIN = 0.15
# Plans whose borders are longer than the shortest by less than this share count as equally compact.
COMPACT_WITHIN = 0.05
# A household-percent out of band costs this many mean borders at first, and _STEEPER times as many in the end.
_STEEP, _STEEPER = 2.0, 20.0
# Shares of merge-splits and of chains among the moves proposed.
_MERGES, _CHAINS = 0.03, 0.3
_SEGMENTS = 8
# Nodes visited between two looks at whether to stop: below a second. In a graph that does not fit into the processor's fast
# memory each visit takes longer.
_MOST_WORK, _MOST_WORK_LARGE, _LARGE = 4_000_000, 1_500_000, 50_000
_MOST_PAIRS = 4_000_000


@dataclass(frozen=True)
class Aims:
    """What a plan is judged by: the band, and whether workload and today's grids count."""

    low: int
    high: int
    cut_edges: bool


@dataclass(frozen=True)
class Plan:
    """A plan of one part and its levels, each the smaller the better; see the package for their meaning. ``duty``: the workload
    of each grid."""

    label: Ints
    grids: int
    out_of_band: int
    excess: float
    wraps: int
    uneven: float
    length: float
    moved: float
    duty: Floats

    @property
    def keeps(self) -> bool:
        return self.out_of_band == 0


@dataclass(frozen=True)
class Effort:
    """How long to search: annealings from different starts, and moves proposed in each."""

    starts: int
    proposals: int


def effort_for(part: Part, aims: Aims) -> Effort:
    """Moves for a part of n nodes: about eight CPU seconds at n = 500 for ``cut_edges``, a tenth of that for grids."""
    n = part.graph.size
    if aims.cut_edges:
        return Effort(starts=int(np.clip(1200 // n, 3, 10)), proposals=int(np.clip(4000 * n, 20_000, 400_000)))
    return Effort(starts=2, proposals=int(np.clip(800 * n, 4_000, 120_000)) if n <= 2_000 else 60 * n)


def work_range(part: Part, grids: int) -> tuple[float, float]:
    """The workload that counts as even, for ``grids`` grids."""
    mean = part.mean_work(grids)
    return (1.0 - EVEN_WITHIN) * mean, (1.0 + EVEN_WITHIN) * mean


def uneven_work(duty: Floats, mean: float) -> float:
    """The workload of grids beyond EVEN_WITHIN of the mean of their community, in means."""
    if mean <= 0.0:
        return 0.0
    return float(np.maximum(np.abs(duty / mean - 1.0) - EVEN_WITHIN, 0.0).sum())


def least_uneven(work: float, grids: int, mean: float) -> float:
    """What ``grids`` grids with so much workload together have beyond EVEN_WITHIN of the mean at least, in means: a sum of
    deviations is no less than the deviation of the sum."""
    if mean <= 0.0:
        return 0.0
    return max(0.0, abs(work / mean - grids) - EVEN_WITHIN * grids)


def judge(part: Part, label: Ints, grids: int, aims: Aims) -> Plan:
    """The levels of a labelling, computed from scratch."""
    load = np.bincount(label, weights=part.households, minlength=grids)
    beyond = np.maximum(aims.low - load, 0.0) + np.maximum(load - aims.high, 0.0)
    ends = part.graph.ends
    cut = label[ends[:, 0]] != label[ends[:, 1]]
    duty = np.asarray(np.bincount(label, weights=part.work, minlength=grids), np.float64)
    return Plan(
        label=label.astype(np.int64),
        grids=grids,
        out_of_band=int((beyond > 0).sum()),
        excess=float(beyond.sum()),
        wraps=int((~cut & ~part.graph.open).sum()),
        # Plans that differ by less than a hundredth of a mean count as equally even.
        uneven=0.0 if aims.cut_edges else round(uneven_work(duty, part.mean_work(grids)), 2),
        length=float(part.graph.border[cut].sum()),
        moved=names_of(part, label, grids)[1] if len(part.today_grids) else 0.0,
        duty=duty,
    )


def choose(plans: list[Plan]) -> Plan:
    """The best plan by the levels; among equally compact ones that which changes least."""
    top = min((plan.out_of_band, plan.excess, plan.wraps, plan.uneven) for plan in plans)
    equal = [plan for plan in plans if (plan.out_of_band, plan.excess, plan.wraps, plan.uneven) == top]
    shortest = min(plan.length for plan in equal)
    compact = [plan for plan in equal if plan.length <= shortest * (1.0 + COMPACT_WITHIN)]
    if all(plan.moved == compact[0].moved for plan in compact):
        return min(compact, key=lambda plan: plan.length)
    return min(compact, key=lambda plan: (plan.moved, plan.length))


def names_of(part: Part, label: Ints, grids: int) -> tuple[Ints, float]:
    """Which of today's grids each new grid continues (position in ``part.today_grids``, NONE for a new one), and the
    households that change grid; matched so that these are fewest."""
    names = np.full(grids, NONE, np.int64)
    has = part.today != NONE
    if not has.any():
        return names, float(part.households.sum())
    if grids * len(part.today_grids) > _MOST_PAIRS:
        return _greedy_names(part, label, names, has)
    overlap = np.zeros((grids, len(part.today_grids)))
    np.add.at(overlap, (label[has], part.today[has]), part.households[has])
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    used = overlap[rows, columns] > 0
    names[rows[used]] = columns[used]
    return names, float(part.households.sum() - overlap[rows, columns].sum())


def _greedy_names(part: Part, label: Ints, names: Ints, has: Bools) -> tuple[Ints, float]:
    """The matching of ``names_of`` by largest overlap first, where the whole table would not fit into memory."""
    pairs, inverse = np.unique(np.column_stack([label[has], part.today[has]]), axis=0, return_inverse=True)
    shared = np.bincount(inverse.ravel(), weights=part.households[has])
    taken: set[int] = set()
    stays = 0.0
    for place in np.argsort(-shared, kind="stable").tolist():
        grid, name = pairs[place].tolist()
        if names[grid] == NONE and name not in taken:
            names[grid] = name
            taken.add(name)
            stays += float(shared[place])
    return names, float(part.households.sum()) - stays


def today_plan(part: Part, grids: int) -> Ints:
    """Today's grids, made connected; where there are too many the least populous are given up."""
    has = part.today != NONE
    load = np.bincount(part.today[has], weights=part.households[has], minlength=len(part.today_grids))
    number = np.full(len(load) + 1, NONE, np.int64)
    kept = np.argsort(-load, kind="stable")[:grids]
    number[kept] = np.arange(len(kept))
    return mend(part.graph, part.households, number[part.today], grids)


def rows_of(graph: Graph) -> Rows:
    """The graph as the compiled search takes it (``moves``)."""
    return (
        graph.starts, graph.far, graph.source, graph.edge, graph.length[graph.edge], graph.passable, graph.ends,
    )  # fmt: skip


def rules_of(part: Part, grids: int, aims: Aims) -> tuple[Rules, Nodes]:
    """``rules`` and ``nodes`` as the compiled search takes them (``moves``), with no price on changing today's grids."""
    low, high = work_range(part, grids)
    even = 0.0 if aims.cut_edges else 50.0 / max(part.mean_work(grids), 1e-9)
    today = np.full(part.graph.size, NONE, np.int32)
    return (float(aims.low), float(aims.high), even, low, high, 0.0), (part.households, part.work, today)


def anneal_plan(
    part: Part, label: Ints, grids: int, aims: Aims, *, seed: int, proposals: int, hot: float, cold: float,
    stay: float, stop: ShouldStop,
) -> Ints:  # fmt: skip
    """Anneal in segments, and these in stretches of bounded work, so that a caller who wants to stop is heard; returns
    the best labelling met.

    ``hot`` and ``cold`` are temperatures and ``stay`` is the price of moving a mean node, all in mean borders.
    """
    graph = part.graph
    percent = max(float(part.households.sum()) / grids / 100.0, 1e-9)
    (*rules, _), (*nodes, today) = rules_of(part, grids, aims)
    if stay > 0:
        names, _ = names_of(part, label, grids)
        number = np.full(len(part.today_grids) + 1, NONE, np.int32)
        number[names[names != NONE]] = np.flatnonzero(names != NONE)
        today = number[part.today]
    now, rows = label.astype(np.int32), rows_of(graph)
    stay_each = stay / max(float(part.households.mean()), 1e-9)
    best, best_key = now.copy(), (np.inf, np.inf)
    segments = _SEGMENTS if proposals >= 4_000 * _SEGMENTS else 1
    turns = proposals // segments
    work = _MOST_WORK if graph.size <= _LARGE else _MOST_WORK_LARGE
    for segment in range(segments):
        begin, end = segment / segments, (segment + 1) / segments
        heats = (hot * (cold / hot) ** begin, hot * (cold / hot) ** end)
        steeps = (_STEEP * _STEEPER**begin / percent, _STEEP * _STEEPER**end / percent)
        turn, start = 0, (seed * 1_009 + segment) % 2**31
        while turn < turns:
            found = now.copy()
            turn, *key = anneal(
                start, (turn, turns), work, heats, steeps, (_MERGES, _CHAINS),
                now, grids, rows, (*nodes, today), (*rules, stay_each), found,
            )  # fmt: skip
            start = -1
            if tuple(key) < best_key:
                best, best_key = found, tuple(key)
            if stop():
                return best.astype(np.int64)
    return best.astype(np.int64)


def plans_for(part: Part, grids: int, aims: Aims, *, seed: int, effort: Effort, stop: ShouldStop) -> Iterator[Plan]:
    """Plans of ``grids`` grids, one after another; at least one comes, whatever the caller's patience."""
    size = part.graph.size
    if grids in {1, size}:
        yield judge(part, np.arange(size) if grids == size else np.zeros(size, np.int64), grids, aims)
        return
    if len(part.today_grids):
        today = today_plan(part, grids)
        yield judge(part, today, grids, aims)
        for number, (stay, hot) in enumerate(((1.0, 0.4), (0.2, 0.8))):
            if stop():
                return
            label = anneal_plan(
                part, today, grids, aims,
                seed=seed - number - 1, proposals=effort.proposals, hot=hot, cold=0.1, stay=stay, stop=stop,
            )  # fmt: skip
            yield judge(part, label, grids, aims)
    slack = aims.high * grids / max(part.total, 1) - 1.0
    for start in range(effort.starts):
        if start and stop():
            return
        label = metis_plan(part.graph, part.households, grids, seed=seed + start, slack=slack)
        label = mend(part.graph, part.households, label, grids)
        if start == 0:
            yield judge(part, label, grids, aims)
        if stop():
            return
        label = anneal_plan(
            part, label, grids, aims,
            seed=seed + start, proposals=effort.proposals, hot=2.0, cold=0.15, stay=0.0, stop=stop,
        )  # fmt: skip
        yield judge(part, label, grids, aims)
