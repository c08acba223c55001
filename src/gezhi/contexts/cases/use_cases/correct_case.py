"""Set right what the report got wrong: its class, its urgency or its place. Routing follows."""

from __future__ import annotations

from dataclasses import dataclass, field

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import pauses_of
from gezhi.contexts.cases.domain.states import CaseStatus, Urgency
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.place import place_at, place_of
from gezhi.contexts.cases.terms import terms_by, terms_of
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.steps.verb import Changes, Moment, needs, step, within
from gezhi.platform.worktime.city_calendar import city_calendar


@dataclass(frozen=True, slots=True)
class Correct:
    """What is to be set right; what is left out stays. The place is a point (WGS84 degrees) or an area."""

    class_code: str | None = field(default=None, metadata=within(max_length=12))
    condition: int | None = field(default=None, metadata=within(ge=1, le=50))
    urgency: Urgency | None = field(default=None, metadata=needs("nothing_to_correct", "there is no such urgency"))
    lon: float | None = None
    lat: float | None = None
    area_id: int | None = field(default=None, metadata=within(description="the place where there is no point"))

    @property
    def moves(self) -> bool:
        """Whether the place is to be corrected."""
        return self.lon is not None or self.lat is not None or self.area_id is not None


@step(CASE, Action.CORRECT)
def correct_case(case: Case, at: Moment, given: Correct) -> Changes:
    """Correct a case before it is in hand. Deadlines are those of the corrected class, counted from where the
    clock began: the report, or the last reopening.

    The point that the report came with stays on record.
    Raises ``InvalidInput``: nothing to correct, unknown class or condition, a position outside the city, an unknown area.
    """
    if given.class_code is None and given.urgency is None and not given.moves:
        raise InvalidInput("nothing_to_correct", "say what is to be corrected", field="class_code")
    tables = catalogue()
    code = given.class_code or case.class_code
    entry = tables.entry(code)
    chosen = given.condition if given.class_code is not None else case.condition
    if chosen is not None and not 1 <= chosen <= max(1, len(entry.limits)):
        raise InvalidInput("unknown_condition", f"class {code} has {len(entry.limits)} conditions", field="condition")
    place = place_of(case)
    changes: Changes = {"class_code": code, "condition": chosen}
    if given.urgency is not None:
        changes["urgency"] = given.urgency.value
    if given.moves:
        corrected = place_at(lon=given.lon, lat=given.lat, area_id=given.area_id)
        place = corrected.areas
        changes |= corrected.columns()
    route = tables.route(class_code=code, place=place, condition=chosen)
    terms, calendar = terms_by(route, start=terms_of(case).clock_start), city_calendar()
    changes |= terms.columns()
    changes["suggested_organisation_id"] = route.organisation_id
    changes["handle_due"] = terms.handle_due(calendar, pauses_of({"pauses": case.pauses}))
    if case.status == CaseStatus.REPORTED:
        changes["dispatch_due"] = terms.dispatch_due(calendar)
    return changes
