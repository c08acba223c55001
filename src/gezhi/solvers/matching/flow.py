"""Units of help as a flow: grid → need → resource in a period. Fairness by maximum flows, then the best by one linear program.

HiGHS comes through scipy here: the HiGHS inside other solver packages clashes with the one of its own package when both
are loaded into one process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import maximum_flow

from gezhi.solvers.certificate import Cancelled, ShouldStop, never

Arc = tuple[int, int]  # (need, slot)


@dataclass(frozen=True, slots=True)
class Network:
    """Needs with their units and grid, slots (a resource in a period) with their units, and the arcs between with values."""

    units: Sequence[int]
    grid: Sequence[str]
    room: Sequence[int]
    arcs: Sequence[Arc]
    values: Sequence[int]

    @property
    def grids(self) -> list[str]:
        """Grids that ask for anything, in order."""
        return sorted(set(self.grid))

    def demand(self) -> dict[str, int]:
        """Units asked for by each grid."""
        asked = dict.fromkeys(self.grids, 0)
        for grid, units in zip(self.grid, self.units, strict=True):
            asked[grid] += units
        return asked


class _Served:
    """Can each grid be given so many units at once? One maximum flow for each question."""

    def __init__(self, network: Network) -> None:
        grids = {grid: number for number, grid in enumerate(network.grids)}
        first_need, first_slot = 2 + len(grids), 2 + len(grids) + len(network.units)
        # A gate's capacity is set anew for each question; 1 keeps its place in the matrix until then.
        arcs = [(0, 2 + number, 1) for number in range(len(grids))]
        arcs += [
            (2 + grids[grid], first_need + place, units)
            for place, (units, grid) in enumerate(zip(network.units, network.grid, strict=True))
        ]
        arcs += [
            (first_need + need, first_slot + slot, min(network.units[need], network.room[slot]))
            for need, slot in network.arcs
        ]
        arcs += [(first_slot + slot, 1, room) for slot, room in enumerate(network.room)]
        tail, head, room = (np.array(column, dtype=np.int32) for column in zip(*arcs, strict=True))
        size = first_slot + len(network.room)
        self._graph = csr_matrix((room, (tail, head)), shape=(size, size))
        self._graph.sort_indices()
        # The gates are row 0, and in the order of the grids.
        self._gates = slice(int(self._graph.indptr[0]), int(self._graph.indptr[1]))

    def possible(self, given: Sequence[int]) -> bool:
        """Whether ``given`` (units by grid, in order) can be served."""
        self._graph.data[self._gates] = given
        return int(maximum_flow(self._graph, 0, 1, method="dinic").flow_value) == sum(given)


def fair_shares(network: Network, *, should_stop: ShouldStop = never) -> dict[str, int]:
    """Units for each grid so that the worst served share is as large as can be, then the next worst, and so on.

    The vectors that can be served are those of an integral polymatroid, so a grid that cannot be raised can never be
    raised later: raise all together as far as a maximum flow allows (binary search), then singly, lowest share first, and
    freeze those that do not follow. At most G rounds of log + G maximum flows for G grids. Raises ``Cancelled``.
    """
    grids, asked = network.grids, network.demand()
    whole = [asked[grid] for grid in grids]
    served = _Served(network)
    given = [0] * len(grids)
    active = set(range(len(grids)))
    if served.possible(whole):
        return dict(zip(grids, whole, strict=True))

    def at_level(share: Fraction) -> list[int]:
        # The least whole number of units that is at least the share.
        return [
            max(given[place], -(-share.numerator * whole[place] // share.denominator))
            if place in active
            else given[place]
            for place in range(len(grids))
        ]

    while active:
        if should_stop():
            raise Cancelled
        levels = sorted({Fraction(k, whole[place]) for place in active for k in range(given[place], whole[place] + 1)})
        low, high = 0, len(levels) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if served.possible(at_level(levels[middle])):
                low = middle
            else:
                high = middle - 1
        given = at_level(levels[low])
        active = {place for place in active if given[place] < whole[place]}
        if not active:
            break
        # The next level cannot be reached by all: raise one after another those that it asks of.
        following = at_level(levels[low + 1])
        lifted = [place for place in active if following[place] > given[place]]
        for place in sorted(
            lifted,
            key=lambda place: (
                Fraction(given[place], whole[place]),
                -Fraction(given[place] + 1, whole[place]),
                grids[place],
            ),
        ):
            given[place] += 1
            if not served.possible(given):
                given[place] -= 1
                active.discard(place)
    return dict(zip(grids, given, strict=True))


def most_units(network: Network) -> int:
    """The greatest number of units that can be served, fair or not."""
    if not network.arcs:
        return 0
    needs, slots = len(network.units), len(network.room)
    arcs = [(0, 2 + place, units) for place, units in enumerate(network.units)]
    arcs += [(2 + need, 2 + needs + slot, network.units[need]) for need, slot in network.arcs]
    arcs += [(2 + needs + slot, 1, room) for slot, room in enumerate(network.room)]
    tail, head, room = (np.array(column, dtype=np.int32) for column in zip(*arcs, strict=True))
    size = 2 + needs + slots
    return int(maximum_flow(csr_matrix((room, (tail, head)), shape=(size, size)), 0, 1, method="dinic").flow_value)


@dataclass(frozen=True, slots=True)
class _Swap:
    """Grids that ask for ``asked`` units, of which ``winners`` get ``level`` and the others one less: any of them may."""

    grids: tuple[str, ...]
    level: int
    winners: int


def _swaps(given: Mapping[str, int], asked: Mapping[str, int]) -> list[_Swap]:
    """What may be exchanged between grids without any change of the sorted shares.

    The vectors that can be served are those of an integral polymatroid, and the fairest are its bases of greatest
    weight, where the k-th unit of a grid that asks for n weighs the more the less (k - 1) / n is. All such bases have
    equally many k-th units of grids that ask for n, so they differ in who gets the last unit of a level only.
    """
    levels: dict[tuple[int, int], list[str]] = {}
    for grid, units in given.items():
        levels.setdefault((asked[grid], units), []).append(grid)
    return [
        _Swap((*fewer, *grids), level, len(grids))
        for (units, level), grids in sorted(levels.items())
        if (fewer := levels.get((units, level - 1)))
    ]


def best_flow(
    network: Network, given: Mapping[str, int] | None, *, full: Sequence[int] = ()
) -> tuple[dict[int, int], int]:
    """Units on each arc with the greatest sum of values, and that sum, proven by linear programming duality.

    With ``given`` the grids get shares that are sorted like these (which can be served): which of two grids gets the last
    unit, where nothing else tells them apart, the values decide. The arcs ``full`` carry all they can.
    maximise Σ v_a q_a; Σ q ≤ units of each need and room of each slot, Σ q = given for each grid, less a unit that
    may be had by another, plus Σ z; Σ z = so many for each level that is shared out. It is a flow from levels over
    grids and needs to slots, so a corner of the polytope, which the dual simplex returns, is whole. That it is, is
    checked. Raises ``ArithmeticError`` otherwise.
    """
    if not network.arcs:
        return {}, 0
    needs, grids = len(network.units), network.grids
    need = np.array([place for place, _ in network.arcs])
    slot = np.array([place for _, place in network.arcs])
    number = np.arange(len(network.arcs))
    swaps = [] if given is None else _swaps(given, network.demand())
    # The columns after the arcs: a grid's unit of a level that is shared out.
    shared = [(grid, row) for row, swap in enumerate(swaps) for grid in swap.grids]
    columns = len(number) + len(shared)
    one = np.ones(2 * len(number))
    rows = np.concatenate([need, needs + slot])
    table = coo_matrix((one, (rows, np.concatenate([number, number]))), shape=(needs + len(network.room), columns))
    limits = np.array([*network.units, *network.room], dtype=float)
    most = np.array([min(network.units[a], network.room[b]) for a, b in network.arcs], dtype=float)
    least = np.zeros(len(number))
    least[list(full)] = most[list(full)]
    exact = {}
    if given is not None:
        row_of = {grid: row for row, grid in enumerate(grids)}
        sure = dict(given)
        for swap in swaps:
            for grid in swap.grids:
                sure[grid] -= given[grid] == swap.level
        places = np.arange(len(number), columns)
        row = [
            *(row_of[network.grid[place]] for place in need.tolist()),
            *(row_of[grid] for grid, _ in shared),
            *(len(grids) + row for _, row in shared),
        ]
        signs = np.concatenate([one[: len(number)], -np.ones(len(shared)), np.ones(len(shared))])
        exact = {
            "A_eq": coo_matrix(
                (signs, (row, np.concatenate([number, places, places]))), shape=(len(grids) + len(swaps), columns)
            ).tocsr(),
            "b_eq": np.array([*(sure[grid] for grid in grids), *(swap.winners for swap in swaps)], dtype=float),
        }
    values = np.concatenate([np.array(network.values, dtype=float), np.zeros(len(shared))])
    bounds = np.column_stack(
        [np.concatenate([least, np.zeros(len(shared))]), np.concatenate([most, np.ones(len(shared))])]
    )
    found = linprog(-values, A_ub=table.tocsr(), b_ub=limits, bounds=bounds, method="highs-ds", **exact)
    if found.status != 0:
        raise ArithmeticError(f"the linear program was not solved: {found.message}")
    flow = found.x[: len(number)]
    whole = np.rint(flow).astype(np.int64)
    if np.abs(flow - whole).max() > 1e-6:
        raise ArithmeticError("the corner that the simplex found is not whole")
    total = int(whole @ np.array(network.values, dtype=np.int64))
    if abs(total + found.fun) > 0.5:
        raise ArithmeticError("the whole plan is not worth what the linear program proved")
    return {place: int(whole[place]) for place in np.flatnonzero(whole).tolist()}, total
