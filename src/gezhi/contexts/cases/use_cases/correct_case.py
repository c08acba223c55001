"""Set right what the report got wrong: its class, its urgency or its place. Routing follows."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace

from gezhi.contexts.cases.domain.clocks import pauses_in
from gezhi.contexts.cases.domain.photos import metres_between
from gezhi.contexts.cases.domain.report import MAX_ADDRESS, checked_address
from gezhi.contexts.cases.domain.states import CaseStatus, Urgency
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.filing import Filing, file_matter, of_the_part
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.place import Place, place_at, place_of
from gezhi.contexts.cases.receiving import acts_at
from gezhi.contexts.cases.taken import LAY
from gezhi.contexts.cases.terms import terms_of
from gezhi.contexts.cases.use_cases.dispatch_case import require_able
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.steps.verb import Also, Changes, Moment, along, needs, step, within
from gezhi.platform.worktime.city_calendar import city_calendar

# So far from a place the words that lead to it are still of use: a house and what lies before it.
_WORDS_REACH_M = 100


@dataclass(frozen=True, slots=True)
class Correct:
    """What is to be set right; what is left out stays. The place is a point (WGS84 degrees) or an area.

    ``address``: the words that lead there. Those of another place lead nowhere: without new ones they go with it, and where the
    same are sent for a place more than 100 metres away.
    """

    class_code: str | None = field(default=None, metadata=within(max_length=12))
    condition: int | None = field(default=None, metadata=within(ge=1, le=50))
    urgency: Urgency | None = field(default=None, metadata=needs("nothing_to_correct", "there is no such urgency"))
    lon: float | None = None
    lat: float | None = None
    area_id: int | None = field(default=None, metadata=within(description="the place where there is no point"))
    address: str | None = field(
        default=None,
        metadata=within(
            max_length=MAX_ADDRESS, description="words that lead there; with another place the old ones go"
        ),
    )

    @property
    def moves(self) -> bool:
        """Whether the place is to be corrected."""
        return self.lon is not None or self.lat is not None or self.area_id is not None


@step(CASE, Action.CORRECT)
def correct_case(case: Case, at: Moment, given: Correct) -> Changes:
    """Correct a case before it is in hand. Deadlines are those of the corrected class, counted from where its
    clocks began: the report or the last reopening, and the first dispatch since. Where whoever has it could not be given it at the
    corrected place, it goes back to the hub in the same step, with the time of a dispatch; that of handling keeps running.

    The point that the report came with stays on record.
    Raises ``InvalidInput``: nothing to correct, unknown class or condition, a position outside the city, an unknown area.
    Raises ``Conflict`` (``parts_open``) where it would go back to the hub from under the bodies that were called in.
    """
    if given.class_code is None and given.urgency is None and given.address is None and not given.moves:
        raise InvalidInput("nothing_to_correct", "say what is to be corrected", field="class_code")
    moved = place_at(lon=given.lon, lat=given.lat, area_id=given.area_id) if given.moves else None
    terms = terms_of(case)
    filing = file_matter(
        class_code=given.class_code or case.class_code,
        condition=case.condition if given.class_code is None else given.condition,
        place=place_of(case) if moved is None else moved.areas,
        start=terms.clock_start,
        kept=terms,
    )
    if case.parent_id is not None and given.class_code is None:
        # The time that the hub gave with the call is the part's own.
        filing = replace(filing, terms=replace(filing.terms, handle_limit=terms.handle_limit))
    filing = of_the_part(case, filing)
    calendar = city_calendar()
    changes: Changes = {
        **filing.columns(),
        "handle_due": filing.terms.handle_due(calendar, pauses_in(case.pauses)),
        "total_due": filing.terms.total_due(calendar, pauses_in(case.pauses)),
    }
    if moved is not None:
        changes |= moved.columns()
        at.beside["back"] = _back_at_the_hub(case, moved, filing, at)
        at.beside[LAY] = place_of(case).lineage
    if moved is not None or given.address is not None:
        address = checked_address(given.address or "")
        changes["address"] = (
            "" if moved is not None and address == case.address and _is_elsewhere(case, moved) else address
        )
    if given.urgency is not None:
        changes["urgency"] = given.urgency.value
    if case.status == CaseStatus.REPORTED:
        changes["dispatch_due"] = filing.terms.dispatch_due(calendar)
    return changes


def _is_elsewhere(case: Case, moved: Place) -> bool:
    """Whether words that led to the old point lead to the new one no more; of what is no point, only who reads them can say."""
    if case.lon is None or case.lat is None or moved.lon is None or moved.lat is None:
        return False
    return metres_between(case.lon, case.lat, moved.lon, moved.lat) > _WORDS_REACH_M


@along(CASE, Action.CORRECT)
def take_back(case: Case, at: Moment, changes: Changes) -> list[Also]:
    """What lies where whoever has it does not act is the hub's again: nobody else would notice it."""
    back: Changes | None = at.beside.get("back")
    return [] if back is None else [Also(case, Action.OUT_OF_REACH, back)]


def _back_at_the_hub(case: Case, moved: Place, filing: Filing, at: Moment) -> Changes | None:
    """What changes where a case goes back because of its corrected place; None where it stays with whoever has it."""
    if case.status != CaseStatus.DISPATCHED or moved.areas == place_of(case) or _stays(case, moved, filing, at):
        return None
    if case.open_parts:
        raise Conflict("parts_open", "whoever leads it does not act there; its open parts would be left behind")
    late = _dispatched_late(case)
    # A dispatch that was late stays late: else a wrong place and back would wipe out the missed deadline.
    terms = filing.terms if late else replace(filing.terms, dispatch_start=at.now)
    return {
        "organisation_id": None,
        "assignee_id": None,
        "accepted_at": None,
        "dispatch_start": terms.dispatch_start,
        "dispatch_due": case.dispatch_due if late else terms.dispatch_due(city_calendar()),
        "needs_attention": case.needs_attention or late,
    }


def _dispatched_late(case: Case) -> bool:
    """Whether the first dispatch since the clock of dispatch began came after its deadline. One query."""
    terms = terms_of(case)
    given = CaseStep.objects.filter(
        case=case, action=Action.DISPATCH.value, at__gte=terms.dispatch_start or terms.clock_start
    )
    first = given.order_by("version").values_list("at", flat=True).first() or case.dispatched_at
    return first is not None and case.dispatch_due is not None and first > case.dispatch_due


def _stays(case: Case, moved: Place, filing: Filing, at: Moment) -> bool:
    """Whether whoever has a case could be given it at the place to which it is moved."""
    body, person = case.organisation_id, case.assignee_id
    if body is not None and not acts_at(body, moved.areas, filing.route, now=at.now):
        return False
    if person is None:
        return True
    there = copy(case)
    for name, value in moved.columns().items():
        setattr(there, name, value)
    try:
        require_able(there, assignee_id=person, organisation_id=body, now=at.now)
    except InvalidInput:
        return False
    return True
