"""Who may do what from where: the one table of the case's life. The docs page and the exhaustive test are made from it.

Handling and checking are kept apart (CJ/T 292: the supervision axis checks, the command axis dispatches), so that the
one who handled a case never passes judgement on it.
"""

from __future__ import annotations

from enum import StrEnum

from gezhi.contexts.cases.domain.states import OPEN_STATUSES, CaseStatus, Stage
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Button, Permit, Step, phrase, phrase_in
from gezhi.kernel.steps import actions_from as _actions_from


class Action(StrEnum):
    """The verbs. Each has one function in ``use_cases``."""

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


class Bar(StrEnum):
    """What rules somebody out, whatever the role."""

    HANDLED_IT = "handled_it"
    """Ever handled the case."""
    AT_WORK = "at_work"
    """Took the report in for somebody else, or took a step on it in a role."""


_S = CaseStatus
_DISPATCHER = Permit(Role.STREET_DISPATCHER, Relation.COVERS)
_OPERATIONS = Permit(Role.OPERATIONS, Relation.COVERS)
_CHECKER = Permit(Role.CHECKER, Relation.COVERS)
_OFFICER = Permit(Role.DEPARTMENT_OFFICER, Relation.ENTRUSTED)
_WORKER = Permit(Role.GRID_WORKER, Relation.ENTRUSTED)
_WORKER_NEAR = Permit(Role.GRID_WORKER, Relation.COVERS)
_REPORTER = Permit(Role.RESIDENT, Relation.REPORTED_IT)
_WORKER_NOTICED = Permit(Role.GRID_WORKER, Relation.REGISTERED_IT)
_OFFICER_NOTICED = Permit(Role.DEPARTMENT_OFFICER, Relation.REGISTERED_IT)
_NOTICED = (_WORKER_NOTICED, _OFFICER_NOTICED)
_COMMAND = (_DISPATCHER, _OPERATIONS)
_HANDLERS = (_WORKER, _OFFICER)
_OPEN = frozenset(OPEN_STATUSES)


_NONE: frozenset[CaseStatus] = frozenset()


def _from(*statuses: CaseStatus) -> frozenset[CaseStatus]:
    return frozenset(statuses)


# Keys j, k, n, ? and / belong to the list.
_ROWS = (
    Step(
        Action.REPORT,
        _NONE,
        _S.REPORTED,
        (Permit(Role.RESIDENT, Relation.ANYONE),),
        event="case.reported",
        happened=phrase("Reported"),
        does=phrase("Report"),
        told=True,
    ),
    # From handling too: a worker falls ill or leaves, and the case must not wait for them.
    Step(
        Action.DISPATCH,
        _from(_S.REPORTED, _S.DISPATCHED, _S.HANDLING),
        _S.DISPATCHED,
        _COMMAND,
        event="case.dispatched",
        happened=phrase("Dispatched"),
        ahead=phrase("Dispatched to the body in charge"),
        does=phrase("Dispatch"),
        button=Button("d", 1, form="dispatch", leads=True),
        told=True,
    ),
    Step(
        Action.ACCEPT,
        _from(_S.DISPATCHED),
        _S.HANDLING,
        _HANDLERS,
        event="case.accepted",
        happened=phrase("Accepted by the handler"),
        does=phrase("Accept"),
        button=Button("a", 2, leads=True),
        told=True,
    ),
    Step(
        Action.RETURN,
        _from(_S.DISPATCHED, _S.HANDLING),
        _S.REPORTED,
        _HANDLERS,
        event="case.returned",
        happened=phrase("Returned to the hub"),
        does=phrase("Return to the hub"),
        button=Button("r", 4),
        needs_reason=True,
        told=True,
        told_as=phrase("Back at the street hub, which is assigning it anew"),
    ),
    Step(
        Action.HANDLE,
        _from(_S.HANDLING),
        _S.HANDLED,
        _HANDLERS,
        event="case.handled",
        happened=phrase("Handled"),
        ahead=phrase("Handling on site"),
        does=phrase("Submit the result"),
        button=Button("h", 3, form="handle", leads=True),
        told=True,
        note_told=True,
        picture=Stage.AFTER,
    ),
    Step(
        Action.PAUSE,
        _from(_S.HANDLING),
        _S.SUSPENDED,
        _COMMAND,
        event="case.paused",
        happened=phrase("Suspended; the clock is stopped"),
        does=phrase("Suspend"),
        button=Button("p", 8),
        needs_reason=True,
        told=True,
        note_told=True,
    ),
    Step(
        Action.RESUME,
        _from(_S.SUSPENDED),
        _S.HANDLING,
        (*_COMMAND, *_HANDLERS),
        event="case.resumed",
        happened=phrase("Resumed"),
        ahead=phrase("Resume"),
        does=phrase("Resume"),
        button=Button("u", 9, leads=True),
        told=True,
    ),
    Step(
        Action.CHECK,
        _from(_S.HANDLED),
        _S.CHECKED,
        (_CHECKER, _DISPATCHER),
        event="case.checked",
        happened=phrase("Checked on site"),
        ahead=phrase("Check on site"),
        does=phrase("Passed the check"),
        button=Button("c", 5, leads=True),
        bars=(Bar.HANDLED_IT,),
        told=True,
        picture=Stage.CHECK,
    ),
    Step(
        Action.REWORK,
        _from(_S.HANDLED, _S.CHECKED),
        _S.HANDLING,
        (_CHECKER, _DISPATCHER),
        event="case.rework_ordered",
        happened=phrase("Sent back for rework"),
        does=phrase("Fail and send back"),
        button=Button("w", 6),
        needs_reason=True,
        bars=(Bar.HANDLED_IT,),
        told=True,
    ),
    Step(
        Action.CLOSE,
        _from(_S.CHECKED),
        _S.CLOSED,
        _COMMAND,
        event="case.closed",
        happened=phrase_in("case", "Closed"),
        ahead=phrase_in("action", "Close"),
        does=phrase_in("action", "Close"),
        button=Button("x", 7, leads=True, undo=True),
        bars=(Bar.HANDLED_IT,),
        told=True,
    ),
    # Satisfaction is the reporter's to say, not that of those who worked on the case.
    Step(
        Action.RATE,
        _from(_S.CLOSED),
        None,
        (_REPORTER,),
        event="case.rated",
        happened=phrase("Rated by the reporter"),
        does=phrase("Rate"),
        bars=(Bar.AT_WORK,),
        told=True,
    ),
    Step(
        Action.REOPEN,
        _from(_S.CLOSED),
        _S.REPORTED,
        _COMMAND,
        event="case.reopened",
        happened=phrase("Reopened"),
        does=phrase("Reopen"),
        button=Button("o", 13),
        needs_reason=True,
        told=True,
        note_told=True,
    ),
    Step(
        Action.CANCEL,
        _from(_S.REPORTED, _S.DISPATCHED, _S.HANDLING, _S.SUSPENDED),
        _S.CANCELLED,
        _COMMAND,
        event="case.cancelled",
        happened=phrase("Cancelled"),
        does=phrase("Cancel the case"),
        button=Button("Q", 14, undo=True, danger=True),
        needs_reason=True,
        told=True,
        note_told=True,
    ),
    Step(
        Action.WITHDRAW,
        _from(_S.REPORTED),
        _S.CANCELLED,
        (_REPORTER, *_NOTICED),
        event="case.withdrawn",
        happened=phrase("Withdrawn by the reporter"),
        does=phrase("Withdraw"),
        button=Button("z", 15, undo=True, danger=True),
        told=True,
    ),
    Step(
        Action.REMIND,
        _OPEN,
        None,
        (*_COMMAND, _REPORTER, *_NOTICED),
        event="case.reminded",
        happened=phrase("Reminded"),
        does=phrase("Remind"),
        button=Button("e", 10),
    ),
    Step(
        Action.CORRECT,
        _from(_S.REPORTED, _S.DISPATCHED),
        None,
        _COMMAND,
        event="case.corrected",
        happened=phrase("Corrected"),
        does=phrase("Correct"),
        button=Button("f", 11, form="correct"),
        needs_reason=True,
    ),
    Step(
        Action.NOTE,
        _OPEN,
        None,
        (*_COMMAND, _CHECKER, _WORKER_NEAR, *_HANDLERS),
        event="case.noted",
        happened=phrase("Note added"),
        does=phrase("Add a note"),
        button=Button("m", 12),
        needs_words=True,
    ),
)
TRANSITIONS: dict[Action, Step] = {Action(row.action): row for row in _ROWS}


def actions_from(status: CaseStatus) -> tuple[Action, ...]:
    """The actions that the table knows from a status, in the table's order."""
    return _actions_from(TRANSITIONS, status)
