"""Tasks that no plan can satisfy, found before any search: each with the demand or the district that makes it so."""

from __future__ import annotations

import numpy as np

from gezhi.solvers.certificate import Reason
from gezhi.solvers.siting.distances import Reach
from gezhi.solvers.siting.task import Problem

# Demands that a reason names at most.
NAMED = 20


def why_impossible(problem: Problem, reach: Reach) -> Reason | None:
    """The reason why there is no plan, where one can be seen at once."""
    for district, (name, least) in enumerate(zip(problem.district_names, problem.minimums.tolist(), strict=True)):
        there = int((problem.district == district).sum())
        if there < least:
            words = f"district '{name}' shall have {least} open sites and has {there} sites"
            return Reason("too_few_in_district", words, (name,))
    if problem.p is not None:
        of = problem.district[problem.fixed]
        held = np.bincount(of[of >= 0], minlength=len(problem.minimums))
        owed = np.maximum(problem.minimums - held, 0)
        needed = int(problem.fixed.sum() + owed.sum())
        if needed > problem.p:
            words = f"{int(problem.fixed.sum())} fixed sites and the minimums of the districts need {needed} open sites"
            return Reason("too_few_sites", f"{words}, and p is {problem.p}", problem.district_names)
    if problem.model != "max_cover":
        alone = np.flatnonzero(np.diff(reach.start) == 0)
        if len(alone):
            limit = "" if problem.reach_m is None else f" within {problem.reach_m:g} m"
            named = tuple(problem.ids[i] for i in alone[:NAMED])
            first = f"demand[{problem.row[alone[0]]}] '{named[0]}'"
            others = f" and {len(alone) - 1} more demands" if len(alone) > 1 else ""
            words = f"{first}{others} can reach no site{limit}: add a site or a way, or leave the demand out"
            return Reason("unreachable", words, named)
        if problem.capacitated:
            return _too_heavy(problem, reach)
    return None


def _too_heavy(problem: Problem, reach: Reach) -> Reason | None:
    """A demand that is too large for every site that it can reach."""
    room = np.maximum.reduceat(problem.capacity[reach.site], reach.start[:-1])
    heavy = np.flatnonzero(room < problem.weight)
    if not len(heavy):
        return None
    named = tuple(problem.ids[i] for i in heavy[:NAMED])
    words = (
        f"demand[{problem.row[heavy[0]]}] '{named[0]}' weighs {problem.weight[heavy[0]]:g}, more than any site that it "
        f"can reach holds: a demand is served by one site, so split it or enlarge a site"
    )
    return Reason("too_heavy", words, named)
