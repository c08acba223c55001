"""Take a closed case up again: the matter is back, or was never solved."""

from __future__ import annotations

from dataclasses import replace

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.filing import filed_again
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.offered import is_heard_still, opened_too_often
from gezhi.contexts.cases.use_cases.rate_case import rate_case
from gezhi.kernel.errors import Conflict
from gezhi.platform.steps.inputs import Pairs
from gezhi.platform.steps.perform import answered_before, as_one
from gezhi.platform.steps.verb import Changes, Command, Moment, StepResult, step
from gezhi.platform.worktime.city_calendar import city_calendar


def _opened_again(case: Case, at: Moment) -> Changes:
    """It waits for dispatch again with fresh clocks; its history and its first report stay. It goes with no other report now."""
    filing, calendar = filed_again(case, start=at.now), city_calendar()
    return {
        **filing.columns(),
        "organisation_id": None,
        "assignee_id": None,
        "dispatched_at": None,
        "accepted_at": None,
        "handled_at": None,
        "handled_by": None,
        "checked_at": None,
        "closed_at": None,
        "outcome": "",
        "outcome_note": "",
        "facts": None,
        "rating_solved": None,
        "rating_score": None,
        "rated_at": None,
        "pauses": [],
        "dispatch_due": filing.terms.dispatch_due(calendar),
        "handle_due": filing.terms.handle_due(calendar),
        "total_due": filing.terms.total_due(calendar),
        "check_due": None,
        "closing": "",
        "unscored": "",
        "appeal": "",
        "verification": "",
        "verify_due": None,
        "answer_due": None,
        "unit_score": None,
        "street_score": None,
        "merged_into_id": None,
        "needs_attention": True,
    }


@step(CASE, Action.REOPEN)
def reopen_case(case: Case, at: Moment) -> Changes:
    """Reopen a case, as the hub decides."""
    return _opened_again(case, at)


@step(CASE, Action.NOT_SOLVED)
def not_solved(case: Case, at: Moment) -> Changes:
    """The reporter says that it is not solved: the case is open again by that, within a set time and so often.

    Raises ``Conflict`` (``not_solved_too_late``, ``not_solved_too_often``): from then on the hub decides.
    """
    if not is_heard_still(case, now=at.now):
        raise Conflict(
            "not_solved_too_late", "the time in which a case is opened again by itself is over; report it anew"
        )
    if opened_too_often(case):
        raise Conflict(
            "not_solved_too_often", "it was opened again as often as that goes by itself; the hub decides now"
        )
    return _opened_again(case, at) | {"unsolved_count": case.unsolved_count + 1}


def say_not_solved(command: Command, *, score: int, bodies: Pairs | None = None) -> StepResult:
    """The reporter rates a case as not solved and opens it again by that, both or neither.

    Raises what ``rate_case`` and ``not_solved`` raise.
    """
    with as_one():
        before = answered_before(command, action=Action.NOT_SOLVED)
        if before is not None:
            return before
        rate_case(replace(command, key=None), solved=False, score=score, bodies=bodies or Pairs())
        return not_solved(command)
