"""From the task to the answer: check, refuse what cannot be, plan, measure, certify."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gezhi.solvers.certificate import (
    Certificate,
    Progress,
    Reason,
    ShouldStop,
    Status,
    never,
    relative_gap,
    silent,
)
from gezhi.solvers.siting.capacitated import plan_capacitated
from gezhi.solvers.siting.distances import Reach
from gezhi.solvers.siting.fair import plan_fair
from gezhi.solvers.siting.measure import SitingFigures, closing_costs, figures, objective
from gezhi.solvers.siting.plan import NoPlan, Plan, Search
from gezhi.solvers.siting.refuse import why_impossible
from gezhi.solvers.siting.task import NONE, Problem, SitingTask, read_problem
from gezhi.solvers.siting.uncapacitated import plan_cover, plan_median, plan_set_cover


@dataclass(frozen=True, slots=True)
class SitingResult:
    """``open``: ids of the open sites. ``value``, ``bound``: the objective and a proven limit of it (p-median: weight ×
    metres, or metres with equity; maximal covering: weight; set covering: sites). ``assigned``: the site of each demand,
    None where it has none. ``closing_costs``: what closing an open site would cost, None: somebody would be left without."""

    status: Status
    certificate: Certificate
    open: tuple[str, ...] = ()
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    assigned: dict[str, str | None] = field(default_factory=dict)
    closing_costs: dict[str, float | None] = field(default_factory=dict)
    figures: SitingFigures = field(default_factory=SitingFigures)


def solve_siting(
    task: SitingTask,
    *,
    seed: int = 0,
    effort: float = 1.0,
    should_stop: ShouldStop = never,
    progress: Progress = silent,
) -> SitingResult:
    """Choose the sites of ``task``. Deterministic for ``seed`` and ``effort`` (unless stopped), whatever the input's order.

    ``effort``: multiple of the usual work of search and proof. Raises ``InvalidInput`` naming the field.
    """
    problem = read_problem(task)
    reach = problem.ways.reach(problem.reach_m)
    reason = why_impossible(problem, reach)
    if reason is not None:
        return _impossible(reason)
    plan = _plan(problem, reach, Search(seed, effort, should_stop, progress))
    if isinstance(plan, NoPlan):
        return _no_plan(problem, plan)
    return _result(problem, reach, plan)


def _plan(problem: Problem, reach: Reach, search: Search) -> Plan | NoPlan:
    if problem.equity is not None:
        return plan_fair(problem, reach, problem.equity, search)
    if problem.capacitated:
        return plan_capacitated(problem, reach, search)
    if problem.model == "set_cover":
        return plan_set_cover(problem, reach, search)
    if problem.model == "max_cover":
        return plan_cover(problem, reach, search)
    return plan_median(problem, reach, problem.weight[reach.demand] * reach.metres, search)


def _impossible(reason: Reason) -> SitingResult:
    return SitingResult(Status.IMPOSSIBLE, Certificate(f"Impossible: {reason.message}.", reasons=(reason,)))


def _no_plan(problem: Problem, plan: NoPlan) -> SitingResult:
    asked = "any number of" if problem.p is None else f"{problem.p}"
    if plan.proven:
        words = f"no plan with {asked} sites serves everybody within the rules: {plan.why}"
        return _impossible(Reason("no_plan", words))
    words = f"no plan with {asked} sites that serves everybody was found, and none is ruled out"
    reason = Reason("none_found", words)
    claim = f"{words[0].upper()}{words[1:]}; more seconds, effort or another seed may find one."
    return SitingResult(Status.NONE_FOUND, Certificate(claim, reasons=(reason,)))


def _result(problem: Problem, reach: Reach, plan: Plan) -> SitingResult:
    """The answer, all figures computed from the plan anew."""
    assigned = plan.assigned
    cost = objective(problem, reach, plan.opened, assigned)
    bound = min(plan.bound, cost)
    closed = cost - bound <= 1e-9 * max(1.0, abs(cost))
    if closed:
        bound = cost
    value, limit = (cost, bound)
    if problem.model == "max_cover":
        total = float(problem.weight.sum())
        value, limit = total - cost, total - bound
    known = math.isfinite(limit)
    gap = relative_gap(value, limit) if known else None
    status = Status.OPTIMAL if closed else Status.FEASIBLE
    certificate = Certificate(
        claim=_claim(problem, plan, status, value, limit if known else None, gap),
        value=value,
        bound=limit if known else None,
        gap=gap,
        bound_from=plan.bound_from if known else None,
        details={"nodes": plan.nodes, "steps": plan.steps},
    )
    place = {int(j): problem.site_ids[j] for j in plan.opened}
    return SitingResult(
        status,
        certificate,
        open=tuple(place.values()),
        value=value,
        bound=certificate.bound,
        gap=gap,
        assigned={
            name: None if site == NONE else place[site]
            for name, site in zip(problem.ids, assigned.tolist(), strict=True)
        },
        closing_costs=closing_costs(problem, reach, plan.opened, assigned, cost),
        figures=figures(problem, reach, plan.opened, assigned),
    )


def _claim(problem: Problem, plan: Plan, status: Status, value: float, bound: float | None, gap: float | None) -> str:
    count = len(plan.opened)
    unit = {
        "p_median": "metres × weight in all" if problem.equity is None else "metres, mean and worst served weighed",
        "max_cover": f"of {problem.weight.sum():g} covered",
        "set_cover": "sites",
    }[problem.model]
    what = (
        f"{count} open sites cover everybody"
        if problem.model == "set_cover"
        else f"{count} open sites, {value:.10g} {unit}"
    )
    if status is Status.OPTIMAL:
        better = {"p_median": "less", "max_cover": "more", "set_cover": "fewer"}[problem.model]
        return f"Proven optimal: {what}; no plan within the rules has {better} (proven by {plan.bound_from})."
    if bound is None or gap is None:
        return f"A plan within the rules: {what}; no bound was proven in time."
    side = "more" if problem.model == "max_cover" else "less"
    return (
        f"A plan within the rules: {what}; within {100 * gap:.3g} % of the bound {bound:.10g}, {side} than which "
        f"is impossible (proven by {plan.bound_from})."
    )
