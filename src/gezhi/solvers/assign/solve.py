"""Build the table of costs, solve it part by part, and say how good the plan is known to be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.assign.cardinality import maximum_matching
from gezhi.solvers.assign.eligibility import Eligibility, eligible_pairs
from gezhi.solvers.assign.explain import explain
from gezhi.solvers.assign.plan import Assignment
from gezhi.solvers.assign.shortest_paths import NOBODY, Matched, augment_all, nearest_columns, proven_bound
from gezhi.solvers.assign.task import (
    MOST_NUMBER,
    Cases,
    DispatchCost,
    Floats,
    Objective,
    Workers,
    check_size,
    check_teams,
)
from gezhi.solvers.assign.teams import whole_teams
from gezhi.solvers.assign.unserved import why_nobody
from gezhi.solvers.assign.without import rises
from gezhi.solvers.certificate import Certificate, ShouldStop, Status, never, relative_gap

Ints = NDArray[np.int64]
TOLERANCE = 1e-9


def least_cost(cost: Floats, leave: Floats, *, with_rise: bool = False) -> Matched:
    """Every row placed or left out at least cost.

    ``leave`` (n): the cost of leaving a row out, infinite where it may not be; then ``cost`` must allow to place it.
    """
    near, farther = nearest_columns(cost)
    columns, u, v, stuck = augment_all(cost, leave, near, farther)
    if stuck != NOBODY:
        raise ValueError(f"row {stuck} can be neither placed nor left out")
    rise = rises(cost, leave, u, v, columns, np.arange(len(cost))) if with_rise else np.zeros(len(cost))
    return Matched(columns, proven_bound(cost, leave, u, v), rise)


def most_then_least(cost: Floats, *, with_rise: bool = False) -> Matched:
    """As many rows placed as possible, then at least cost: exactly, by the over-demanded part and the rest."""
    n, m = cost.shape
    worker_of, bound, rise = np.full(n, NOBODY, np.int64), 0.0, np.zeros(n)
    if not n or not m:
        return Matched(worker_of, bound, rise)
    matched, scarce_rows, scarce = maximum_matching(np.isfinite(cost))
    fought_over = scarce_rows | (matched == NOBODY)
    rows, columns = np.flatnonzero(fought_over), np.flatnonzero(scarce)
    if columns.size:
        table = np.ascontiguousarray(cost[np.ix_(rows, columns)].T)
        part = least_cost(table, np.full(columns.size, np.inf), with_rise=with_rise)
        worker_of[rows[part.worker_of]] = columns
        rise[rows[part.worker_of]] = part.rise
        bound += part.bound
    rest, others = np.flatnonzero(~fought_over), np.flatnonzero(~scarce)
    if rest.size:
        table = cost if rest.size == n and others.size == m else np.ascontiguousarray(cost[np.ix_(rest, others)])
        part = least_cost(table, np.full(rest.size, np.inf), with_rise=with_rise)
        worker_of[rest] = others[part.worker_of]
        rise[rest] = part.rise
        bound += part.bound
    return Matched(worker_of, bound, rise)


def dispatch_table(
    cases: Cases, workers: Workers, eligibility: Eligibility, costs: DispatchCost
) -> tuple[Floats, Floats]:
    """The cost of each pair (n × m) and of each case left open (n), as :class:`DispatchCost` defines them."""
    arrival = eligibility.arrival_s
    table = arrival.copy()
    # Pairs that may not be are infinite, and stay so.
    with np.errstate(invalid="ignore"):
        if np.isfinite(cases.due_s).any():
            table += costs.late_weight * np.maximum(0.0, arrival - cases.due_s[:, None])
        table *= cases.urgency[:, None]
    table[~eligibility.pairs] = np.inf
    if workers.worked_s.any():
        table += costs.fairness * np.maximum(0.0, workers.worked_s - workers.worked_s.mean())
    under_way = np.flatnonzero(workers.on_way_to != NOBODY)
    table[:, under_way] += costs.swap_s
    table[workers.on_way_to[under_way], under_way] -= costs.swap_s
    owned = np.flatnonzero(cases.owner != NOBODY)
    near = arrival[owned, cases.owner[owned]] <= costs.owner_cap_s
    table[owned[near], cases.owner[owned[near]]] -= costs.owner_s
    late = np.maximum(0.0, costs.leave_s - cases.due_s)
    leave = cases.urgency * (costs.leave_s + costs.ageing * cases.waiting_s + costs.late_weight * late)
    # Who was taken off the way too often keeps the case, as long as they may go to it at all.
    eligible = eligibility.pairs[workers.on_way_to[under_way], under_way]
    for worker in under_way[eligible & (workers.swaps[under_way] >= costs.most_swaps)]:
        case = workers.on_way_to[worker]
        kept = table[case, worker]
        table[:, worker] = np.inf
        table[case, worker] = kept
        if cases.people[case] == 1:
            table[case, np.arange(len(workers.ids)) != worker] = np.inf
            leave[case] = np.inf
    return table, leave


def _reasonable(travel: Floats) -> bool:
    """Whether every time is small enough to reckon with, or infinite: no way."""
    return bool(((travel <= MOST_NUMBER) | np.isinf(travel)).all())


def _check(cases: Cases, workers: Workers, travel_s: Floats) -> Floats:
    n, m = len(cases.ids), len(workers.ids)
    travel = np.asarray(travel_s, dtype=np.float64)
    if travel.shape != (n, m):
        shape = " × ".join(map(str, travel.shape))
        raise InvalidInput("assign.wrong_shape", f"is {shape}, must be {m} workers × {n} cases", field="travel_s")
    if travel.size and not (travel.min() >= 0 and (travel.max() <= MOST_NUMBER or _reasonable(travel))):
        i, j = np.argwhere(~((travel >= 0) & ((travel <= MOST_NUMBER) | np.isinf(travel))))[0]
        where = f"travel_s[{workers.ids[j]}][{cases.ids[i]}]"
        what = f"is {travel[i, j]:g}, must be from 0 to {MOST_NUMBER:g} seconds"
        raise InvalidInput("assign.bad_number", what, field=where)
    for values, most, name in ((workers.on_way_to, n, "workers.on_way_to"), (cases.owner, m, "cases.owner")):
        if values.size and not ((values >= NOBODY) & (values < most)).all():
            raise InvalidInput("assign.unknown_id", "names a position that is not there", field=name)
    taken = workers.on_way_to[workers.on_way_to != NOBODY]
    overfull = np.flatnonzero(np.bincount(taken, minlength=n) > cases.people) if n else taken[:0]
    if overfull.size:
        what = f"more workers are under way to '{cases.ids[overfull[0]]}' than it takes people"
        raise InvalidInput("assign.crowded", what, field="workers.on_way_to")
    return travel


def solve_assignment(
    *,
    cases: Cases,
    workers: Workers,
    travel_s: Floats,
    objective: Objective = Objective.TRAVEL,
    costs: DispatchCost | None = None,
    explanations: bool = True,
    should_stop: ShouldStop = never,
) -> Assignment:
    """The best assignment of ``workers`` (m) to ``cases`` (n), with reasons.

    ``travel_s`` (n × m): seconds from each worker to each case, infinite where there is no way. The answer does not
    depend on the order of cases or workers: ties are settled by id.
    ``should_stop`` ends the search for the best teams; the plan then stands with what is proven of it.
    Raises ``InvalidInput`` naming the field.
    """
    costs = costs or DispatchCost()
    check_size(len(cases.ids), len(workers.ids))
    check_teams(cases, len(workers.ids))
    travel = _check(cases, workers, travel_s)
    far = costs.most_travel_s if objective is Objective.DISPATCH else np.inf
    eligibility = eligible_pairs(cases, workers, travel, most_travel_s=far)
    if objective is Objective.TRAVEL:
        if (cases.people > 1).any():
            raise InvalidInput("assign.teams", "'travel' sends one worker to a case; use 'dispatch'", field="people")
        table = np.where(eligibility.pairs, travel, np.inf)
        leave = np.full(len(cases.ids), np.inf)
    else:
        table, leave = dispatch_table(cases, workers, eligibility, costs)
    # Canonical order, so that equally good plans are told apart by ids and not by the order of the file.
    by_case = np.argsort(np.asarray(cases.ids, dtype=np.str_), kind="stable")
    by_worker = np.argsort(np.asarray(workers.ids, dtype=np.str_), kind="stable")
    slots = np.repeat(by_case, cases.people[by_case])
    in_order = (np.diff(by_case) == 1).all() and (np.diff(by_worker) == 1).all() and slots.size == by_case.size
    slot_table = table if in_order else table[np.ix_(slots, by_worker)]
    if objective is Objective.TRAVEL:
        solved = most_then_least(slot_table, with_rise=explanations)
    else:
        rank = np.empty(by_case.size, np.int64)
        rank[by_case] = np.arange(by_case.size)
        solved = whole_teams(
            slot_table, leave[slots], slots, cases.people, rank, with_rise=explanations, should_stop=should_stop
        )
    worker_of = np.full(slots.size, NOBODY)
    placed = solved.worker_of != NOBODY
    worker_of[placed] = by_worker[solved.worker_of[placed]]
    cost = float(table[slots[placed], worker_of[placed]].sum())
    if objective is Objective.DISPATCH:
        cost += float(leave[slots[~placed]].sum())
    sent: dict[str, list[str]] = {}
    for slot, worker in zip(slots[placed].tolist(), worker_of[placed].tolist(), strict=True):
        sent.setdefault(cases.ids[slot], []).append(workers.ids[worker])
    rest = np.bincount(slots[placed], minlength=len(cases.ids)) == 0
    unassigned = why_nobody(cases, workers, eligibility, np.flatnonzero(rest), slots[placed], worker_of[placed])
    certificate = _certificate(
        objective, cost, min(solved.bound, cost), len(sent), len(cases.ids), bool((cases.people > 1).any())
    )
    return Assignment(
        status=Status.OPTIMAL if certificate.gap == 0 else Status.FEASIBLE,
        assignment={case: tuple(people) for case, people in sent.items()},
        unassigned=unassigned,
        cost=cost,
        bound=min(solved.bound, cost),
        explanations=explain(
            cases,
            workers,
            arrival_s=eligibility.arrival_s,
            table=table,
            slots=slots,
            worker_of=worker_of,
            rise=solved.rise,
        )
        if explanations
        else {},
        certificate=certificate,
    )


def _certificate(objective: Objective, cost: float, bound: float, served: int, count: int, teams: bool) -> Certificate:
    gap = relative_gap(cost, bound)
    gap = 0.0 if gap <= TOLERANCE else gap
    unit = "travel seconds" if objective is Objective.TRAVEL else "weighted seconds"
    most = "as many as can be" if objective is Objective.TRAVEL else "the rest costs less left open"
    if gap == 0:
        claim = f"proven optimal: {served} of {count} cases served ({most}), {cost:.1f} {unit}"
    else:
        claim = f"{served} of {count} cases served; {cost:.1f} {unit}, within {gap:.2%} of a proven bound"
    source = "dual prices checked over all pairs"
    if teams:
        source += ", for each choice of the teams that could be torn"
    return Certificate(claim=claim, value=cost, bound=bound, gap=gap, bound_from=source)
