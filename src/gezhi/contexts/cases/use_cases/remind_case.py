"""Urge whoever has the case (催办)."""

from __future__ import annotations

from gezhi.contexts.cases.domain.reminding import last_of_side, next_reminder
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.offered import reminders_of
from gezhi.kernel.errors import Conflict
from gezhi.platform.steps.verb import Changes, Moment, step


@step(CASE, Action.REMIND)
def remind_case(case: Case, at: Moment) -> Changes:
    """Remind. Raises ``Conflict`` (``reminded_lately``) within four hours of one's own last reminder (the reporter's, or the
    office's) to whoever works on it: urging is not a stick, nor five of them where five reports go together."""
    last = last_of_side(reminders_of(case), at.role)
    again = next_reminder(last)
    if last is not None and again is not None and at.now < again:
        raise Conflict("reminded_lately", "a reminder went out in the last four hours", at=last.isoformat())
    return {"remind_count": case.remind_count + 1, "needs_attention": True}
