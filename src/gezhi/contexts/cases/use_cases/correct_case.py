"""Set right what the report got wrong: its class, its urgency or its place. Routing follows."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import due, pauses_of
from gezhi.contexts.cases.domain.states import CaseStatus, Urgency
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.place import place_at, place_of
from gezhi.contexts.cases.step import Command, StepResult, take_step
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.worktime.city_calendar import city_calendar


def correct_case(
    command: Command,
    *,
    class_code: str | None = None,
    condition: int | None = None,
    urgency: Urgency | None = None,
    lon: float | None = None,
    lat: float | None = None,
    area_id: int | None = None,
) -> StepResult:
    """Correct a case before it is in hand. Deadlines are those of the corrected class, counted from the report.

    The place is a point (WGS84 degrees) or an area; the point that the report came with stays on record.
    Raises ``InvalidInput``: nothing to correct, unknown class or condition, a position outside the city, an unknown area.
    """

    def decide(case: Case) -> dict[str, Any]:
        moved = lon is not None or lat is not None or area_id is not None
        if class_code is None and urgency is None and not moved:
            raise InvalidInput("nothing_to_correct", "say what is to be corrected", field="class_code")
        tables = catalogue()
        code = class_code or case.class_code
        entry = tables.entry(code)
        chosen = condition if class_code is not None else case.condition
        if chosen is not None and not 1 <= chosen <= max(1, len(entry.limits)):
            raise InvalidInput(
                "unknown_condition", f"class {code} has {len(entry.limits)} conditions", field="condition"
            )
        place = place_of(case)
        changes: dict[str, Any] = {"class_code": code, "condition": chosen}
        if urgency is not None:
            changes["urgency"] = urgency.value
        if moved:
            corrected = place_at(lon=lon, lat=lat, area_id=area_id)
            place = corrected.areas
            changes |= corrected.columns()
        route = tables.route(class_code=code, place=place, condition=chosen)
        calendar = city_calendar()
        changes["suggested_organisation_id"] = route.organisation_id
        changes["handle_due"] = due(case.reported_at, route.handle_limit, calendar, pauses_of({"pauses": case.pauses}))
        if case.status == CaseStatus.REPORTED:
            changes["dispatch_due"] = due(case.reported_at, route.dispatch_limit, calendar)
        return changes

    request = {
        "class_code": class_code,
        "condition": condition,
        "urgency": urgency,
        "lon": lon,
        "lat": lat,
        "area_id": area_id,
    }
    return take_step(command, action=Action.CORRECT, request=request, decide=decide)
