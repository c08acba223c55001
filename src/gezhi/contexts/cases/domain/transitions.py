"""Who may do what from where: the one table of the case's life. The docs page and the exhaustive test are made from it.

Handling and checking are kept apart (CJ/T 292: the supervision axis checks, the command axis dispatches), so that the
one who handled a case never passes judgement on it.
"""

from __future__ import annotations

from gezhi.contexts.cases.domain.actions import Action, Bar, Condition, Relation
from gezhi.contexts.cases.domain.adding import ADDING
from gezhi.contexts.cases.domain.before_and_after import BEFORE_AND_AFTER
from gezhi.contexts.cases.domain.joint import JOINT
from gezhi.contexts.cases.domain.permits import (
    CHECKER,
    COMMAND,
    DISPATCHER,
    HANDLERS,
    NOTICED,
    REPORTER,
    WORKER_NEAR,
    starting,
)
from gezhi.contexts.cases.domain.second_person import SECOND_PERSON
from gezhi.contexts.cases.domain.states import OPEN_STATUSES, CaseStatus, Stage
from gezhi.contexts.cases.domain.together import REMINDABLE, TOGETHER
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import A_MINUTE, SOON, Button, Permit, Step, phrase, phrase_in
from gezhi.kernel.steps import actions_from as _actions_from

__all__ = ["TRANSITIONS", "Action", "Bar", "Condition", "Relation", "actions_from"]

_S = CaseStatus
_OPEN = frozenset(OPEN_STATUSES)

# The columns that say where a case lies.
_PLACE = ("lon", "lat", "city_id", "district_id", "street_id", "community_id", "grid_id")

# Keys j, k, n, ? and / belong to the list.
_ROWS = (
    Step(
        Action.REPORT,
        starting(),
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
        starting(_S.REPORTED, _S.VERIFYING, _S.DISPATCHED, _S.HANDLING),
        _S.DISPATCHED,
        COMMAND,
        event="case.dispatched",
        happened=phrase("Dispatched"),
        ahead=phrase("Dispatched to the body in charge"),
        does=phrase("Dispatch"),
        button=Button("d", 1, form="dispatch", leads=True),
        told=True,
    ),
    Step(
        Action.ACCEPT,
        starting(_S.DISPATCHED),
        _S.HANDLING,
        HANDLERS,
        event="case.accepted",
        happened=phrase("Accepted by the handler"),
        does=phrase("Accept"),
        button=Button("a", 2, leads=True),
        told=True,
    ),
    Step(
        Action.RETURN,
        starting(_S.DISPATCHED, _S.HANDLING),
        _S.REPORTED,
        HANDLERS,
        event="case.returned",
        happened=phrase("Returned to the hub"),
        does=phrase("Return to the hub"),
        button=Button("r", 4, form="whose"),
        needs_reason=True,
        told=True,
        told_as=phrase("Back at the street hub, which is assigning it anew"),
    ),
    # It goes along with a correction: nobody gave it back, so it is no return and counts as none.
    Step(
        Action.OUT_OF_REACH,
        starting(_S.DISPATCHED),
        _S.REPORTED,
        (),
        event="case.out_of_reach",
        happened=phrase("Back at the hub: whoever had it does not act at the corrected place"),
        does=phrase("Take back to the hub"),
        told=True,
        told_as=phrase("Back at the street hub, which is assigning it anew"),
    ),
    Step(
        Action.HANDLE,
        starting(_S.HANDLING),
        _S.HANDLED,
        HANDLERS,
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
        starting(_S.HANDLING),
        _S.SUSPENDED,
        COMMAND,
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
        starting(_S.SUSPENDED),
        _S.HANDLING,
        (*COMMAND, *HANDLERS),
        event="case.resumed",
        happened=phrase("Resumed"),
        ahead=phrase("Resume"),
        does=phrase("Resume"),
        button=Button("u", 9, leads=True),
        told=True,
    ),
    Step(
        Action.CHECK,
        starting(_S.HANDLED),
        _S.CHECKED,
        (CHECKER, DISPATCHER),
        event="case.checked",
        happened=phrase("Checked and in order"),
        ahead=phrase("Check of the result"),
        does=phrase("Passed the check"),
        button=Button("c", 5, leads=True, undo=A_MINUTE),
        bars=(Bar.HANDLED_IT,),
        told=True,
        picture=Stage.CHECK,
        when=(Condition.NO_OPEN_PARTS,),
    ),
    Step(
        Action.REWORK,
        starting(_S.HANDLED, _S.CHECKED),
        _S.HANDLING,
        (CHECKER, DISPATCHER),
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
        starting(_S.CHECKED),
        _S.CLOSED,
        COMMAND,
        event="case.closed",
        happened=phrase_in("case", "Closed"),
        ahead=phrase_in("action", "Close"),
        does=phrase_in("action", "Close"),
        button=Button("x", 7, leads=True, undo=SOON),
        bars=(Bar.HANDLED_IT,),
        told=True,
        when=(Condition.NO_OPEN_PARTS,),
    ),
    # Satisfaction is the reporter's to say, not that of those who worked on the case.
    Step(
        Action.RATE,
        starting(_S.CLOSED),
        None,
        (REPORTER,),
        event="case.rated",
        happened=phrase("Rated by the reporter"),
        does=phrase("Rate"),
        bars=(Bar.AT_WORK,),
        told=True,
        when=(Condition.NOT_RATED,),
    ),
    Step(
        Action.REOPEN,
        starting(_S.CLOSED),
        _S.REPORTED,
        COMMAND,
        event="case.reopened",
        happened=phrase("Reopened"),
        does=phrase("Reopen"),
        button=Button("o", 13),
        needs_reason=True,
        when=(Condition.WHOLE_OPEN,),
        told=True,
        note_told=True,
    ),
    Step(
        Action.CANCEL,
        starting(_S.REPORTED, _S.VERIFYING, _S.DISPATCHED, _S.HANDLING, _S.SUSPENDED),
        _S.CANCELLED,
        COMMAND,
        event="case.cancelled",
        happened=phrase("Cancelled"),
        does=phrase("Cancel the case"),
        button=Button("Q", 14, undo=SOON, danger=True),
        needs_reason=True,
        told=True,
        note_told=True,
        when=(Condition.NO_OPEN_PARTS,),
    ),
    Step(
        Action.WITHDRAW,
        starting(_S.REPORTED, _S.VERIFYING),
        _S.CANCELLED,
        (REPORTER, *NOTICED),
        event="case.withdrawn",
        happened=phrase("Withdrawn by the reporter"),
        does=phrase("Withdraw"),
        button=Button("z", 15, undo=SOON, danger=True),
        when=(Condition.NOT_A_PART, Condition.NO_OPEN_PARTS),
        told=True,
    ),
    Step(
        Action.REMIND,
        REMINDABLE,
        None,
        (*COMMAND, REPORTER, *NOTICED),
        event="case.reminded",
        happened=phrase("Reminded"),
        does=phrase("Remind"),
        button=Button("e", 10),
        bars=(Bar.HAS_IT,),
    ),
    Step(
        Action.CORRECT,
        starting(_S.REPORTED, _S.VERIFYING, _S.DISPATCHED),
        None,
        COMMAND,
        event="case.corrected",
        happened=phrase("Corrected"),
        does=phrase("Correct"),
        button=Button("f", 11, form="correct"),
        needs_reason=True,
        told=True,
        told_as=phrase("Class, place or urgency were set right"),
        told_with=("class_code", "urgency", "address", *_PLACE),
    ),
    Step(
        Action.NOTE,
        _OPEN,
        None,
        (*COMMAND, CHECKER, WORKER_NEAR, *HANDLERS),
        event="case.noted",
        happened=phrase("Note added"),
        does=phrase("Add a note"),
        button=Button("m", 12),
        needs_words=True,
    ),
)
TRANSITIONS: dict[Action, Step] = {
    Action(row.action): row for row in (*_ROWS, *ADDING, *BEFORE_AND_AFTER, *SECOND_PERSON, *TOGETHER, *JOINT)
}


def actions_from(status: CaseStatus) -> tuple[Action, ...]:
    """The actions that the table knows from a status, in the table's order."""
    return _actions_from(TRANSITIONS, status)
