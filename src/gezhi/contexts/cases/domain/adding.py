"""The reporter adds words and pictures to a report, as long as somebody reads them.

A report that goes with another one is worked on there: what its reporter adds is told there too.
"""

from __future__ import annotations

from datetime import timedelta

from gezhi.contexts.cases.domain.actions import Action, Bar
from gezhi.contexts.cases.domain.permits import REPORTER, starting
from gezhi.contexts.cases.domain.states import OPEN_STATUSES, CaseStatus, Stage
from gezhi.kernel.steps import Step, phrase

# So many times within a day: who has more to say than that says it in one piece.
MOST_A_DAY = 5
# And so many to what is worked on, by all whose reports go with it: whoever handles it has to read them.
MOST_A_DAY_TOGETHER = 15
A_DAY = timedelta(days=1)

ADDING = (
    Step(
        Action.ADD,
        # After closing as long as the reporter may call it unsolved, which the verb asks.
        starting(*OPEN_STATUSES, CaseStatus.MERGED, CaseStatus.CLOSED),
        None,
        (REPORTER,),
        event="case.added",
        happened=phrase("The reporter added something"),
        does=phrase("Add something"),
        needs_words=True,
        bars=(Bar.AT_WORK,),
        told=True,
        told_as=phrase("You added something"),
        note_told=True,
        picture=Stage.ADDED,
    ),
    Step(
        Action.ADDED_ALONG,
        frozenset(CaseStatus),
        None,
        (),
        event="case.added_along",
        happened=phrase("The reporter of a report that goes with it added something"),
        does=phrase("Pass on what the reporter of a merged report added"),
    ),
)


def told_along(number: str, words: str) -> str:
    """What the report that another goes with says of words which were added to that one."""
    return f"{number}\n{words}"


def joined_number(note: str) -> str:
    """The number of the report to which words were added, of which a ``told_along`` tells."""
    return note.partition("\n")[0]
