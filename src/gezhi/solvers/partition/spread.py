"""How many grids each part gets, once more: what another spread of the same number over the parts would be worth.

The number of grids is first spread by households alone. A part may then have no plan with its number while another
spread has one, or a shorter one. For each part and number of grids it is known, or not yet, whether a plan was found,
how long its borders are, that there is none, or a bound. The best spread of what was found, the least bound of any
spread, and whether any spread is left at all are each a dynamic program over (parts so far, grids so far). Whether
workload is even is told by the mean of the community, which hangs on the grids of all its parts: the best spread is
found community by community, for each number of grids of each. Few and small numbers are all tried, so that the bound
speaks of every spread; else those that promise most, within a budget.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.counts import Count
from gezhi.solvers.partition.one_part import Solved
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.search import least_uneven, uneven_work
from gezhi.solvers.partition.task import Floats

# Nodes × grids of all numbers that are not tried yet, below which they all are.
_ALL = 1_500
# Rounds of trying what promises most, and nodes of a city in which shorter borders are looked for so.
_ROUNDS, _MOST_NODES = 6, 2_000
# Parts × grids of a dynamic program over all numbers.
_MOST_STATES = 2_000_000
# A plan that breaks a rule, in borders of the whole city.
_BROKEN = 1_000.0

T = TypeVar("T")

# Solves parts (by position) for numbers of grids.
SolveMore = Callable[[list[tuple[int, int]]], list[Solved]]


@dataclass(frozen=True)
class Spread:
    """The plan of each part; that no spread has one (proven); a bound of the sum of the borders of every plan with as many grids
    in all, 0 where nothing is known, and where it comes from; a bound of the workload beyond what is even."""

    solved: tuple[Solved, ...]
    impossible: bool
    bound: float
    bound_from: tuple[str, ...]
    least_uneven: float
    table: _Table

    def told(self) -> list[tuple[Part, Solved]]:
        """Each part and its plan, told how many grids the rest of the community has."""
        return self.table.told(self.solved)

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
    total = sum(answer.plan.grids for answer in solved)
    bound, uneven = table.bound(total), table.least_uneven(total)
    if bound is None:
        return Spread(solved, True, 0.0, (), uneven, table)
    sources = {answer.bound_from for answer in solved} - {"", "one grid"}
    solved = tuple(answer for _, answer in table.told(solved))
    return Spread(solved, table.hopeless, bound, tuple(sorted(sources)), uneven, table)


# Grids that break a rule, households out of band, pairs across a barrier, uneven workload, borders.
_Key = tuple[int, float, int, float, float]


@dataclass(frozen=True, slots=True)
class _Town:
    """The parts of one community, by position, and its workload."""

    places: tuple[int, ...]
    work: float


@dataclass(frozen=True, slots=True)
class _Choice(Generic[T]):
    """What was chosen last, and before it."""

    last: T
    before: _Choice[T] | None

    def all(self) -> Iterator[T]:
        """What was chosen, the last first."""
        choice: _Choice[T] | None = self
        while choice is not None:
            yield choice.last
            choice = choice.before


# One way to get so many grids.
_Option = tuple[int, _Key, T]


def _best(layers: Iterable[list[_Option[T]]]) -> dict[int, tuple[_Key, _Choice[T] | None]]:
    """For each number of grids in all the best choice of one option of each layer."""
    states: dict[int, tuple[_Key, _Choice[T] | None]] = {0: ((0, 0.0, 0, 0.0, 0.0), None)}
    for options in layers:
        following: dict[int, tuple[_Key, _Choice[T] | None]] = {}
        for grids, key, value in options:
            for so_far, (sums, choice) in states.items():
                new = (
                    sums[0] + key[0], sums[1] + key[1], sums[2] + key[2], round(sums[3] + key[3], 2), sums[4] + key[4],
                )  # fmt: skip
                old = following.get(so_far + grids)
                if old is None or new < old[0]:
                    following[so_far + grids] = (new, _Choice(value, choice))
        states = following
    return states


class _Table:
    """What is known of each part and number of grids."""

    def __init__(
        self, parts: Sequence[Part], counts: Sequence[Count], first: Sequence[Solved], *, free: bool, cut_edges: bool
    ) -> None:
        self._parts, self._counts, self._cut_edges = parts, counts, cut_edges
        self._known: list[dict[int, Solved]] = [{answer.plan.grids: answer} for answer in first]
        self._first = [answer.plan.grids for answer in first]
        places = defaultdict(list)
        for place, part in enumerate(parts):
            places[part.community].append(place)
        self._towns = [_Town(tuple(inside), parts[inside[0]].work_of_all) for inside in places.values()]
        self._everything = float(sum(part.graph.border.sum() for part in parts)) + 1.0
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

    def least_uneven(self, total: int) -> float:
        """A bound of the workload beyond what is even, in means, of every plan with ``total`` grids. Nothing is claimed of a
        community that could have another number of grids."""
        if self._cut_edges:
            return 0.0
        whole = 0.0
        for town in self._towns:
            counts = [self._counts[place] for place in town.places]
            least, most = sum(count.least for count in counts), sum(count.most for count in counts)
            grids = total if len(self._towns) == 1 else least
            if (least < most and len(self._towns) > 1) or (most - least + len(counts)) * len(counts) > _MOST_STATES:
                continue
            sums = np.zeros(1)
            for place in town.places:
                work, numbers = float(self._parts[place].work.sum()), self._numbers(place)
                lows = [least_uneven(work, number, town.work / grids) for number in numbers]
                sums = _added(sums, np.array(lows))
            whole += float(sums[grids - least])
        return whole

    def chosen(self, total: int) -> tuple[tuple[Solved, ...], bool]:
        """The best plans of the parts among what is known, with ``total`` grids in all, and whether they keep every rule."""
        key, choice = _best([self._options(town, total) for town in self._towns])[total]
        found = {} if choice is None else {place: answer for town in choice.all() for place, answer in town.all()}
        return tuple(found[place] for place in range(len(self._parts))), key[0] == 0

    def _options(self, town: _Town, total: int) -> list[_Option[_Choice[tuple[int, Solved]]]]:
        """For each number of grids that a community can have the best plans of its parts."""
        known = [self._known[place] for place in town.places]
        least, most = (sum(pick(plans) for plans in known) for pick in (min, max))
        if len(self._towns) == 1:
            numbers = [total]
        elif (most - least + 1) ** 2 * sum(len(plans) for plans in known) <= _MOST_STATES:
            numbers = list(range(least, most + 1))
        else:
            # Too many to try the mean of each: that of the number at hand stands for all.
            found = _best(self._layers(town, self._at_hand(town)))
            return [(grids, key, choice) for grids, (key, choice) in found.items() if choice is not None]
        options = []
        for grids in numbers:
            key, choice = _best(self._layers(town, grids)).get(grids, (None, None))
            if key is not None and choice is not None:
                options.append((grids, key, choice))
        return options

    def _layers(self, town: _Town, grids: int) -> Iterator[list[_Option[tuple[int, Solved]]]]:
        """The plans of the parts of a community that has so many grids."""
        for place in town.places:
            layer = []
            for answer in self._known[place].values():
                plan = answer.plan
                broken = plan.out_of_band + (plan.out_of_band == 0 and not answer.keeps)
                key = (broken, plan.excess, plan.wraps, self._uneven(town, grids, answer), plan.length)
                layer.append((plan.grids, key, (place, answer)))
            yield layer

    def _uneven(self, town: _Town, grids: int, answer: Solved) -> float:
        return 0.0 if self._cut_edges else round(uneven_work(answer.plan.duty, town.work / grids), 2)

    def _at_hand(self, town: _Town) -> int:
        return sum(self._first[place] for place in town.places)

    def told(self, solved: Sequence[Solved]) -> list[tuple[Part, Solved]]:
        """Each part and its plan, told how many grids the rest of the community has."""
        found: dict[int, tuple[Part, Solved]] = {}
        for town in self._towns:
            grids = sum(solved[place].plan.grids for place in town.places)
            for place in town.places:
                answer = solved[place]
                elsewhere = grids - answer.plan.grids
                plan = replace(answer.plan, uneven=self._uneven(town, grids, answer))
                view = answer.view.beside(elsewhere)
                found[place] = (self._parts[place].beside(elsewhere), replace(answer, plan=plan, view=view))
        return [found[place] for place in range(len(self._parts))]

    def promising(self, total: int) -> list[tuple[int, int]]:
        """What of the spread that promises most is not tried yet; nothing where that is the one at hand."""
        hopes = []
        mean = self._means(total)
        for place in range(len(self._parts)):
            hopes.append(np.array([self._hope(place, grids, mean[place]) for grids in self._numbers(place)]))
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

    def _means(self, total: int) -> list[float]:
        """The mean workload of a grid around each part, with as many grids as its community has at hand."""
        found = [0.0] * len(self._parts)
        for town in self._towns:
            mean = town.work / (total if len(self._towns) == 1 else self._at_hand(town))
            for place in town.places:
                found[place] = mean
        return found

    def _hope(self, place: int, grids: int, mean: float) -> float:
        """What the borders of a part might be. Workload a mean beyond what is even costs as much as all borders together, a
        plan that breaks a rule costs more."""
        known = self._known[place]
        answer = known.get(grids)
        everything = float(self._parts[place].graph.border.sum()) + 1.0
        if answer is not None:
            if not answer.keeps:
                return _BROKEN * self._everything
            uneven = 0.0 if self._cut_edges else uneven_work(answer.plan.duty, mean)
            return answer.plan.length + self._everything * uneven
        uneven = 0.0 if self._cut_edges else least_uneven(float(self._parts[place].work.sum()), grids, mean)
        kept = [other for other in known.values() if other.keeps and other.plan.grids > 1]
        if not kept:
            return (everything if grids > 1 else 0.0) + self._everything * uneven
        near = min(kept, key=lambda other: abs(other.plan.grids - grids))
        return near.plan.length * (grids - 1) / (near.plan.grids - 1) + self._everything * uneven


def _added(sums: Floats, low: Floats) -> Floats:
    """The least sums after one more part."""
    found = np.full(len(sums) + len(low) - 1, np.inf)
    for step, value in enumerate(low.tolist()):
        window = found[step : step + len(sums)]
        np.minimum(window, sums + value, out=window)
    return found
