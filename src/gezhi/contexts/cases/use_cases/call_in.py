"""Call another body in, and rate each other afterwards (``domain.joint``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import NAMESPACE_OID, uuid5

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import due
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.terms import Terms
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.evidence import REPORTED
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.numbering import next_number
from gezhi.contexts.cases.receiving import require_receiver
from gezhi.contexts.cases.terms import terms_of
from gezhi.contexts.cases.use_cases.dispatch_case import dispatch_case, require_apart
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.fold import Columns
from gezhi.kernel.time_limits import table_limit
from gezhi.platform.bulk import insert_instance
from gezhi.platform.steps.perform import as_one, begin, write_step
from gezhi.platform.steps.verb import Begun, Changes, Command, Moment, StepResult, along, needs, step, within
from gezhi.platform.worktime.city_calendar import city_calendar

# What a part has of the case that it belongs to.
_OF_THE_WHOLE = (
    "class_code",
    "condition",
    "address",
    "lon",
    "lat",
    "source_datum",
    "source_lon",
    "source_lat",
    "location_quality",
    "city_id",
    "district_id",
    "street_id",
    "community_id",
    "grid_id",
    "channel",
    "urgency",
)
# A case that half a city works on is a project, not a case.
MAX_PARTS = 10


@dataclass(frozen=True, slots=True)
class Call:
    """Who is called in, and in what time its part is to be handled: ``2WD``; empty: as the case itself."""

    organisation_id: int = field(metadata=needs("nobody_named", "say which body is called in"))
    limit: str = field(
        default="",
        metadata=within(max_length=12, description="in what time the part is to be handled, such as 4WH or 2WD"),
    )


@step(CASE, Action.CALL)
def call_in(case: Case, at: Moment, given: Call) -> Changes:
    """Call another body in; it gets a part of the case, and signs for it in the time that the city sets.

    Raises ``InvalidInput`` (``unknown_organisation``, ``body_out_of_reach``, ``leads_already``, ``bad_extension``), ``Conflict``
    (``too_many_parts``, ``called_already``).
    """
    require_receiver(case, given.organisation_id, now=at.now)
    if given.organisation_id == case.organisation_id:
        raise InvalidInput("leads_already", "this body leads the case already", field="organisation_id")
    if given.limit.strip():
        try:
            table_limit(given.limit.strip())
        except ValueError as error:
            raise InvalidInput("bad_extension", "say in what time, such as 4WH or 2WD", field="limit") from error
    if case.part_count >= MAX_PARTS:
        raise Conflict("too_many_parts", f"{case.part_count} bodies were called in already; {MAX_PARTS} are the most")
    require_apart(case, given.organisation_id)
    # For the step that goes along with it.
    at.beside["call"] = given
    return {"part_count": case.part_count + 1, "open_parts": case.open_parts + 1}


@along(CASE, Action.CALL)
def open_part(case: Case, at: Moment, changes: Changes) -> list[Begun]:
    """Open the part: a case of its own with the body that was called in."""
    given: Call = at.beside["call"]
    whole = terms_of(case)
    terms = Terms(at.now, whole.dispatch_limit, given.limit.strip() or whole.handle_limit, whole.check_limit, None)
    calendar = city_calendar()
    columns: Columns = {
        "status": CaseStatus.REPORTED.value,
        **{name: getattr(case, name) for name in _OF_THE_WHOLE},
        "description": f"{at.note}\n\n{case.description}" if case.description else at.note,
        "suggested_organisation_id": given.organisation_id,
        "reported_at": at.now,
        "parent_id": case.pk,
        **terms.columns(),
        "dispatch_due": terms.dispatch_due(calendar),
        "handle_due": terms.handle_due(calendar),
        "due_at": terms.dispatch_due(calendar),
    }
    part = Case(number=next_number(at.now), version=1, registered_by_id=at.actor.user_id, **columns)
    insert_instance(part)
    opened = replace(at, note="")
    published = begin(CASE, part, action=Action.REPORT, changes=columns, at=opened, evidence=REPORTED.digest_of(part))
    begun = replace(terms, handling_start=at.now)
    given_to: Changes = {
        "organisation_id": given.organisation_id,
        "dispatched_at": at.now,
        "handling_start": at.now,
        "handle_due": begun.handle_due(calendar),
        # Whoever has less time than that to handle it signs for it by then.
        "answer_due": min(due(at.now, catalogue().rules.answer_limit, calendar), begun.handle_due(calendar)),
    }
    _, dispatched = write_step(CASE, part, action=Action.DISPATCH, changes=given_to, at=opened)
    return [Begun((published, dispatched))]


def dispatch_and_call(
    command: Command, *, organisation_id: int | None, assignee_id: int | None, bodies: Sequence[int], asks: str
) -> StepResult:
    """Dispatch a case and call these bodies in at once, all or nothing; ``asks``: what they are asked for.

    Whoever gets the case itself is not called in beside it. Raises what ``dispatch_case`` and ``call_in`` raise.
    """
    with as_one():
        result = dispatch_case(command, organisation_id=organisation_id, assignee_id=assignee_id)
        for body in dict.fromkeys(bodies):
            if body != organisation_id:
                # A key for each: a request that is sent twice finds the answer of every step.
                key = None if command.key is None else str(uuid5(NAMESPACE_OID, f"{command.key} {body}"))
                calls = replace(command, key=key, expected_version=None, note=asks, pictures=())
                result = call_in(calls, organisation_id=body)
        return result


@dataclass(frozen=True, slots=True)
class Score:
    """``score`` is 1 (very dissatisfied) to 5 (very satisfied)."""

    score: int = field(metadata=needs("bad_score", "a rating is 1 to 5"))


def _checked(score: int) -> int:
    if not 1 <= score <= 5:
        raise InvalidInput("bad_score", f"a rating is 1 to 5, not {score}", field="score")
    return score


@step(CASE, Action.RATE_UNIT)
def rate_unit(case: Case, at: Moment, given: Score) -> Changes:
    """The street says how the body that it called in helped. Once a part; bodies are rated, never people."""
    return {"unit_score": _checked(given.score)}


@step(CASE, Action.RATE_STREET)
def rate_street(case: Case, at: Moment, given: Score) -> Changes:
    """The body that was called in says whether the call was right and prepared. Once a part."""
    return {"street_score": _checked(given.score)}
