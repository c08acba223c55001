"""How many grids each part gets, once more: what another spread of the same number over the parts would be worth.

The number of grids is first spread by households alone. A part may then have no plan with its number while another spread
has one, or a shorter one. For each part and number of grids it is known, or not yet, whether a plan was found, how long its
borders are, that there is none, or a bound. The best spread of what was found, the least bound of any spread, and whether
any spread is left at all are each a dynamic program over (parts so far, grids so far). Few and small numbers are all tried,
so that the bound speaks of every spread; else those that promise most, within a budget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.counts import Count
from gezhi.solvers.partition.one_part import Solved
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.task import Floats

# Nodes × grids of all numbers that are not tried yet, below which they all are.
_ALL = 1_500
# Rounds of trying what promises most, and nodes of a city in which shorter borders are looked for so.
_ROUNDS, _MOST_NODES = 6, 2_000
# Parts × grids of a dynamic program over all numbers.
_MOST_STATES = 2_000_000

# Solves parts (by position) for numbers of grids.
SolveMore = Callable[[list[tuple[int, int]]], list[Solved]]


@dataclass(frozen=True)
class Spread:
    """The plan of each part; that no spread has one (proven); a bound of the sum of the borders of every plan with as many grids
    in all, 0 where nothing is known, and where it comes from."""

    solved: tuple[Solved, ...]
    impossible: bool
    bound: float
    bound_from: tuple[str, ...]
    table: _Table

    def renewed(self, better: tuple[Solved, ...]) -> Spread:
        """The same spread with better plans and bounds of its parts."""
        self.table.learn([(place, answer.plan.grids) for place, answer in enumerate(better)], list(better))
        return _spread(self.table, better)


def spread_grids(
    parts: Sequence[Part],
    counts: Sequence[Count],
    first: Sequence[Solved],
    wanted: int | None,
    *,
    cut_edges: bool,
    solve: SolveMore,
    stop: ShouldStop,
) -> Spread:
    """The best spread that is found. ``first``: the parts solved for the first spread; ``wanted``: the number of grids that was
    asked for, None where those of ``first`` were chosen."""
    table = _Table(parts, counts, first, free=wanted is None, cut_edges=cut_edges)
    total = sum(answer.plan.grids for answer in first)
    if wanted is not None and total != wanted:
        raise ValueError(f"the parts have {total} grids, not {wanted}")
    nodes = sum(part.graph.size for part in parts)
    if table.open_to_choice and not stop() and not table.hopeless:
        rest = table.untried()
        if sum(parts[place].as_it_is.graph.size * grids for place, grids in rest) <= _ALL:
            table.learn(rest, solve(rest))
        else:
            budget = nodes
            for _ in range(_ROUNDS):
                if stop() or budget <= 0 or (table.chosen(total)[1] and nodes > _MOST_NODES):
                    break
                more = table.promising(total)
                if not more:
                    break
                budget -= sum(parts[place].graph.size for place, _ in more)
                table.learn(more, solve(more))
    return _spread(table, table.chosen(total)[0])


def _spread(table: _Table, solved: tuple[Solved, ...]) -> Spread:
    bound = table.bound(sum(answer.plan.grids for answer in solved))
    if bound is None:
        return Spread(solved, True, 0.0, (), table)
    sources = {answer.bound_from for answer in solved} - {"", "one grid"}
    return Spread(solved, table.hopeless, bound, tuple(sorted(sources)), table)


# Grids that break a rule, households out of band, pairs across a barrier, uneven workload, borders.
_Key = tuple[int, float, int, float, float]


class _Table:
    """What is known of each part and number of grids."""

    def __init__(
        self, parts: Sequence[Part], counts: Sequence[Count], first: Sequence[Solved], *, free: bool, cut_edges: bool
    ) -> None:
        self._parts, self._counts, self._cut_edges = parts, counts, cut_edges
        self._known: list[dict[int, Solved]] = [{answer.plan.grids: answer} for answer in first]
        # No number of grids of some part keeps the band.
        self.hopeless = any(
            count.reason is not None
            or bool(answer.dead_ends)
            or (answer.impossible and (free or count.least == count.most))
            for count, answer in zip(counts, first, strict=True)
        )

    def _numbers(self, place: int) -> range:
        return range(self._counts[place].least, self._counts[place].most + 1)

    @property
    def open_to_choice(self) -> bool:
        """Whether two parts at least could have another number."""
        return sum(count.least < count.most for count in self._counts) >= 2

    def untried(self) -> list[tuple[int, int]]:
        """Every part and number of grids that is not known."""
        return [
            (place, grids)
            for place, known in enumerate(self._known)
            for grids in self._numbers(place)
            if grids not in known
        ]

    def learn(self, asked: list[tuple[int, int]], answers: list[Solved]) -> None:
        """Take in what was tried."""
        for (place, grids), answer in zip(asked, answers, strict=True):
            self._known[place][grids] = answer

    def _least(self, place: int, grids: int) -> float:
        """A bound of the borders of a part with so many grids; infinite where there is no plan."""
        answer = self._known[place].get(grids)
        if answer is not None and answer.impossible and not answer.keeps:
            return np.inf
        if answer is not None and answer.bound > 0:
            return answer.bound
        if self._cut_edges:
            return float(grids - 1)
        graph = self._parts[place].as_it_is.graph
        return float(np.sort(graph.border[graph.open])[: grids - 1].sum())

    def bound(self, total: int) -> float | None:
        """The least sum of bounds of any spread; None where every spread holds a number without a plan."""
        lows = [
            np.array([self._least(place, grids) for grids in self._numbers(place)]) for place in range(len(self._parts))
        ]
        width = sum(len(low) - 1 for low in lows) + 1
        if width * len(lows) > _MOST_STATES:
            least = float(sum(low.min() for low in lows))
            return least if np.isfinite(least) else None
        sums = np.zeros(1)
        for low in lows:
            sums = _added(sums, low)
        at = total - sum(count.least for count in self._counts)
        return float(sums[at]) if np.isfinite(sums[at]) else None

    def chosen(self, total: int) -> tuple[tuple[Solved, ...], bool]:
        """The best plans of the parts among what is known, with ``total`` grids in all, and whether they keep every rule."""
        states: dict[int, tuple[_Key, tuple[Solved, ...]]] = {0: ((0, 0.0, 0, 0.0, 0.0), ())}
        for known in self._known:
            following: dict[int, tuple[_Key, tuple[Solved, ...]]] = {}
            for grids, answer in known.items():
                plan = answer.plan
                broken = plan.out_of_band + (plan.out_of_band == 0 and not answer.keeps)
                for so_far, (key, plans) in states.items():
                    new = (
                        key[0] + broken, key[1] + plan.excess, key[2] + plan.wraps, key[3] + plan.uneven, key[4] + plan.length,
                    )  # fmt: skip
                    old = following.get(so_far + grids)
                    if old is None or new < old[0]:
                        following[so_far + grids] = (new, (*plans, answer))
            states = following
        key, plans = states[total]
        return plans, key[0] == 0

    def promising(self, total: int) -> list[tuple[int, int]]:
        """What of the spread that promises most is not tried yet; nothing where that is the one at hand."""
        hopes = []
        for place in range(len(self._parts)):
            hopes.append(np.array([self._hope(place, grids) for grids in self._numbers(place)]))
        if sum(len(hope) for hope in hopes) * len(hopes) > _MOST_STATES:
            return []
        layers = [np.zeros(1)]
        for hope in hopes:
            layers.append(_added(layers[-1], hope))
        at = total - sum(count.least for count in self._counts)
        found = []
        for place in reversed(range(len(hopes))):
            before = layers[place]
            steps = np.arange(max(0, at - len(before) + 1), min(len(hopes[place]) - 1, at) + 1)
            step = int(steps[np.argmin(before[at - steps] + hopes[place][steps])])
            grids = self._counts[place].least + step
            if grids not in self._known[place]:
                found.append((place, grids))
            at -= step
        return found

    def _hope(self, place: int, grids: int) -> float:
        """What the borders of a part might be; a plan that breaks a rule costs more than any border."""
        known = self._known[place]
        answer = known.get(grids)
        everything = float(self._parts[place].graph.border.sum()) + 1.0
        if answer is not None:
            return answer.plan.length if answer.keeps else 10.0 * everything
        kept = [other for other in known.values() if other.keeps and other.plan.grids > 1]
        if not kept:
            return everything if grids > 1 else 0.0
        near = min(kept, key=lambda other: abs(other.plan.grids - grids))
        return near.plan.length * (grids - 1) / (near.plan.grids - 1)


def _added(sums: Floats, low: Floats) -> Floats:
    """The least sums after one more part."""
    found = np.full(len(sums) + len(low) - 1, np.inf)
    for step, value in enumerate(low.tolist()):
        window = found[step : step + len(sums)]
        np.minimum(window, sums + value, out=window)
    return found
