"""Reports of one matter go together (合并): one of them is worked on, the others follow it, and each reporter keeps the own code.

What a step on one changes in the others is taken along with it, as a step of theirs in the same transaction.
"""

from __future__ import annotations

from gezhi.contexts.cases.domain.actions import Action, Condition
from gezhi.contexts.cases.domain.permits import COMMAND, starting
from gezhi.contexts.cases.domain.states import OPEN_STATUSES, CaseStatus
from gezhi.kernel.steps import Button, Step, phrase

_S = CaseStatus
_ANY = frozenset(CaseStatus)

TOGETHER = (
    Step(
        Action.MERGE,
        starting(_S.REPORTED, _S.VERIFYING, _S.DISPATCHED, _S.HANDLING),
        _S.MERGED,
        COMMAND,
        event="case.merged",
        happened=phrase("Merged with another report of the same matter"),
        does=phrase("Merge with another report"),
        button=Button("i", 32, form="merge", rare=True),
        when=(Condition.NONE_JOINED, Condition.NO_PARTS),
        told=True,
        told_as=phrase("Goes together with another report of the same matter"),
    ),
    Step(
        Action.UNMERGE,
        starting(_S.MERGED),
        _S.REPORTED,
        COMMAND,
        event="case.unmerged",
        happened=phrase("Taken apart again"),
        does=phrase("Take apart again"),
        button=Button("I", 13),
        needs_reason=True,
        told=True,
        told_as=phrase("Handled on its own again"),
    ),
    Step(
        Action.JOINED,
        _ANY,
        None,
        (),
        event="case.joined",
        happened=phrase("Another report of the same matter was merged in"),
        does=phrase("Take in another report"),
    ),
    Step(
        Action.PARTED,
        _ANY,
        None,
        (),
        event="case.parted",
        happened=phrase("A report that was merged in stands by itself again"),
        does=phrase("Give up a report that was merged in"),
    ),
    Step(
        Action.CLOSED_ALONG,
        starting(_S.MERGED),
        _S.CLOSED,
        (),
        event="case.closed_along",
        happened=phrase("Closed together with the report it goes with"),
        does=phrase("Close together with the main report"),
        told=True,
        note_told=True,
    ),
    # No step takes it along: it stands for the histories that hold it, which are read for good.
    Step(
        Action.CANCELLED_ALONG,
        starting(_S.MERGED),
        _S.CANCELLED,
        (),
        event="case.cancelled_along",
        happened=phrase("Cancelled together with the report it goes with"),
        does=phrase("Cancel together with the main report"),
        told=True,
        note_told=True,
    ),
    Step(
        Action.REOPENED_ALONG,
        starting(_S.CLOSED),
        _S.MERGED,
        (),
        event="case.reopened_along",
        happened=phrase("Opened again together with the report it goes with"),
        does=phrase("Reopen together with the main report"),
        told=True,
        note_told=True,
    ),
)
REMINDABLE = frozenset({*OPEN_STATUSES, _S.MERGED})
