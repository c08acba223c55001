"""Why a case is due when it is: the limit, from when it counts, what a pause took out."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from gezhi.contexts.cases.queries import CaseDetails
from gezhi.interfaces.web.words import date_words, limit_words


def why_dispatch_due(details: CaseDetails) -> str:
    """Why it must be dispatched by then; empty of a case from before its terms were kept."""
    if details.clock_start is None:
        return ""
    told = {
        "limit": limit_words(details.dispatch_limit),
        "start": _moment(details.dispatch_start or details.clock_start),
    }
    return gettext("%(limit)s, counted from %(start)s") % told


def why_handle_due(details: CaseDetails) -> str:
    """Why it must be handled by then; empty of a case from before its terms were kept."""
    if details.clock_start is None:
        return ""
    limit = limit_words(details.handle_limit)
    if details.handling_start is None:
        told = {"limit": limit}
        return gettext("%(limit)s from its dispatch; told as if that took place at the last moment") % told
    words = gettext("%(limit)s from its dispatch at %(start)s") % {
        "limit": limit,
        "start": _moment(details.handling_start),
    }
    if details.extension:
        words = gettext("%(words)s, extended by %(more)s") % {"words": words, "more": limit_words(details.extension)}
    if not details.pauses:
        return words
    taken_out = ngettext("without %(count)s pause", "without %(count)s pauses", details.pauses) % {
        "count": details.pauses
    }
    return gettext("%(words)s, %(taken_out)s") % {"words": words, "taken_out": taken_out}


def _moment(moment: datetime) -> str:
    return f"{date_words(moment)} {timezone.localtime(moment):%H:%M}"
