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


def best_flow(
    network: Network, given: Mapping[str, int] | None, *, full: Sequence[int] = ()
) -> tuple[dict[int, int], int]:
    """Units on each arc with the greatest sum of values, and that sum, proven by linear programming duality.

    With ``given`` each grid gets exactly so many units (which can be served). The arcs ``full`` carry all they can.
    maximise Σ v_a q_a; Σ q ≤ units of each need and room of each slot, Σ q = given for each grid. Needs lie within
    grids and slots stand apart, two laminar families: the matrix is totally unimodular, so a corner of the
    polytope, which the dual simplex returns, is whole. That it is, is checked. Raises ``ArithmeticError`` otherwise.
    """
    if not network.arcs:
        return {}, 0
    needs, grids = len(network.units), network.grids
    need = np.array([place for place, _ in network.arcs])
    slot = np.array([place for _, place in network.arcs])
    number = np.arange(len(network.arcs))
    one = np.ones(2 * len(number))
    rows = np.concatenate([need, needs + slot])
    table = coo_matrix((one, (rows, np.concatenate([number, number]))), shape=(needs + len(network.room), len(number)))
    limits = np.array([*network.units, *network.room], dtype=float)
    most = np.array([min(network.units[a], network.room[b]) for a, b in network.arcs], dtype=float)
    least = np.zeros(len(number))
    least[list(full)] = most[list(full)]
    exact = {}
    if given is not None:
        row_of = {grid: row for row, grid in enumerate(grids)}
        grid_rows = [row_of[network.grid[place]] for place in need.tolist()]
        exact = {
            "A_eq": coo_matrix((one[: len(number)], (grid_rows, number)), shape=(len(grids), len(number))).tocsr(),
            "b_eq": np.array([given[grid] for grid in grids], dtype=float),
        }
    values = np.array(network.values, dtype=float)
    found = linprog(
        -values,
        A_ub=table.tocsr(),
        b_ub=limits,
        bounds=np.column_stack([least, most]),
        method="highs-ds",
        **exact,
    )
    if found.status != 0:
        raise ArithmeticError(f"the linear program was not solved: {found.message}")
    whole = np.rint(found.x).astype(np.int64)
    if np.abs(found.x - whole).max() > 1e-6:
        raise ArithmeticError("the corner that the simplex found is not whole")
    total = int(whole @ np.array(network.values, dtype=np.int64))
    if abs(total + found.fun) > 0.5:
        raise ArithmeticError("the whole plan is not worth what the linear program proved")
    return {place: int(whole[place]) for place in np.flatnonzero(whole).tolist()}, total
