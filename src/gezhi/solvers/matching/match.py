"""Needs and resources to proposals: filters, scores, the best plan, and its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import (
    Cancelled,
    Certificate,
    Progress,
    ShouldStop,
    Status,
    never,
    relative_gap,
    silent,
)
from gezhi.solvers.matching.clashes import clashes
from gezhi.solvers.matching.explain import Explanation, explanation, why_unmatched
from gezhi.solvers.matching.flow import Network, best_flow, fair_shares, most_units
from gezhi.solvers.matching.lists import Accepted, Need, Period, Resource, Weights, check
from gezhi.solvers.matching.reach import reached_grids
from gezhi.solvers.matching.score import Pair, Score, barrier, open_periods, score
from gezhi.solvers.matching.teams import TeamArc, TeamPlan, solve_teams


@dataclass(frozen=True, slots=True)
class Proposal:
    """``quantity`` units of ``resource`` for ``need`` in ``period``; ``accepted`` units were fixed before."""

    need: str
    resource: str
    period: str
    quantity: int
    accepted: int
    total: int


class Served(TypedDict):
    """Units of a grid."""

    asked: int
    served: int


class _OfMethod(TypedDict, total=False):
    # Of units given out one by one: the most that could be. Of teams: the worst grid's share, None unless fair.
    most_units_possible: int
    floor: float | None


class MatchFigures(_OfMethod, total=False):
    """Counts of units and needs; without a plan only ``withheld``: needs without consent.

    ``pairs_that_pass``: need and resource fit.
    """

    points: int
    units_asked: int
    units_served: int
    needs_served_in_full: int
    needs_not_served_in_full: int
    withheld: int
    pairs_that_pass: int
    grids: dict[str, Served]


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer. Needs without consent stand nowhere in it but in a number among the figures."""

    status: Status
    proposals: tuple[Proposal, ...]
    unmatched: dict[str, str]
    explanations: dict[str, Explanation]
    figures: MatchFigures
    certificate: Certificate


# Each pair is looked at, in some two microseconds.
MOST_PAIRS = 50_000_000


def match(
    needs: Sequence[Need],
    resources: Sequence[Resource],
    periods: Sequence[Period],
    *,
    accepted: Sequence[Accepted] = (),
    before: Sequence[tuple[str, str]] = (),
    weights: Weights | None = None,
    fair: bool = True,
    nodes: int = 5_000,
    should_stop: ShouldStop = never,
    progress: Progress = silent,
) -> Plan:
    """Match needs with resources.

    ``before``: (need, resource) proposed last time, which get the stability bonus. ``fair``: first the worst served share
    over all grids is made as large as can be, then the next worst, then the sum of scores is; otherwise the sum alone.
    With teams the floor is that of the worst grid that anybody could reach. ``nodes`` limits the
    branch-and-bound search with teams. The order of the lists does not matter. Raises ``InvalidInput`` for lists that cannot
    be, ``Cancelled``.
    """
    check(needs, resources, periods, accepted, Weights() if weights is None else weights)
    if len(needs) * len(resources) > MOST_PAIRS:
        words = f"{len(needs)} needs × {len(resources)} resources are more than {MOST_PAIRS} pairs: split the task by district"
        raise InvalidInput("match.too_many_pairs", words, field="needs")
    progress(0.0, "pairs")
    task = _Task(
        needs=sorted((need for need in needs if need.consent), key=lambda need: need.id),
        resources=sorted(resources, key=lambda resource: resource.id),
        periods=sorted(periods, key=lambda period: (period.from_s, period.id)),
        before=frozenset(before),
        weights=Weights() if weights is None else weights,
        should_stop=should_stop,
    )
    withheld = len(needs) - len(task.needs)
    progress(0.1, "scores")
    kept = sorted(accepted, key=lambda one: (one.need, one.resource, one.period))
    clash = clashes({need.id: need for need in task.needs}, task.resource_of, kept)
    if clash:
        claim = "impossible: what was accepted cannot all be kept: " + "; ".join(reason.message for reason in clash)
        return Plan(Status.IMPOSSIBLE, (), {}, {}, {"withheld": withheld}, Certificate(claim, reasons=tuple(clash)))
    progress(0.3, "plan")
    if any(need.team for need in task.needs):
        return _with_teams(task, kept, withheld, fair=fair, nodes=nodes)
    return _by_flow(task, kept, withheld, fair=fair, should_stop=should_stop)


class _Task:
    """The checked lists with every pair that passes the filters."""

    def __init__(
        self,
        *,
        needs: list[Need],
        resources: list[Resource],
        periods: list[Period],
        before: frozenset[tuple[str, str]],
        weights: Weights,
        should_stop: ShouldStop,
    ) -> None:
        self.needs, self.resources, self.periods = needs, resources, periods
        self.need_at = {need.id: place for place, need in enumerate(needs)}
        self.resource_of = {resource.id: resource for resource in resources}
        self.before, self.weights = before, weights
        self.slots = [(one.id, period.id) for one in resources for period in periods if one.capacity.get(period.id, 0)]
        self.slot_at = {slot: place for place, slot in enumerate(self.slots)}
        self.pairs: list[list[Pair]] = []
        self.kept_out: list[dict[str, int]] = []
        for need in needs:
            if should_stop():
                raise Cancelled
            passed, barred = [], Counter[str]()
            for resource in resources:
                found = barrier(need, resource, periods)
                if found is None:
                    open_in = open_periods(need, resource, periods)
                    passed.append(Pair(need, resource, open_in, self.score(need, resource)))
                else:
                    barred[found.value] += 1
            self.pairs.append(passed)
            self.kept_out.append(dict(sorted(barred.items())))

    def score(self, need: Need, resource: Resource) -> Score:
        """The points of a pair."""
        return score(need, resource, self.weights, before=(need.id, resource.id) in self.before)

    def room(self, slot: tuple[str, str]) -> int:
        """Units of a resource in a period."""
        return self.resource_of[slot[0]].capacity[slot[1]]

    def demand(self) -> dict[str, int]:
        """Units asked for by each grid."""
        asked: Counter[str] = Counter()
        for need in self.needs:
            asked[need.grid] += need.quantity
        return dict(sorted(asked.items()))


def _network(task: _Task, kept: Sequence[Accepted]) -> Network:
    """What is still open after the accepted matches, teams left aside."""
    units = [0 if need.team else need.quantity for need in task.needs]
    room = [task.room(slot) for slot in task.slots]
    for one in kept:
        place = task.need_at[one.need]
        if not task.needs[place].team:
            units[place] -= one.quantity
            room[task.slot_at[one.resource, one.period]] -= one.quantity
    arcs, values = [], []
    for place, pairs in enumerate(task.pairs):
        if task.needs[place].team:
            continue
        for pair in pairs:
            for period in pair.periods:
                arcs.append((place, task.slot_at[pair.resource.id, period]))
                values.append(pair.score.total)
    return Network(units, [need.grid for need in task.needs], room, arcs, values)


def _by_flow(task: _Task, kept: Sequence[Accepted], withheld: int, *, fair: bool, should_stop: ShouldStop) -> Plan:
    network = _network(task, kept)
    # Shares are of what is asked in all: what was accepted stands in its grid's account already, as arcs that are full.
    fixed = [(task.need_at[one.need], task.slot_at[one.resource, one.period], one.quantity) for one in kept]
    whole = Network(
        [need.quantity for need in task.needs],
        network.grid,
        [*network.room, *(quantity for _, _, quantity in fixed)],
        [*network.arcs, *((need, len(network.room) + number) for number, (need, _, _) in enumerate(fixed))],
        [*network.values, *(0 for _ in fixed)],
    )
    given = fair_shares(whole, should_stop=should_stop) if fair and whole.arcs else None
    units_on, _ = best_flow(whole, given, full=range(len(network.arcs), len(whole.arcs)))
    rows: dict[tuple[str, str, str], list[int]] = {}
    value = 0
    for place, units in units_on.items():
        need, slot = whole.arcs[place]
        is_fixed = slot >= len(network.room)
        resource, period = task.slots[fixed[slot - len(network.room)][1] if is_fixed else slot]
        row = rows.setdefault((task.needs[need].id, resource, period), [0, 0])
        row[0] += units
        row[1] += units if is_fixed else 0
    proposals = _proposals(task, rows)
    value = sum(one.total * one.quantity for one in proposals)
    served = sum(one.quantity for one in proposals)
    words = f"proven optimal: {served} units for {value} points by a linear program"
    if given is not None:
        words += ", after the fairest shares that can be served at all, proven by maximum flows"
    certificate = Certificate(
        words, value=float(value), bound=float(value), gap=0.0, bound_from="linear programming duality (HiGHS)"
    )
    extra: _OfMethod = {"most_units_possible": most_units(whole)}
    return _plan(task, Status.OPTIMAL, proposals, withheld, certificate, extra)


def _with_teams(task: _Task, kept: Sequence[Accepted], withheld: int, *, fair: bool, nodes: int) -> Plan:
    network = _network(task, kept)
    accepted = {(one.need, one.resource, one.period) for one in kept}
    arcs = []
    for place, need in enumerate(task.needs):
        options = {(pair.resource.id, period) for pair in task.pairs[place] for period in pair.periods}
        options |= {(resource, period) for name, resource, period in accepted if name == need.id}
        size = sum(role.count for role in need.team)
        for number, role in enumerate(need.team):
            for resource, period in sorted(options):
                held = task.resource_of[resource]
                if role.skill in held.skills:
                    arcs.append(
                        TeamArc(
                            need=need.id,
                            grid=need.grid,
                            period=period,
                            role=number,
                            slot=task.slot_at[resource, period],
                            resource=resource,
                            value=max(1, task.score(need, held).total // size),
                            fixed=(need.id, resource, period) in accepted,
                        )
                    )
    counts = {need.id: [role.count for role in need.team] for need in task.needs if need.team}
    asked = task.demand()
    plain = Counter[str]()
    for one in kept:
        if not task.needs[task.need_at[one.need]].team:
            plain[task.needs[task.need_at[one.need]].grid] += one.quantity
    # The floor is that of what is still open; what was accepted in a grid is no longer asked for.
    # A grid whose every need is out of anybody's reach would hold the floor at nothing for all others.
    reached = reached_grids(network, arcs, counts)
    left = {grid: units - plain[grid] for grid, units in asked.items() if units > plain[grid] and grid in reached}
    found = solve_teams(network, arcs, counts, left, fair=fair, nodes=nodes)
    if found is None:
        claim = "no plan was found that keeps the accepted team matches"
        return Plan(Status.NONE_FOUND, (), {}, {}, {"withheld": withheld}, Certificate(claim))
    rows: dict[tuple[str, str, str], list[int]] = {}
    for one in kept:
        if not task.needs[task.need_at[one.need]].team:
            rows[one.need, one.resource, one.period] = [one.quantity, one.quantity]
    for place, units in found.units_on.items():
        need_at, slot = network.arcs[place]
        row = rows.setdefault((task.needs[need_at].id, *task.slots[slot]), [0, 0])
        row[0] += units
    for place in found.chosen:
        arc = arcs[place]
        rows[arc.need, arc.resource, arc.period] = [1, int(arc.fixed)]
    before = sum(
        task.score(task.needs[task.need_at[one.need]], task.resource_of[one.resource]).total * one.quantity
        for one in kept
        if not task.needs[task.need_at[one.need]].team
    )
    certificate = _team_certificate(found, before, fair=fair)
    status = Status.OPTIMAL if found.proven else Status.FEASIBLE
    return _plan(task, status, _proposals(task, rows), withheld, certificate, {"floor": found.floor if fair else None})


def _team_certificate(found: TeamPlan, before: int, *, fair: bool) -> Certificate:
    """What is proven; ``before``: the points of accepted matches outside teams, which every plan has."""
    value, bound = found.value + before, found.bound + before
    gap = relative_gap(value, bound)
    floor = f"the worst grid is served to {found.floor:.1%} (bound {found.floor_bound:.1%}), then " if fair else ""
    if found.proven:
        claim = f"proven optimal: {floor}{value} points; the search was complete"
    else:
        claim = f"{floor}{value} points, within {gap:.2%} of the bound {bound} of branch and bound at this floor"
    return Certificate(claim, float(value), float(bound), gap, "branch and bound (HiGHS)")


def _proposals(task: _Task, rows: dict[tuple[str, str, str], list[int]]) -> tuple[Proposal, ...]:
    return tuple(
        Proposal(
            need=need,
            resource=resource,
            period=period,
            quantity=units,
            accepted=fixed,
            total=task.score(task.needs[task.need_at[need]], task.resource_of[resource]).total,
        )
        for (need, resource, period), (units, fixed) in sorted(rows.items())
    )


def _plan(
    task: _Task,
    status: Status,
    proposals: tuple[Proposal, ...],
    withheld: int,
    certificate: Certificate,
    extra: _OfMethod,
) -> Plan:
    used: Counter[tuple[str, str]] = Counter()
    got: Counter[str] = Counter()
    serving: dict[str, dict[str, Score]] = {}
    clients: dict[str, list[Need]] = {}
    for one in proposals:
        need = task.needs[task.need_at[one.need]]
        used[one.resource, one.period] += one.quantity
        got[one.need] += one.quantity
        serving.setdefault(one.need, {})[one.resource] = task.score(need, task.resource_of[one.resource])
        clients.setdefault(one.resource, []).append(need)
    room_left = {slot: task.room(slot) - used[slot] for slot in task.slots}
    unmatched, explained = {}, {}
    shares = dict.fromkeys(task.demand(), 0)
    for place, need in enumerate(task.needs):
        units = min(1, got[need.id]) if need.team else got[need.id]
        shares[need.grid] += units
        out = task.kept_out[place]
        if units < need.quantity:
            unmatched[need.id] = why_unmatched(need, task.pairs[place], out, need.quantity - units)
        if not need.sensitive:
            served = serving.get(need.id, {})
            explained[need.id] = explanation(need, task.pairs[place], served, room_left, clients, out)
    asked = task.demand()
    figures: MatchFigures = {
        "points": sum(one.total * one.quantity for one in proposals),
        "units_asked": sum(asked.values()),
        "units_served": sum(shares.values()),
        "needs_served_in_full": len(task.needs) - len(unmatched),
        "needs_not_served_in_full": len(unmatched),
        "withheld": withheld,
        "pairs_that_pass": sum(len(pairs) for pairs in task.pairs),
        "grids": {grid: {"asked": asked[grid], "served": shares[grid]} for grid in asked},
        **extra,
    }
    return Plan(status, proposals, unmatched, explained, figures, certificate)
