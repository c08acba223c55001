"""Why a case is due when it is: the limit, from when it counts, what a pause took out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.queries import CaseDetails
from gezhi.interfaces.web.words import HAPPENED, date_words, limit_words
from gezhi.kernel.calendar import unit
from gezhi.kernel.time_limits import LimitKind, parse_limit
from gezhi.platform.steps.history import HistoryStep
from gezhi.platform.worktime.city_calendar import city_calendar

# What begins the clock of a dispatch anew; the report goes without saying.
_OPENED = (Action.REOPEN, Action.NOT_SOLVED)
_BEGINS_DISPATCH = frozenset({*_OPENED, Action.RETURN, Action.OUT_OF_REACH, Action.VERIFY, Action.UNMERGE})
# By these it comes back while the clock of handling goes on.
_COMES_BACK = frozenset({Action.RETURN, Action.OUT_OF_REACH, Action.REWORK, Action.UNMERGE, Action.DISPATCH})


def why_dispatch_due(details: CaseDetails, history: Sequence[HistoryStep] = ()) -> str:
    """Why it must be dispatched by then; empty of a case from before its terms were kept."""
    start = details.dispatch_start or details.clock_start
    if details.clock_start is None or start is None:
        return ""
    told = {"limit": limit_words(details.dispatch_limit), "start": _moment(start)}
    words = gettext("%(limit)s, counted from %(start)s") % told
    begun = next((step for step in reversed(history) if step.at == start and step.action in _BEGINS_DISPATCH), None)
    if begun is not None:
        told |= {"step": str(HAPPENED[begun.action])}
        words = gettext("%(limit)s, counted from %(start)s (%(step)s)") % told
    return _or_provisional(words, [details.dispatch_limit], details.dispatch_due)


def why_handle_due(details: CaseDetails, history: Sequence[HistoryStep] = ()) -> str:
    """Why it must be handled by then; empty of a case from before its terms were kept."""
    if details.clock_start is None:
        return ""
    # Until it is given to somebody, its time is told as if it began at the end of that for its dispatch.
    first = [details.dispatch_limit] if details.handling_start is None else []
    parts = [*first, details.handle_limit, details.extension]
    return _or_provisional(_why_handle(details, history), parts, details.handle_due)


def why_check_due(details: CaseDetails) -> str:
    """Why it must be checked by then; empty before it was handled, and of a case from before its terms were kept."""
    if details.clock_start is None or details.handled_at is None:
        return ""
    told = {"limit": limit_words(details.check_limit), "start": _moment(details.handled_at)}
    words = gettext("%(limit)s from the moment it was handled, %(start)s") % told
    return _or_provisional(words, [details.check_limit], details.check_due)


def why_total_due(details: CaseDetails) -> str:
    """Why it must be closed by then; empty where no limit is set for that."""
    if details.clock_start is None or not details.total_limit:
        return ""
    told = {"limit": limit_words(details.total_limit), "start": _moment(details.clock_start)}
    words = gettext("%(limit)s for the whole, counted from %(start)s to the closing") % told
    return _or_provisional(_moved(words, details), [details.total_limit, details.extension], details.total_due)


def _why_handle(details: CaseDetails, history: Sequence[HistoryStep]) -> str:
    told = {"limit": limit_words(details.handle_limit)}
    start = details.handling_start
    if start is None:
        return gettext("%(limit)s from its dispatch, counted as if it were dispatched at the last moment") % told
    told |= {"start": _moment(start)}
    return _moved(_from_its_beginning(start, history) % told, details)


def _from_its_beginning(start: datetime, history: Sequence[HistoryStep]) -> str:
    """From which step the clock of handling runs that began at ``start``, with places for the limit and the moment."""
    begun = next((place for place, step in enumerate(history) if step.at == start), None)
    if begun is None:
        return gettext("%(limit)s from its dispatch at %(start)s")
    if all(step.action != Action.DISPATCH for step in history if step.at == start):
        return gettext("%(limit)s from its report at %(start)s")
    if any(step.action in _OPENED for step in history[:begun]):
        return gettext("%(limit)s from its first dispatch after it was reopened, at %(start)s")
    if any(step.action in _COMES_BACK and step.at > start for step in history[begun:]):
        return gettext("%(limit)s from its first dispatch at %(start)s; coming back does not stop the clock")
    return gettext("%(limit)s from its dispatch at %(start)s")


def _moved(words: str, details: CaseDetails) -> str:
    """The words, and what has moved the deadline since."""
    if details.extension:
        words = gettext("%(words)s, extended by %(more)s") % {"words": words, "more": limit_words(details.extension)}
    if not details.pauses:
        return words
    taken_out = ngettext("without %(count)s pause", "without %(count)s pauses", details.pauses) % {
        "count": details.pauses
    }
    return gettext("%(words)s, %(taken_out)s") % {"words": words, "taken_out": taken_out}


def _or_provisional(words: str, limits: list[str], due: datetime | None) -> str:
    """The words, and that the deadline may move: of the ``limits`` that were counted one after the other, one counts office time
    into a year of which no plan is on record."""
    year = None if due is None else _unplanned(limits, due)
    if year is None:
        return words
    told = {"words": words, "year": year}
    return gettext("%(words)s; provisional: no plan of the holidays of %(year)s is on record yet") % told


def _unplanned(limits: list[str], due: datetime) -> int | None:
    """The year without a plan in which the last limit of office time ends, where there is one; a pause in what comes after it is
    left out."""
    calendar, ends = city_calendar(), due
    for limit in reversed(limits):
        try:
            parsed = parse_limit(limit)
        except ValueError:
            continue
        if parsed.kind in {LimitKind.WORK_HOUR, LimitKind.WORK_DAY}:
            return None if calendar.covers(ends) else timezone.localtime(ends).year
        ends -= parsed.amount * unit(parsed.kind, calendar)
    return None


def _moment(moment: datetime) -> str:
    return f"{date_words(moment)} {timezone.localtime(moment):%H:%M}"
