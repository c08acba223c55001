"""Who may do what from where: the one table of the case's life. The docs page and the exhaustive test are made from it.

Handling and checking are kept apart (CJ/T 292: the supervision axis checks, the command axis dispatches), so that the
one who handled a case never passes judgement on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gezhi.contexts.cases.domain.states import OPEN_STATUSES, CaseStatus
from gezhi.kernel.roles import Role


class Action(StrEnum):
    """The verbs. Each has one file in ``use_cases``."""

    REPORT = "report"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    RETURN = "return"
    HANDLE = "handle"
    PAUSE = "pause"
    RESUME = "resume"
    CHECK = "check"
    REWORK = "rework"
    CLOSE = "close"
    RATE = "rate"
    REOPEN = "reopen"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"
    REMIND = "remind"
    CORRECT = "correct"
    NOTE = "note"


class Relation(StrEnum):
    """How the actor must stand to the case, beside holding the role."""

    COVERS = "covers"
    """Holds the role in an area that covers the case's place."""
    ENTRUSTED = "entrusted"
    """Is the assignee, or an officer of the department that has the case."""
    REPORTED_IT = "reported_it"
    """Reported the case: shown by the account or by the follow code."""
    REGISTERED_IT = "registered_it"
    """Took the report in: noticed it in office, or typed it in for a caller."""
    ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Permit:
    """A role that may take an action, and how it must stand to the case."""

    role: Role
    relation: Relation


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. ``to`` None: the status stays as it is."""

    action: Action
    sources: frozenset[CaseStatus]
    to: CaseStatus | None
    permits: tuple[Permit, ...]
    needs_reason: bool = False
    # Nobody who ever handled the case may take this action on it.
    not_by_handler: bool = False
    # Nor anybody who took the report in for somebody else or took a step on it in a role.
    not_by_staff: bool = False


_S = CaseStatus
_DISPATCHER = Permit(Role.STREET_DISPATCHER, Relation.COVERS)
_OPERATIONS = Permit(Role.OPERATIONS, Relation.COVERS)
_CHECKER = Permit(Role.CHECKER, Relation.COVERS)
_OFFICER = Permit(Role.DEPARTMENT_OFFICER, Relation.ENTRUSTED)
_WORKER = Permit(Role.GRID_WORKER, Relation.ENTRUSTED)
_WORKER_NEAR = Permit(Role.GRID_WORKER, Relation.COVERS)
_REPORTER = Permit(Role.RESIDENT, Relation.REPORTED_IT)
_WORKER_NOTICED = Permit(Role.GRID_WORKER, Relation.REGISTERED_IT)
_COMMAND = (_DISPATCHER, _OPERATIONS)
_HANDLERS = (_WORKER, _OFFICER)
_OPEN = frozenset(OPEN_STATUSES)


def _row(
    action: Action,
    sources: frozenset[CaseStatus] | set[CaseStatus],
    to: CaseStatus | None,
    *permits: Permit,
    needs_reason: bool = False,
    not_by_handler: bool = False,
    not_by_staff: bool = False,
) -> Transition:
    return Transition(action, frozenset(sources), to, permits, needs_reason, not_by_handler, not_by_staff)


TRANSITIONS: dict[Action, Transition] = {
    row.action: row
    for row in (
        _row(Action.REPORT, set(), _S.REPORTED, Permit(Role.RESIDENT, Relation.ANYONE)),
        # From handling too: a worker falls ill or leaves, and the case must not wait for them.
        _row(Action.DISPATCH, {_S.REPORTED, _S.DISPATCHED, _S.HANDLING}, _S.DISPATCHED, *_COMMAND),
        _row(Action.ACCEPT, {_S.DISPATCHED}, _S.HANDLING, *_HANDLERS),
        _row(Action.RETURN, {_S.DISPATCHED, _S.HANDLING}, _S.REPORTED, *_HANDLERS, needs_reason=True),
        _row(Action.HANDLE, {_S.HANDLING}, _S.HANDLED, *_HANDLERS),
        _row(Action.PAUSE, {_S.HANDLING}, _S.SUSPENDED, *_COMMAND, needs_reason=True),
        _row(Action.RESUME, {_S.SUSPENDED}, _S.HANDLING, *_COMMAND, *_HANDLERS),
        _row(Action.CHECK, {_S.HANDLED}, _S.CHECKED, _CHECKER, _DISPATCHER, not_by_handler=True),
        _row(
            Action.REWORK,
            {_S.HANDLED, _S.CHECKED},
            _S.HANDLING,
            _CHECKER,
            _DISPATCHER,
            needs_reason=True,
            not_by_handler=True,
        ),
        _row(Action.CLOSE, {_S.CHECKED}, _S.CLOSED, *_COMMAND, not_by_handler=True),
        # Satisfaction is the reporter's to say, not that of those who worked on the case.
        _row(Action.RATE, {_S.CLOSED}, None, _REPORTER, not_by_staff=True),
        _row(Action.REOPEN, {_S.CLOSED}, _S.REPORTED, *_COMMAND, needs_reason=True),
        _row(
            Action.CANCEL,
            {_S.REPORTED, _S.DISPATCHED, _S.HANDLING, _S.SUSPENDED},
            _S.CANCELLED,
            *_COMMAND,
            needs_reason=True,
        ),
        _row(Action.WITHDRAW, {_S.REPORTED}, _S.CANCELLED, _REPORTER, _WORKER_NOTICED),
        _row(Action.REMIND, _OPEN, None, *_COMMAND, _REPORTER, _WORKER_NOTICED),
        _row(Action.CORRECT, {_S.REPORTED, _S.DISPATCHED}, None, *_COMMAND, needs_reason=True),
        _row(Action.NOTE, _OPEN, None, *_COMMAND, _CHECKER, _WORKER_NEAR, *_HANDLERS, needs_reason=True),
    )
}


def actions_from(status: CaseStatus) -> tuple[Action, ...]:
    """The actions that the table knows from a status, in the table's order."""
    return tuple(action for action, row in TRANSITIONS.items() if status in row.sources)
