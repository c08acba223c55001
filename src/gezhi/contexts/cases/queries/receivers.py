"""Who can be given a case."""

from __future__ import annotations

from datetime import datetime

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import may_be_given
from gezhi.contexts.workforce.queries import WorkerRow, workers_in
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import grants_of


def workers_for(case_id: int, *, now: datetime, limit: int) -> list[WorkerRow]:
    """The grid workers with an account in the finest area that is known of the case (a grid, community or street), as far
    as ``dispatch_case`` accepts them. Four queries."""
    case = Case.objects.get(pk=case_id)
    near = case.grid_id or case.community_id or case.street_id
    workers = {worker.user_id: worker for worker in (workers_in(near) if near else []) if worker.user_id is not None}
    held = grants_of(workers, Role.GRID_WORKER, now=now)
    able = [w for user_id, w in workers.items() if any(may_be_given(grant, case) for grant in held.get(user_id, []))]
    return able[:limit]
