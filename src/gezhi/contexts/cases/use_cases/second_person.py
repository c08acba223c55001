"""What one person asks for and another decides (``domain.second_person``)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.clocks import pauses_in
from gezhi.contexts.cases.domain.second_person import NOTHING_ASKED
from gezhi.contexts.cases.domain.states import Appeal, Closing, Outcome, Request, Unscored
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.offered import asks_in_time
from gezhi.contexts.cases.terms import terms_of
from gezhi.kernel.calendar import deadline
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.time_limits import table_limit
from gezhi.platform.steps.verb import Changes, Moment, needs, step, within
from gezhi.platform.worktime.city_calendar import city_calendar


def _asks(request: Request, at: Moment) -> Changes:
    return {"request": request.value, "requested_by": at.actor.user_id}


@dataclass(frozen=True, slots=True)
class MoreTime:
    """How much more time is asked for, beyond the limit: ``3WD``."""

    limit: str = field(
        metadata=needs("bad_extension", "say how much more time, such as 4WH or 3WD")
        | within(max_length=12, description="the time beyond the limit, such as 4WH or 3WD")
    )


@step(CASE, Action.ASK_EXTENSION)
def ask_extension(case: Case, at: Moment, given: MoreTime) -> Changes:
    """Ask for more time (延期), before the time is up. Another person decides; once a case.

    Raises ``InvalidInput`` (``bad_extension``: no limit, or more than the city grants), ``Conflict`` (``extension_too_late``).
    """
    if not asks_in_time(case, now=at.now):
        raise Conflict("extension_too_late", "the time is up: more is asked for before that")
    most = catalogue().rules.longest_extension
    try:
        asked = table_limit(given.limit.strip())
    except ValueError as error:
        raise InvalidInput("bad_extension", "say how much more time, such as 4WH or 3WD", field="limit") from error
    calendar, longest = city_calendar(), table_limit(most)
    if deadline(at.now, asked.amount, asked.kind, calendar) > deadline(at.now, longest.amount, longest.kind, calendar):
        raise InvalidInput("extension_too_long", filled("no more than %(most)s is granted", most=most), field="limit")
    return _asks(Request.EXTENSION, at) | {"request_limit": given.limit.strip()}


@step(CASE, Action.EXTEND)
def extend_case(case: Case, at: Moment) -> Changes:
    """Grant the time that was asked for. It begins where the limit of handling ends, and at the end of the whole where that has a
    limit."""
    longer = replace(terms_of(case), extension=case.request_limit)
    return {
        **NOTHING_ASKED,
        "extension": case.request_limit,
        "handle_due": longer.handle_due(city_calendar(), pauses_in(case.pauses)),
        "total_due": longer.total_due(city_calendar(), pauses_in(case.pauses)),
    }


@step(CASE, Action.ASK_FORCED_CLOSE)
def ask_forced_close(case: Case, at: Moment) -> Changes:
    """Propose to close a case that can't be brought to an end in the ordinary way (强制结案)."""
    return _asks(Request.FORCED_CLOSE, at)


@dataclass(frozen=True, slots=True)
class ForcedClose:
    """What came of the case."""

    outcome: Outcome = field(metadata=needs("outcome_missing", "say what came of it"))


@step(CASE, Action.FORCE_CLOSE)
def force_close(case: Case, at: Moment, given: ForcedClose) -> Changes:
    """Close a case by force, as the second person. The reporter reads why, and rates as after any closing."""
    return {
        **NOTHING_ASKED,
        "closed_at": at.now,
        "paused_at": None,
        "closing": Closing.FORCED.value,
        "outcome": given.outcome.value,
        "outcome_note": at.note,
        "needs_attention": False,
    }


@step(CASE, Action.ASK_SETTING_ASIDE)
def ask_setting_aside(case: Case, at: Moment) -> Changes:
    """Propose to set a demand aside as unreasonable (不合理诉求): unlawful, malicious, or before a court."""
    return _asks(Request.SETTING_ASIDE, at)


@step(CASE, Action.SET_ASIDE)
def set_aside(case: Case, at: Moment) -> Changes:
    """Set a demand aside, as the second person. It is answered all the same, and stays out of the figures that judge."""
    return {
        **NOTHING_ASKED,
        "closed_at": at.now,
        "paused_at": None,
        "closing": Closing.SET_ASIDE.value,
        "unscored": Unscored.UNREASONABLE.value,
        "outcome": Outcome.EXPLAINED.value,
        "outcome_note": at.note,
        "needs_attention": False,
    }


@step(CASE, Action.APPEAL)
def appeal_timeout(case: Case, at: Moment) -> Changes:
    """Appeal against a timeout (超时申诉), once a case is closed. The delay itself stays on record."""
    return _asks(Request.APPEAL, at) | {"appeal": Appeal.ASKED.value}


@step(CASE, Action.SUPPORT_APPEAL)
def support_appeal(case: Case, at: Moment) -> Changes:
    """The first of two reviews: the appeal goes on to operations."""
    return {"appeal": Appeal.SUPPORTED.value}


@step(CASE, Action.EXEMPT)
def exempt_case(case: Case, at: Moment) -> Changes:
    """The second review grants the appeal: the case stays out of the figures that judge, and late on record."""
    return {**NOTHING_ASKED, "appeal": Appeal.GRANTED.value, "unscored": Unscored.APPEAL.value}


@step(CASE, Action.REFUSE)
def refuse_request(case: Case, at: Moment) -> Changes:
    """Refuse what was asked, with reasons. Whoever asked may take it back the same way."""
    refused = {"appeal": Appeal.REFUSED.value} if case.request == Request.APPEAL else {}
    return {**NOTHING_ASKED, **refused}
