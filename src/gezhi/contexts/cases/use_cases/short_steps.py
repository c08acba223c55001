"""The verbs whose whole change is a line or two."""

from __future__ import annotations

from gezhi.contexts.cases.closing import lacks_picture
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.steps.verb import Changes, Moment, step


@step(CASE, Action.ACCEPT)
def accept_case(case: Case, at: Moment) -> Changes:
    """Sign for a dispatched case: from now on it is in hand.

    Whoever accepts a case that was given to a whole department or grid becomes its assignee.
    """
    if case.assignee_id is None and at.actor.user_id is not None:
        return {"accepted_at": at.now, "assignee_id": at.actor.user_id}
    return {"accepted_at": at.now}


@step(CASE, Action.PAUSE)
def pause_case(case: Case, at: Moment) -> Changes:
    """Stop the clock (挂账) of a case in hand, until it is resumed: a planting season, a large repair."""
    return {"paused_at": at.now}


@step(CASE, Action.CHECK)
def check_case(case: Case, at: Moment) -> Changes:
    """Pass the check on the spot (核查: after handling, before closing). Never by one who handled the case.

    Raises ``InvalidInput`` (``picture_missing``) where the closing condition asks for a picture and there is none.
    """
    if not at.pictures and lacks_picture(case):
        raise InvalidInput("picture_missing", "the closing condition of the class asks for a picture", field="photo")
    return {"checked_at": at.now}


@step(CASE, Action.REWORK)
def rework_case(case: Case, at: Moment) -> Changes:
    """Not in order: the case goes back to the one who handled it, inside the time that was given."""
    # What was found wanting is no result; the history keeps it.
    no_result = {
        "handled_at": None,
        "checked_at": None,
        "check_due": None,
        "outcome": "",
        "outcome_note": "",
        "facts": None,
    }
    return no_result | {"rework_count": case.rework_count + 1}


@step(CASE, Action.CLOSE)
def close_case(case: Case, at: Moment) -> Changes:
    """Close a checked case. Closed says that the work ended; whether it solved the matter, the reporter says."""
    return {"closed_at": at.now, "needs_attention": False}


@step(CASE, Action.CANCEL)
def cancel_case(case: Case, at: Moment) -> Changes:
    """End a case that nobody has handled (作废): a duplicate, a test, nothing there."""
    return {"paused_at": None, "needs_attention": False}


@step(CASE, Action.WITHDRAW)
def withdraw_case(case: Case, at: Moment) -> Changes:
    """The reporter takes the report back, as long as nobody has started on it."""
    return {"needs_attention": False}


@step(CASE, Action.NOTE)
def note_case(case: Case, at: Moment) -> Changes:
    """Add words to a case's history without changing its state."""
    return {}
