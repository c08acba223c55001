"""What two people decide: an extension, closing by force, setting a demand aside, an appeal against a timeout.

One asks, with reasons, and another decides; until then the request stands on the case, one at a time. Sources: extension once and
approved (12345 order interfaces), forced closing as a state of its own, the appeal of the handling department with two reviews
after which the delay stays on record and only the statistic is exempted, unreasonable demands out of evaluation after review.
"""

from __future__ import annotations

from gezhi.contexts.cases.domain.actions import Action, Bar, Condition
from gezhi.contexts.cases.domain.permits import COMMAND, DISPATCHER, HANDLERS, OFFICER, OPERATIONS, starting
from gezhi.contexts.cases.domain.states import OPEN_STATUSES, CaseStatus
from gezhi.kernel.fold import Columns
from gezhi.kernel.steps import SOON, Button, Step, phrase

_S = CaseStatus
_GIVEN = starting(_S.DISPATCHED, _S.HANDLING, _S.SUSPENDED, _S.HANDLED, _S.CHECKED)
_UNSETTLED = starting(_S.REPORTED, _S.VERIFYING, _S.DISPATCHED, _S.HANDLING, _S.SUSPENDED)

# The columns of a case on which nothing waits for a second person.
NOTHING_ASKED: Columns = {"request": "", "requested_by": None, "request_limit": ""}

SECOND_PERSON = (
    Step(
        Action.ASK_EXTENSION,
        starting(_S.DISPATCHED, _S.HANDLING),
        None,
        HANDLERS,
        event="case.extension_asked",
        happened=phrase("Asked for more time"),
        does=phrase("Ask for more time"),
        button=Button("l", 16, form="extension"),
        needs_reason=True,
        when=(Condition.NOTHING_ASKED, Condition.NOT_EXTENDED),
    ),
    Step(
        Action.EXTEND,
        starting(_S.DISPATCHED, _S.HANDLING, _S.SUSPENDED),
        None,
        COMMAND,
        event="case.extended",
        happened=phrase("More time was granted"),
        does=phrase("Grant more time"),
        button=Button("g", 0, leads=True, undo=SOON),
        when=(Condition.EXTENSION_ASKED,),
        bars=(Bar.ASKED_IT, Bar.HAS_IT, Bar.NO_APPROVER),
        told=True,
    ),
    Step(
        Action.ASK_FORCED_CLOSE,
        _GIVEN,
        None,
        COMMAND,
        event="case.forced_close_asked",
        happened=phrase("Proposed to close it by force"),
        does=phrase("Propose to close by force"),
        button=Button("X", 30, rare=True),
        needs_reason=True,
        when=(Condition.NOTHING_ASKED,),
    ),
    Step(
        Action.FORCE_CLOSE,
        _GIVEN,
        _S.CLOSED,
        COMMAND,
        event="case.force_closed",
        happened=phrase("Closed by force, by decision of two"),
        does=phrase("Close by force"),
        button=Button("C", 0, form="outcome", danger=True),
        needs_reason=True,
        when=(Condition.FORCED_CLOSE_ASKED, Condition.NO_OPEN_PARTS),
        bars=(Bar.ASKED_IT, Bar.NO_APPROVER, Bar.HANDLED_IT),
        told=True,
        told_as=phrase("Closed by decision of two people"),
        note_told=True,
    ),
    Step(
        Action.ASK_SETTING_ASIDE,
        _UNSETTLED,
        None,
        COMMAND,
        event="case.setting_aside_asked",
        happened=phrase("Proposed to set it aside as unreasonable"),
        does=phrase("Propose to set aside as unreasonable"),
        button=Button("U", 31, rare=True),
        needs_reason=True,
        when=(Condition.NOTHING_ASKED,),
    ),
    Step(
        Action.SET_ASIDE,
        _UNSETTLED,
        _S.CLOSED,
        COMMAND,
        event="case.set_aside",
        happened=phrase("Set aside as unreasonable, by decision of two; answered"),
        does=phrase("Set aside, with an answer"),
        button=Button("A", 0, danger=True),
        needs_reason=True,
        when=(Condition.SETTING_ASIDE_ASKED, Condition.NO_OPEN_PARTS),
        bars=(Bar.ASKED_IT, Bar.NO_APPROVER),
        told=True,
        told_as=phrase("Answered; nothing more can be done here"),
        note_told=True,
    ),
    Step(
        Action.APPEAL,
        starting(_S.CLOSED),
        None,
        (OFFICER,),
        event="case.appealed",
        happened=phrase("Appealed against the timeout"),
        does=phrase("Appeal against the timeout"),
        button=Button("P", 20),
        needs_reason=True,
        when=(Condition.HANDLED_LATE, Condition.NOT_APPEALED, Condition.NOTHING_ASKED),
    ),
    Step(
        Action.SUPPORT_APPEAL,
        starting(_S.CLOSED),
        None,
        (DISPATCHER,),
        event="case.appeal_supported",
        happened=phrase("Supported the appeal, in the first review"),
        does=phrase("Support the appeal"),
        button=Button("S", 0, leads=True),
        needs_reason=True,
        when=(Condition.APPEAL_ASKED,),
        bars=(Bar.ASKED_IT, Bar.HANDLED_IT),
    ),
    Step(
        Action.EXEMPT,
        starting(_S.CLOSED),
        None,
        (OPERATIONS,),
        event="case.exempted",
        happened=phrase("Granted the appeal: the delay stays on record and does not count"),
        does=phrase("Grant the appeal"),
        button=Button("E", 0, leads=True),
        needs_reason=True,
        when=(Condition.APPEAL_SUPPORTED,),
        bars=(Bar.ASKED_IT, Bar.REVIEWED_IT, Bar.HANDLED_IT),
    ),
    Step(
        Action.REFUSE,
        frozenset({*OPEN_STATUSES, _S.CLOSED}),
        None,
        COMMAND,
        event="case.refused",
        happened=phrase("Refused what was asked"),
        does=phrase("Refuse what was asked"),
        button=Button("b", 0),
        needs_reason=True,
        when=(Condition.ASKED,),
        bars=(Bar.NO_APPROVER,),
    ),
)
