"""Where a correction has taken a case: to whose hub, to which body; and whether anybody works there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.place import place_of
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import holders_covering
from gezhi.platform.steps.perform import StepResult

_HUB_LEVELS = ("street_id", "district_id", "city_id")


@dataclass(frozen=True, slots=True)
class Landed:
    """What a correction moved. ``hub_area_id``: the street whose hub has the case now, or what is known above it; None: its hub
    is the one it was and nobody was relieved of it. ``waiting``: it waits there for its dispatch. ``taken_back``: whoever had it
    has it no more. ``hub_empty``: nobody has the role of a street hub there. ``renamed``: the duty table names another body than
    before, ``body_id``, or None any more. ``body_unseen``: nobody of that body could see the case."""

    hub_area_id: int | None
    waiting: bool
    taken_back: bool
    hub_empty: bool
    renamed: bool
    body_id: int | None
    body_unseen: bool


def landed(result: StepResult, *, now: datetime) -> Landed | None:
    """Where the correction with this result took the case; None where it stays as it was. At most four queries."""
    last = CaseStep.objects.filter(case_id=result.id, version__in=(result.version - 1, result.version))
    steps = {step.action: step for step in last.order_by("version")}
    corrected = steps.get(Action.CORRECT.value)
    if corrected is None:
        return None
    taken_back = Action.OUT_OF_REACH.value in steps
    hub_moved = any(level in corrected.changes for level in _HUB_LEVELS)
    renamed = "suggested_organisation_id" in corrected.changes
    if not (taken_back or hub_moved or renamed):
        return None
    case = Case.objects.get(pk=result.id)
    areas = place_of(case).lineage
    hub = next((key for level in _HUB_LEVELS if (key := getattr(case, level)) is not None), None)
    told = hub is not None and (taken_back or hub_moved)
    body = case.suggested_organisation_id if renamed else None
    return Landed(
        hub_area_id=hub if told else None,
        waiting=case.status in {CaseStatus.REPORTED, CaseStatus.VERIFYING},
        taken_back=taken_back,
        hub_empty=told and not holders_covering(Role.STREET_DISPATCHER, areas, now=now),
        renamed=renamed,
        body_id=body,
        body_unseen=body is not None and not holders_covering(Role.DEPARTMENT_OFFICER, areas, body, now=now),
    )
