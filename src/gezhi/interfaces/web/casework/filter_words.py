"""What a list is narrowed to, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, pgettext

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.queries import Filters, class_name
from gezhi.interfaces.web.words import date_words, local_name

_DAY = timedelta(days=1)


def filter_words(filters: Filters) -> list[str]:
    """One text for each filter beside the queue. One query where an area is among them."""
    found: list[str] = []
    if filters.text:
        found.append(gettext("“%(text)s”") % {"text": filters.text})
    if filters.area is not None:
        area = areas.area(filters.area[1])
        found.append(local_name(area) if area else gettext("an unknown area"))
    if filters.class_prefix:
        found.append(local_name(class_name(filters.class_prefix)))
    spans = (
        (pgettext("filter", "Reported"), filters.reported_from, filters.reported_to),
        (pgettext("filter", "Closed"), filters.closed_from, filters.closed_to),
        (pgettext("filter", "Handled"), filters.handled_from, filters.handled_to),
    )
    found += [f"{what} {_span(since, until)}" for what, since, until in spans if since or until]
    if filters.same_day:
        found.append(pgettext("filter", "Closed the same day"))
    if filters.on_time is not None:
        found.append(_on_time(filters.on_time))
    return found


def _on_time(met: bool) -> str:
    return pgettext("filter", "Handled on time") if met else pgettext("filter", "Handled late")


def _span(since: datetime | None, until: datetime | None) -> str:
    """From when to when. A span of whole days is told by its days."""
    if since is not None and until is not None:
        return gettext("%(since)s to %(until)s") % {"since": _moment(since), "until": _moment(until, end=True)}
    if since is not None:
        return gettext("since %(since)s") % {"since": _moment(since)}
    return gettext("until %(until)s") % {"until": _moment(until, end=True)} if until is not None else ""


def _moment(moment: datetime, *, end: bool = False) -> str:
    local = timezone.localtime(moment)
    if local.time() == local.time().min:
        return date_words(local - _DAY if end else local)
    return f"{date_words(local)} {local:%H:%M}"
