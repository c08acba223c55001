"""Urge whoever has the case (催办)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case, CaseEvent
from gezhi.contexts.cases.step import Command, StepResult, take_step
from gezhi.kernel.errors import Conflict

PAUSE_BETWEEN = timedelta(hours=4)


def remind_case(command: Command) -> StepResult:
    """Remind. Raises ``Conflict`` (``reminded_lately``) within four hours of the last reminder: urging is not a stick."""

    def decide(case: Case) -> dict[str, Any]:
        last = (
            CaseEvent.objects.filter(case=case, action=Action.REMIND, at__gt=command.now - PAUSE_BETWEEN)
            .order_by("-version")
            .first()
        )
        if last is not None:
            raise Conflict("reminded_lately", "a reminder went out in the last four hours", at=last.at.isoformat())
        return {"remind_count": case.remind_count + 1, "needs_attention": True}

    return take_step(command, action=Action.REMIND, request={}, decide=decide)
