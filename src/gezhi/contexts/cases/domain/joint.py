"""Joint handling (街乡吹哨、部门报到): the hub calls other bodies in; each gets a part of the case, with its deadline and outcome.

The body that has the case leads it; a part is a case of its own that belongs to it, signed for in a set time, handled, checked and
closed as any other. The whole is checked when no part is open. Afterwards both sides rate each other.
"""

from __future__ import annotations

from gezhi.contexts.cases.domain.actions import Action, Condition
from gezhi.contexts.cases.domain.permits import COMMAND, OFFICER, starting
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.kernel.steps import Button, Step, phrase

_S = CaseStatus
_ANY = frozenset(CaseStatus)

JOINT = (
    Step(
        Action.CALL,
        starting(_S.DISPATCHED, _S.HANDLING),
        None,
        COMMAND,
        event="case.called",
        happened=phrase("Called another body in"),
        does=phrase("Call another body in"),
        button=Button("q", 29, form="call", rare=True),
        needs_reason=True,
        when=(Condition.NOT_A_PART,),
        told=True,
        told_as=phrase("Another body was called in to help"),
    ),
    Step(
        Action.PART_ENDED,
        _ANY,
        None,
        (),
        event="case.part_ended",
        happened=phrase("A part was brought to its end"),
        does=phrase("End a part"),
    ),
    Step(
        Action.PART_REOPENED,
        _ANY,
        None,
        (),
        event="case.part_reopened",
        happened=phrase("A part was opened again"),
        does=phrase("Open a part again"),
    ),
    Step(
        Action.RATE_UNIT,
        starting(_S.CLOSED),
        None,
        COMMAND,
        event="case.unit_rated",
        happened=phrase("The street rated the body that was called in"),
        does=phrase("Rate the body that was called in"),
        button=Button("R", 24, form="score"),
        when=(Condition.A_PART, Condition.UNIT_NOT_RATED),
    ),
    Step(
        Action.RATED_ALONG,
        starting(_S.CLOSED),
        None,
        (),
        event="case.rated_along",
        happened=phrase("The reporter rated the body that was called in"),
        does=phrase("Rate the body that was called in together with the case"),
    ),
    Step(
        Action.RATE_STREET,
        starting(_S.CLOSED),
        None,
        (OFFICER,),
        event="case.street_rated",
        happened=phrase("The body that was called in rated the street"),
        does=phrase("Rate the street that called"),
        button=Button("T", 24, form="score"),
        when=(Condition.A_PART, Condition.STREET_NOT_RATED),
    ),
)
