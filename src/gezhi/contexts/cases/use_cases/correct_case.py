"""Set right what the report got wrong: its class, its urgency or its place. Routing follows."""

from __future__ import annotations

from typing import Any

from gezhi.contexts.areas.queries import locate
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import due
from gezhi.contexts.cases.domain.states import CaseStatus, LocationQuality, Urgency
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.place import place_of
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
) -> StepResult:
    """Correct a case before it is in hand. Deadlines are those of the corrected class, counted from the report.

    Raises ``InvalidInput``: nothing to correct, unknown class or condition, a position outside the city.
    """

    def decide(case: Case) -> dict[str, Any]:
        if class_code is None and urgency is None and lon is None and lat is None:
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
        if (lon is None) != (lat is None):
            raise InvalidInput("half_a_position", "a position needs longitude and latitude", field="lon")
        if lon is not None and lat is not None:
            found = locate(lon, lat)
            if found is None:
                raise InvalidInput("outside_city", "the position lies outside the city", field="lon")
            place = found
            changes |= {
                "lon": lon,
                "lat": lat,
                "location_quality": LocationQuality.EXACT.value,
                "city_id": found.city_id,
                "district_id": found.district_id,
                "street_id": found.street_id,
                "community_id": found.community_id,
                "grid_id": found.grid_id,
            }
        route = tables.route(class_code=code, place=place, condition=chosen)
        calendar = city_calendar()
        changes["suggested_organisation_id"] = route.organisation_id
        changes["handle_due"] = due(case.reported_at, route.handle_limit, calendar)
        if case.status == CaseStatus.REPORTED:
            changes["dispatch_due"] = due(case.reported_at, route.dispatch_limit, calendar)
        return changes

    request = {"class_code": class_code, "condition": condition, "urgency": urgency, "lon": lon, "lat": lat}
    return take_step(command, action=Action.CORRECT, request=request, decide=decide)
