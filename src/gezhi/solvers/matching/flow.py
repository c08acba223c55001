"""Units of help as a flow: grid → need → resource in a period. Fairness by maximum flows, then the best by one of least cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow

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
        flow = max_flow.SimpleMaxFlow()
        self._gates = [flow.add_arc_with_capacity(0, 2 + number, 0) for number in range(len(grids))]
        for place, (units, grid) in enumerate(zip(network.units, network.grid, strict=True)):
            flow.add_arc_with_capacity(2 + grids[grid], first_need + place, units)
        for need, slot in network.arcs:
            flow.add_arc_with_capacity(
                first_need + need, first_slot + slot, min(network.units[need], network.room[slot])
            )
        for slot, room in enumerate(network.room):
            flow.add_arc_with_capacity(first_slot + slot, 1, room)
        self._flow = flow

    def possible(self, given: Sequence[int]) -> bool:
        """Whether ``given`` (units by grid, in order) can be served."""
        for gate, units in zip(self._gates, given, strict=True):
            self._flow.set_arc_capacity(gate, units)
        if self._flow.solve(0, 1) != self._flow.OPTIMAL:
            raise ArithmeticError("the maximum flow was not solved")
        return bool(self._flow.optimal_flow() == sum(given))


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
    flow = max_flow.SimpleMaxFlow()
    for place, units in enumerate(network.units):
        flow.add_arc_with_capacity(0, 2 + place, units)
    for need, slot in network.arcs:
        flow.add_arc_with_capacity(2 + need, 2 + len(network.units) + slot, network.units[need])
    for slot, room in enumerate(network.room):
        flow.add_arc_with_capacity(2 + len(network.units) + slot, 1, room)
    if not network.arcs:
        return 0
    if flow.solve(0, 1) != flow.OPTIMAL:
        raise ArithmeticError("the maximum flow was not solved")
    return int(flow.optimal_flow())


def best_flow(network: Network, given: Mapping[str, int] | None) -> tuple[dict[int, int], int]:
    """Units on each arc with the greatest sum of values, and that sum.

    With ``given`` each grid gets exactly so many units (which can be served). Without, any number: every value is
    positive, so the greatest sum may leave no unit out that could be added. Optimal by the theory of least-cost flow.
    """
    if not network.arcs:
        return {}, 0
    grids = {grid: number for number, grid in enumerate(network.grids)}
    first_need, first_slot = 2 + len(grids), 2 + len(grids) + len(network.units)
    tail: list[int] = []
    head: list[int] = []
    room: list[int] = []
    cost: list[int] = []

    def arc(start: int, end: int, capacity: int, price: int = 0) -> None:
        tail.append(start)
        head.append(end)
        room.append(capacity)
        cost.append(price)

    asked = network.demand()
    total = sum(asked.values()) if given is None else sum(given.values())
    for need, slot in network.arcs:
        place = len(tail)
        arc(first_need + need, first_slot + slot, min(network.units[need], network.room[slot]), -network.values[place])
    for grid, number in grids.items():
        arc(0, 2 + number, asked[grid] if given is None else given[grid])
    for place, (units, grid) in enumerate(zip(network.units, network.grid, strict=True)):
        arc(2 + grids[grid], first_need + place, units)
    for slot, units in enumerate(network.room):
        arc(first_slot + slot, 1, units)
    if given is None:
        arc(0, 1, total)  # what is not served
    solver = min_cost_flow.SimpleMinCostFlow()
    added = solver.add_arcs_with_capacity_and_unit_cost(np.array(tail), np.array(head), np.array(room), np.array(cost))
    solver.set_node_supply(0, total)
    solver.set_node_supply(1, -total)
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError("the flow of least cost was not solved")
    flows = solver.flows(added[: len(network.arcs)])
    units_on = {place: int(flow) for place, flow in enumerate(flows) if flow}
    return units_on, sum(network.values[place] * flow for place, flow in units_on.items())
