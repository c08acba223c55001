"""From the task to the answer: take apart, count, solve the parts (in several processes if asked), judge, certify."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Event as EventType

import numpy as np

from gezhi.solvers.certificate import Certificate, Progress, ShouldStop, Status, never, silent
from gezhi.solvers.partition.certify import Solution, certify
from gezhi.solvers.partition.counts import Count, count_grids
from gezhi.solvers.partition.one_part import Budget, Solved, budget_for, search_again, solve_part
from gezhi.solvers.partition.parts import Part, grids_elsewhere, split
from gezhi.solvers.partition.report import PartitionFigures, report
from gezhi.solvers.partition.search import Aims, names_of
from gezhi.solvers.partition.spread import spread_grids
from gezhi.solvers.partition.task import NONE, Ints, Network, PartitionTask, read_network

# Parts handed to a process at once.
_BATCH = 16
# Seeds of one round of search.
_SEEDS = 1_000
# Seconds between two looks at whether to stop, while other processes work.
_LOOK_S = 0.2


@dataclass(frozen=True)
class PartitionResult:
    """``assignment``: the grid of each unit; empty where the number of grids asked for is impossible."""

    status: Status
    assignment: dict[str, str]
    figures: PartitionFigures
    certificate: Certificate


def solve_partition(
    task: PartitionTask,
    *,
    seed: int = 0,
    effort: int | None = 1,
    processes: int = 1,
    should_stop: ShouldStop = never,
    progress: Progress = silent,
) -> PartitionResult:
    """Cut the units of ``task`` into grids. Deterministic for ``seed`` (unless stopped); the order of the input does
    not matter. ``effort``: rounds of search, each from other starts and from the best plan of those before, with more work on
    the bound; None: until ``should_stop`` says so, or the plan is proven to be the best.

    Raises ``InvalidInput`` naming the field.
    """
    network = read_network(task)
    apart = split(network)
    counts, refusal = count_grids(network, apart.parts)
    if refusal is not None:
        return PartitionResult(
            Status.IMPOSSIBLE, {}, {"units": len(network.ids)},
            Certificate(f"Impossible: {refusal.message}.", reasons=(refusal,)),
        )  # fmt: skip
    aims = Aims(network.low, network.high, network.objective == "cut_edges")
    first: list[Solved] = []
    divided = sum(count.grids > 1 for count in counts)
    proof = budget_for(divided, 0)
    exactly = network.k is not None
    planned = grids_elsewhere(apart.parts, [count.grids for count in counts])
    jobs = [
        _Job(part.beside(elsewhere), count.exactly(count.grids) if exactly else count, aims, seed, proof)
        for part, count, elsewhere in zip(apart.parts, counts, planned, strict=True)
    ]
    for answer in _solve_all(jobs, processes=processes, stop=should_stop):
        first.append(answer)
        progress(len(first) / len(counts), f"{len(first)} of {len(counts)} parts")

    least, most, now = (
        grids_elsewhere(apart.parts, grids)
        for grids in (
            [count.least for count in counts], [count.most for count in counts], [answer.plan.grids for answer in first],
        )
    )  # fmt: skip

    def solve_more(asked: list[tuple[int, int]]) -> list[Solved]:
        more = []
        for place, grids in asked:
            # What this part has more, the others of its community have less, as far as they can.
            elsewhere = now[place] + first[place].plan.grids - grids
            part = apart.parts[place].beside(min(max(elsewhere, least[place]), most[place]))
            more.append(_Job(part, counts[place].exactly(grids), aims, seed, proof))
        return list(_solve_all(more, processes=processes, stop=should_stop))

    spread = spread_grids(
        apart.parts, counts, first, network.k, cut_edges=aims.cut_edges, solve=solve_more, stop=should_stop
    )
    turn = 1
    while True:
        grid, names, part_of_grid = _name(network, apart.parts, spread.solved)
        found = report(network, grid, names)
        status, certificate = certify(Solution(network, apart, counts, spread, grid, names, part_of_grid, found))
        over = status is Status.OPTIMAL or not any(answer.plan.grids > 1 for answer in spread.solved)
        if over or turn == effort or should_stop():
            break
        again = [
            _Again(part, answer, aims, seed + turn * _SEEDS, budget_for(divided, turn))
            for part, answer in spread.told()
        ]
        better = tuple(_solve_all(again, processes=processes, stop=should_stop))
        spread = spread.renewed(better)
        turn += 1
    assignment = {name: names[number] for name, number in zip(network.ids, grid.tolist(), strict=True)}
    return PartitionResult(status, assignment, found.figures, certificate)


@dataclass(frozen=True)
class _Job:
    part: Part
    count: Count
    aims: Aims
    seed: int
    proof: Budget

    def solve(self, stop: ShouldStop) -> Solved:
        return solve_part(self.part, self.count, self.aims, seed=self.seed, proof=self.proof, stop=stop)


@dataclass(frozen=True)
class _Again:
    part: Part
    found: Solved
    aims: Aims
    seed: int
    proof: Budget

    def solve(self, stop: ShouldStop) -> Solved:
        return search_again(self.part, self.found, self.aims, seed=self.seed, proof=self.proof, stop=stop)


# In a process of the pool: set when the caller wants to stop.
_ended: EventType | None = None


def _listen(ended: EventType) -> None:
    global _ended  # noqa: PLW0603  (the pool hands it over once to each process)
    _ended = ended


def _solve_batch(jobs: Sequence[_Job | _Again]) -> list[Solved]:
    return [job.solve(never if _ended is None else _ended.is_set) for job in jobs]


def _solve_all(jobs: Sequence[_Job | _Again], *, processes: int, stop: ShouldStop) -> Iterator[Solved]:
    if processes <= 1 or len(jobs) <= _BATCH:
        for job in jobs:
            yield job.solve(stop)
        return
    batches = [jobs[first : first + _BATCH] for first in range(0, len(jobs), _BATCH)]
    context = get_context("spawn")
    ended = context.Event()
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_listen, initargs=(ended,)) as pool:
        futures = [pool.submit(_solve_batch, batch) for batch in batches]
        for future in futures:
            while not wait([future], timeout=_LOOK_S).done:
                if stop():
                    ended.set()
            yield from future.result()


def _name(network: Network, parts: Sequence[Part], solved: Sequence[Solved]) -> tuple[Ints, tuple[str, ...], Ints]:
    """The grid of each unit, the names of the grids, and the part of each grid. Today's names are kept where a grid
    continues one; new ones are the community's with a number."""
    grid = np.empty(len(network.ids), np.int64)
    names: list[str] = []
    part_of_grid: list[int] = []
    taken = {*network.today_names}
    serial: dict[int, int] = {}
    for number, (part, answer) in enumerate(zip(parts, solved, strict=True)):
        label, node = answer.plan.label, answer.view.node
        # Grids of a part are numbered by their first unit.
        first = np.full(answer.plan.grids, len(network.ids), np.int64)
        np.minimum.at(first, label[node], np.arange(len(node)))
        rank = np.empty(answer.plan.grids, np.int64)
        rank[np.argsort(first)] = np.arange(answer.plan.grids)
        label = rank[label]
        kept = np.full(answer.plan.grids, NONE)
        if len(part.today_grids):
            kept, _ = names_of(answer.view, label, answer.plan.grids)
        prefix = "" if part.community == NONE else f"{network.community_names[part.community]}-"
        grid[part.units] = len(names) + label[node]
        for position in kept.tolist():
            if position != NONE:
                names.append(network.today_names[part.today_grids[position]])
            else:
                names.append(_new_name(prefix, serial, part.community, taken))
            part_of_grid.append(number)
    return grid, tuple(names), np.array(part_of_grid, dtype=np.int64)


def _new_name(prefix: str, serial: dict[int, int], community: int, taken: set[str]) -> str:
    while True:
        serial[community] = serial.get(community, 0) + 1
        name = f"{prefix}{serial[community]:03}"
        if name not in taken:
            taken.add(name)
            return name
