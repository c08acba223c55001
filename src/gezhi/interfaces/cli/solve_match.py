"""``gezhi solve match``: needs and resources to proposals."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import msgspec

from gezhi.interfaces.cli.solver_files import bad_input_refused, finish, out_option, read_task, task_argument
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.matching import Accepted, Need, Period, Plan, Resource, Score, Weights, match


class Before(msgspec.Struct, forbid_unknown_fields=True):
    """A pair that was proposed last time."""

    need: str
    resource: str


class Task(msgspec.Struct, forbid_unknown_fields=True):
    """The file IN."""

    needs: tuple[Need, ...]
    resources: tuple[Resource, ...]
    periods: tuple[Period, ...]
    accepted: tuple[Accepted, ...] = ()
    before: tuple[Before, ...] = ()
    weights: Weights = Weights()
    fair: bool = True


def _parts(score: Score) -> dict[str, Any]:
    return {**asdict(score), "total": score.total}


def _answer(plan: Plan) -> dict[str, Any]:
    projects: dict[tuple[str, str], list[str]] = {}
    for one in plan.proposals:
        projects.setdefault((one.resource, one.period), []).append(one.need)
    return {
        "status": plan.status.value,
        "proposals": [asdict(one) for one in plan.proposals],
        "projects": [
            {"resource": resource, "period": period, "needs": needs}
            for (resource, period), needs in sorted(projects.items())
        ],
        "unmatched": plan.unmatched,
        "explanations": {
            need: {
                "served_by": {name: _parts(score) for name, score in why.served_by.items()},
                "others": [asdict(other) for other in why.others],
                "kept_out": why.kept_out,
            }
            for need, why in plan.explanations.items()
        },
        "figures": plan.figures,
        "certificate": plan.certificate,
    }


@click.command()
@task_argument
@out_option
@click.option("--nodes", default=5_000, show_default=True, help="Branch-and-bound nodes at most, with teams.")
def command(task: Path, out: Path, nodes: int) -> None:
    """Match needs with resources: fair among grids first, then the best total score.

    \b
    IN:
      periods[]     id; from_s, to_s (seconds of any one clock)
      needs[]       id; x, y (metres); grid?; kind?; text?; skills?[] (all in one resource);
                    team?[] {skill, count?} (several resources at once, all or none);
                    clearance? (least level, default 0); from_s?, to_s? (the period must lie in it);
                    quantity? (units, default 1); urgency? (0 to 3); consent? (default true);
                    sensitive? (default false: matched, never explained)
      resources[]   id; x, y, radius_m (metres); capacity {period id: units}; kinds?[] (default any);
                    text?; skills?[]; clearance?; past? {kind: {done, good}}
      accepted?[]   need, resource, period, quantity? (default 1): stays as it is
      before?[]     need, resource: proposed last time, gets weights.stability
      weights?      distance 300, text 300, success 200, urgency 200, stability 100 (points)
      fair?         default true; false: only the total score counts
    OUT:
      status        optimal, feasible (teams, within the certificate's gap), impossible, none_found
      proposals[]   need, resource, period, quantity, accepted (units fixed before), total (points)
      projects[]    resource, period, needs[]
      unmatched     {need id: why}; needs without consent are named nowhere, only counted
      explanations  {need id: {served_by: {resource: parts of the score, distance_m, shared words},
                    others: [{resource, total, why}], kept_out: {filter: resources}}}
      figures       points, units_asked, units_served, grids {asked, served}, withheld, ...
      certificate   claim, value, bound, gap, bound_from
    """
    with bad_input_refused():
        given = read_task(task, Task)
        if not 1 <= nodes <= 10**9:
            raise InvalidInput("match.bad_nodes", f"{nodes} is not from 1 to 1000000000", field="--nodes")
        if not given.needs or not given.resources or not given.periods:
            empty = next(name for name in ("needs", "resources", "periods") if not getattr(given, name))
            raise InvalidInput("match.empty", "is empty", field=empty)
        plan = match(
            given.needs,
            given.resources,
            given.periods,
            accepted=given.accepted,
            before=[(pair.need, pair.resource) for pair in given.before],
            weights=given.weights,
            fair=given.fair,
            nodes=nodes,
        )
        finish(out, _answer(plan), plan.status, plan.certificate.claim)
