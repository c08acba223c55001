"""Steps before a case is filed and after it is closed, and those of a worker alone: verification (核实), handing on, settling on
the spot (自行处置), the reporter's 'not solved'.

Verification asks whether the matter is there at all, before anybody is sent; the check (核查) asks after handling whether it is
done. They are two steps with two names, here and everywhere.
"""

from __future__ import annotations

from gezhi.contexts.cases.domain.actions import Action, Bar, Condition
from gezhi.contexts.cases.domain.permits import (
    CHECKER,
    COMMAND,
    HANDLERS,
    NOTICED,
    REPORTER,
    WORKER,
    WORKER_NEAR,
    starting,
)
from gezhi.contexts.cases.domain.states import CaseStatus, Stage
from gezhi.kernel.steps import Button, Step, phrase

_S = CaseStatus

BEFORE_AND_AFTER = (
    Step(
        Action.ASK_VERIFICATION,
        starting(_S.REPORTED),
        _S.VERIFYING,
        COMMAND,
        event="case.verification_asked",
        happened=phrase("Sent to be verified on the spot"),
        does=phrase("Have it verified first"),
        button=Button("v", 2, form="verifier"),
        told=True,
        told_as=phrase("Somebody looks on the spot first"),
    ),
    Step(
        Action.VERIFY,
        starting(_S.VERIFYING),
        _S.REPORTED,
        (WORKER, WORKER_NEAR, CHECKER),
        event="case.verified",
        happened=phrase("Verified on the spot"),
        ahead=phrase("Verification on the spot"),
        does=phrase("Report what you found"),
        button=Button("y", 1, form="finding", leads=True),
        bars=(Bar.TOOK_IT_IN,),
        told=True,
        picture=Stage.BEFORE,
    ),
    Step(
        Action.HAND_ON,
        starting(_S.DISPATCHED, _S.HANDLING),
        _S.DISPATCHED,
        HANDLERS,
        event="case.handed_on",
        happened=phrase("Handed on to a colleague"),
        does=phrase("Hand on to a colleague"),
        button=Button("t", 12, form="colleague"),
        needs_reason=True,
        told=True,
        told_as=phrase("A colleague goes on with it"),
    ),
    Step(
        Action.SETTLE,
        starting(_S.REPORTED),
        _S.CLOSED,
        NOTICED,
        event="case.settled",
        happened=phrase("Settled on the spot by whoever noticed it"),
        does=phrase("Settled on the spot"),
        button=Button("s", 2),
        needs_words=True,
        when=(Condition.PATROL, Condition.NONE_JOINED, Condition.NO_PARTS),
        told=True,
    ),
    Step(
        Action.NOT_SOLVED,
        starting(_S.CLOSED),
        _S.REPORTED,
        (REPORTER,),
        event="case.not_solved",
        happened=phrase("Opened again: the reporter says it is not solved"),
        does=phrase("It is still not solved"),
        when=(Condition.NOT_SET_ASIDE, Condition.NOT_A_PART),
        bars=(Bar.AT_WORK,),
        told=True,
        told_as=phrase("Opened again: you said that it is not solved"),
        note_told=True,
    ),
)
