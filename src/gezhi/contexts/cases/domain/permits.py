"""Who the table of the case's life speaks of."""

from __future__ import annotations

from gezhi.contexts.cases.domain.actions import Relation
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Permit

DISPATCHER = Permit(Role.STREET_DISPATCHER, Relation.COVERS)
OPERATIONS = Permit(Role.OPERATIONS, Relation.COVERS)
CHECKER = Permit(Role.CHECKER, Relation.COVERS)
OFFICER = Permit(Role.DEPARTMENT_OFFICER, Relation.ENTRUSTED)
WORKER = Permit(Role.GRID_WORKER, Relation.ENTRUSTED)
WORKER_NEAR = Permit(Role.GRID_WORKER, Relation.COVERS)
REPORTER = Permit(Role.RESIDENT, Relation.REPORTED_IT)
WORKER_NOTICED = Permit(Role.GRID_WORKER, Relation.REGISTERED_IT)
OFFICER_NOTICED = Permit(Role.DEPARTMENT_OFFICER, Relation.REGISTERED_IT)
NOTICED = (WORKER_NOTICED, OFFICER_NOTICED)
COMMAND = (DISPATCHER, OPERATIONS)
# Who takes in what a caller says, and finds what the caller reported.
TAKE_CALLS = frozenset(permit.role for permit in COMMAND)
HANDLERS = (WORKER, OFFICER)


def starting(*statuses: CaseStatus) -> frozenset[CaseStatus]:
    """The statuses from which a step is taken."""
    return frozenset(statuses)
