"""What whoever has a case does beside handling it: hand it on, or settle on the spot what they noticed themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gezhi.contexts.cases.domain.states import Closing, Outcome
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases.dispatch_case import require_able
from gezhi.contexts.cases.use_cases.report_case import Report, Reported, report_case
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.files.images import Picture
from gezhi.platform.steps.perform import as_one
from gezhi.platform.steps.verb import Changes, Command, Moment, needs, step


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who gets it."""

    assignee_id: int = field(metadata=needs("nobody_named", "say who gets it"))


@step(CASE, Action.HAND_ON)
def hand_on(case: Case, at: Moment, given: Colleague) -> Changes:
    """Hand a case on to a colleague, who signs for it anew. The clock keeps running; a part that its body has signed for is signed
    for, whoever of it has the part.

    Raises ``InvalidInput`` for a person who could not act on the case, or who has it already.
    """
    if given.assignee_id in {case.assignee_id, at.actor.user_id}:
        raise InvalidInput("has_it_already", "this person has the case already", field="assignee_id")
    require_able(case, assignee_id=given.assignee_id, organisation_id=case.organisation_id, now=at.now)
    changes: Changes = {"assignee_id": given.assignee_id, "accepted_at": None}
    if case.accepted_at is not None:
        changes["answer_due"] = None
    return changes


@step(CASE, Action.SETTLE)
def settle_case(case: Case, at: Moment) -> Changes:
    """Record something trivial as settled on the spot by whoever noticed it (自行处置): handled and closed in one step."""
    return {
        "handled_at": at.now,
        "handled_by": at.actor.user_id,
        "closed_at": at.now,
        "closing": Closing.ON_THE_SPOT.value,
        "outcome": Outcome.RESOLVED.value,
        "outcome_note": at.note,
        "needs_attention": False,
    }


def report_settled(
    *, actor: Actor, report: Report, done: str, key: str, pictures: Sequence[Picture] = (), now: datetime
) -> Reported:
    """Report something and record it as settled on the spot, both or neither. ``done``: what was done about it.

    Raises what the two raise.
    """
    with as_one():
        reported = report_case(actor=actor, report=report, key=key, pictures=pictures, now=now)
        settle_case(Command(actor=actor, number=reported.number, now=now, key=f"{key}-settled", note=done))
    return reported
