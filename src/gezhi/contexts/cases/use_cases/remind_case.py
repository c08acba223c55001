"""Urge whoever has the case (催办)."""

from __future__ import annotations

from datetime import timedelta

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case, CaseEvent
from gezhi.kernel.errors import Conflict
from gezhi.platform.steps.verb import Changes, Moment, step

PAUSE_BETWEEN = timedelta(hours=4)


@step(CASE, Action.REMIND)
def remind_case(case: Case, at: Moment) -> Changes:
    """Remind. Raises ``Conflict`` (``reminded_lately``) within four hours of the last reminder: urging is not a stick."""
    last = (
        CaseEvent.objects.filter(case=case, action=Action.REMIND, at__gt=at.now - PAUSE_BETWEEN)
        .order_by("-version")
        .first()
    )
    if last is not None:
        raise Conflict("reminded_lately", "a reminder went out in the last four hours", at=last.at.isoformat())
    return {"remind_count": case.remind_count + 1, "needs_attention": True}
