"""Verify before filing whether the matter is there at all (核实)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import due, pauses_in
from gezhi.contexts.cases.domain.states import Finding
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.terms import terms_of
from gezhi.contexts.cases.use_cases.dispatch_case import require_able
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.steps.verb import Changes, Moment, needs, step
from gezhi.platform.worktime.city_calendar import city_calendar


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who looks; None: any grid worker of the place."""

    assignee_id: int | None = None


@step(CASE, Action.ASK_VERIFICATION)
def ask_verification(case: Case, at: Moment, given: Verifier) -> Changes:
    """Have somebody look before anybody is sent. The clock of dispatch stands until the finding is there.

    Raises ``InvalidInput`` for a person who could not act on the case.
    """
    if given.assignee_id is not None:
        require_able(case, assignee_id=given.assignee_id, organisation_id=None, now=at.now)
    limit = catalogue().rules.verify_limit
    return {
        "assignee_id": given.assignee_id,
        "verification": "",
        "verify_due": due(at.now, limit, city_calendar()),
    }


@dataclass(frozen=True, slots=True)
class Found:
    """Whether the matter is there."""

    finding: Finding = field(metadata=needs("finding_missing", "say whether the matter is there"))


@step(CASE, Action.VERIFY)
def verify_case(case: Case, at: Moment, given: Found) -> Changes:
    """Say what was found. The hub files the case, or cancels it; the clock of dispatch begins anew.

    Raises ``InvalidInput`` (``note_missing``) where the matter is not there, or not clear, and no words say why.
    """
    if given.finding is not Finding.EXISTS and not at.note:
        raise InvalidInput("note_missing", "say what you found", field="note")
    calendar = city_calendar()
    terms = replace(terms_of(case), dispatch_start=at.now)
    return {
        "verification": given.finding.value,
        "assignee_id": None,
        "dispatch_start": at.now,
        "dispatch_due": terms.dispatch_due(calendar),
        "handle_due": terms.handle_due(calendar, pauses_in(case.pauses)),
        "needs_attention": case.needs_attention or given.finding is not Finding.EXISTS,
    }
