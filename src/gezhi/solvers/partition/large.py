"""Parts of very many grids: a plan in seconds, then better and better ones, so that the caller may stop at any time.

METIS cuts the part into pieces of some 24 grids, random trees cut these (``quick_cuts``), grids out of band are mended.
Then the whole and clusters of grids (``clusters``) are annealed in turn.
"""

from __future__ import annotations

import numpy as np

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.clusters import anneal_clusters
from gezhi.solvers.partition.graph import totals
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.quick_cuts import cut_by_trees, mend_bands
from gezhi.solvers.partition.search import Aims, Plan, anneal_plan, choose, judge, rows_of, rules_of, today_plan
from gezhi.solvers.partition.start import mend, metis_plan
from gezhi.solvers.partition.task import NONE, Floats, Ints

# Pieces that trees cut: grids, and nodes at most.
_PIECE, _PIECE_NODES = 24, 1_000
# Annealings, one from the plan of the other: in clusters or of the whole, moves proposed for each node, temperature at the
# start in mean borders. A pass of the whole evens the workload, which a cluster can do in itself alone.
_STAGES = (
    (anneal_plan, 5, 0.15),
    (anneal_clusters, 100, 1.0),
    (anneal_plan, 5, 0.15),
    (anneal_clusters, 200, 1.0),
    (anneal_clusters, 200, 1.0),
    (anneal_plan, 60, 0.4),
)
_COLD = 0.1
# Mending: passes in all and before anybody is heard, rounds over the bad grids in each, moves proposed at each grid,
# temperature, mean borders for a household-percent, and nodes visited in a pass.
_PASSES, _AT_LEAST, _ROUNDS, _TRIES = 10, 4, 4, 20
_HEAT, _STEEP, _MOST_MENDING = 0.5, 20.0, 4_000_000


def solve_large(part: Part, grids: int, aims: Aims, *, seed: int, stop: ShouldStop) -> Plan:
    """The best plan of ``grids`` grids until all stages are done or ``stop`` says so; the first needs no patience."""
    plans = []
    # Where today's grids are far fewer than wanted hardly one of them can stay.
    if 2 * len(part.today_grids) >= grids:
        plans.append(judge(part, _from_today(part, grids, aims, seed=seed, stop=stop), grids, aims))
    if not plans or not stop():
        plans.append(judge(part, _quick_plan(part, grids, aims, seed=seed, stop=stop), grids, aims))
    best = choose(plans)
    stay = 1.0 if best.moved < 0.5 * part.total and len(part.today_grids) else 0.0
    label = best.label
    for number, (anneal, turns, hot) in enumerate(_STAGES):
        if stop():
            break
        label = anneal(
            part, label, grids, aims,
            seed=seed + number, proposals=turns * part.graph.size,
            hot=min(hot, 0.4) if stay else hot, cold=_COLD, stay=stay, stop=stop,
        )  # fmt: skip
        label = _mended(part, label, grids, aims, seed=seed, stop=stop)
        best = choose([best, judge(part, label, grids, aims)])
    return best


def _shares(load: Floats, size: Ints, wanted: int) -> Ints:
    """Whole numbers of grids for pieces, near their part of the households, at least 1 and at most their nodes each."""
    if not load.sum():
        load = size.astype(np.float64)
    ideal = wanted * load / load.sum()
    share: Ints = np.clip(np.rint(ideal), 1, size).astype(np.int64)
    while (left := wanted - int(share.sum())) != 0:
        step = 1 if left > 0 else -1
        may = np.flatnonzero(share < size) if left > 0 else np.flatnonzero(share > 1)
        order = may[np.argsort(step * (share[may] - ideal[may]), kind="stable")]
        share[order[: abs(left)]] += step
    return share


def _cut(part: Part, piece: Ints, share: Ints, aims: Aims, *, seed: int) -> Ints:
    """Cut connected pieces into their shares of grids."""
    label = piece.astype(np.int32)
    first = np.full(len(share), part.graph.size, np.int64)
    np.minimum.at(first, piece, np.arange(part.graph.size))
    rules, nodes = rules_of(part, int(share.sum()), aims)
    cut_by_trees(seed % 2**31, first, share, label, rows_of(part.graph), nodes, rules)
    return np.asarray(label, dtype=np.int64)


def _mended(part: Part, label: Ints, grids: int, aims: Aims, *, seed: int, stop: ShouldStop) -> Ints:
    """A plan with the grids out of band mended, as far as ``stop`` leaves the time."""
    now = label.astype(np.int32)
    rules, nodes = rules_of(part, grids, aims)
    percent = max(part.total / grids / 100.0, 1e-9)
    rows = rows_of(part.graph)
    for turn in range(_PASSES):
        start = (seed * 1_009 + turn) % 2**31
        bad = mend_bands(start, _ROUNDS, _TRIES, _MOST_MENDING, _HEAT, _STEEP / percent, now, grids, rows, nodes, rules)
        # The first passes take little time and are worth the most.
        if not bad or (turn + 1 >= _AT_LEAST and stop()):
            break
    return now.astype(np.int64)


def _quick_plan(part: Part, grids: int, aims: Aims, *, seed: int, stop: ShouldStop) -> Ints:
    count = min(grids, max(-(-grids // _PIECE), -(-part.graph.size // _PIECE_NODES)))
    piece = metis_plan(part.graph, part.households, count, seed=seed, slack=0.05)
    piece = mend(part.graph, part.households, piece, count)
    if count < grids:
        share = _shares(totals(piece, part.households, count), np.bincount(piece, minlength=count), grids)
        piece = _cut(part, piece, share, aims, seed=seed)
    return _mended(part, piece, grids, aims, seed=seed, stop=stop)


def _from_today(part: Part, grids: int, aims: Aims, *, seed: int, stop: ShouldStop) -> Ints:
    """Today's grids, where they are fewer than wanted the populous ones cut up."""
    used = np.unique(part.today[part.today != NONE])
    if len(used) >= grids:
        return _mended(part, today_plan(part, grids), grids, aims, seed=seed, stop=stop)
    number = np.full(len(part.today_grids) + 1, NONE, np.int64)
    number[used] = np.arange(len(used))
    piece = mend(part.graph, part.households, number[part.today], max(len(used), 1))
    count = int(piece.max()) + 1
    share = _shares(totals(piece, part.households, count), np.bincount(piece, minlength=count), grids)
    return _mended(part, _cut(part, piece, share, aims, seed=seed), grids, aims, seed=seed, stop=stop)
