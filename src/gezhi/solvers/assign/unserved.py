"""Why a case got nobody, in one sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.assign.eligibility import Eligibility
from gezhi.solvers.assign.task import Cases, Workers

Ints = NDArray[np.int64]


def why_nobody(
    cases: Cases, workers: Workers, eligibility: Eligibility, unserved: Ints, served: Ints, sent: Ints
) -> dict[str, str]:
    """A reason for each of the cases ``unserved``; ``sent`` (worker) and ``served`` (case) are the pairs of the plan."""
    held = {skill for has in workers.skills for skill in has}
    case_of = np.full(len(workers.ids), -1)
    case_of[sent] = served
    return {cases.ids[i]: _reason(cases, workers, eligibility, i, held, case_of) for i in unserved.tolist()}


def _reason(cases: Cases, workers: Workers, eligibility: Eligibility, place: int, held: set[str], case_of: Ints) -> str:
    needs = sorted(cases.needs[place])
    if not workers.ids:
        return "there are no workers"
    if not eligibility.skilled[place]:
        lacking = [skill for skill in needs if skill not in held]
        if lacking:
            return f"no worker has the skill {', '.join(lacking)}"
        return f"no worker has all the skills {', '.join(needs)} together"
    skilled = f" of the {int(eligibility.skilled[place])} with the skill {', '.join(needs)}" if needs else ""
    if not eligibility.reachable[place]:
        return f"no worker{skilled} can get there"
    if not eligibility.in_time[place]:
        return f"the shift of every worker{skilled or ' who can get there'} ends before the case would be done"
    eligible = np.flatnonzero(eligibility.pairs[place])
    count, people = eligible.size, int(cases.people[place])
    if people > count:
        return f"it takes {people} people, and only {count} are eligible"
    idle = int((case_of[eligible] == -1).sum())
    if idle and people > 1:
        return f"it takes {people} people, and only {idle} of the {count} eligible are not needed more elsewhere"
    if idle:
        return f"{idle} of the {count} eligible workers stay free: sending one costs more than leaving the case open"
    others = case_of[eligible]
    urgent = int((cases.urgency[others] > cases.urgency[place]).sum())
    why = "that are nearer to them" if not urgent else f"that are nearer to them or more urgent ({urgent})"
    return (
        f"all {count} eligible workers are sent to cases {why}"
        if count > 1
        else f"the only eligible worker, {workers.ids[int(eligible[0])]}, is sent to {cases.ids[int(others[0])]}"
    )
