"""Report that a case is handled, and how it came out."""

from __future__ import annotations

from dataclasses import dataclass, field

from gezhi.contexts.cases.domain.facts import facts_told
from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries.class_names import attributes_of
from gezhi.contexts.cases.terms import terms_of
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.steps.inputs import Pairs, within
from gezhi.platform.steps.verb import Changes, Moment, needs, step
from gezhi.platform.worktime.city_calendar import city_calendar


@dataclass(frozen=True, slots=True)
class Handle:
    """What came of it. ``facts``: what the class asks its handlers for, by the code of the attribute (``domain.facts``)."""

    outcome: Outcome = field(metadata=needs("outcome_missing", "say what came of it"))
    facts: Pairs = field(
        default_factory=Pairs,
        metadata=needs("fact_bad", "the facts are an object of texts")
        | within(description="what the class asks for, code of the attribute → value; several choices with ； between"),
    )


@step(CASE, Action.HANDLE)
def handle_case(case: Case, at: Moment, given: Handle) -> Changes:
    """Finish handling. Any outcome but 'resolved' needs words, since the resident will read them; 'resolved' needs what the class
    requires."""
    if given.outcome is not Outcome.RESOLVED and not at.note:
        raise InvalidInput("note_missing", "say what you found and why it ends here", field="note")
    # What ends without being settled has nothing to measure.
    settled = given.outcome is Outcome.RESOLVED
    facts = facts_told(attributes_of(case.class_code), given.facts, whole=settled)
    return {
        "facts": facts or None,
        "outcome": given.outcome.value,
        "outcome_note": at.note,
        "handled_at": at.now,
        "handled_by": at.actor.user_id,
        "check_due": terms_of(case).check_due(at.now, city_calendar()),
    }
