"""Cases as points of a map, with the words that stand on, beside and below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gezhi.contexts.cases.domain.states import CaseStatus, Urgency
from gezhi.contexts.cases.queries import CasePoints, class_name
from gezhi.interfaces.web.templatetags.gezhi import grouped
from gezhi.interfaces.web.words import STATUS_TONE, date_words, english, local_name, of_status


def points_document(found: CasePoints, *, title: str, narrowed_by: Sequence[str] = (), now: datetime) -> dict[str, Any]:
    """What the map of a list reads: its cases, and the words for what they are.

    ``title``, ``narrowed_by`` and the instant stand on the map where it is printed or kept as a picture.
    """
    statuses, classes = ({getattr(one, name) for one in found.points} for name in ("status", "class_code"))
    return {
        "cases": [
            [one.number, one.lon, one.lat, one.status, one.class_code, one.urgency == Urgency.URGENT.value, one.late]
            for one in found.points
        ],
        "statuses": {status: [of_status(status), STATUS_TONE[status]] for status in statuses},
        "classes": {code: local_name(class_name(code)) for code in classes},
        "key": _key(statuses),
        "words": _map_words(found) | _heading(title, narrowed_by, now),
    }


def _key(statuses: Iterable[str]) -> list[tuple[str, str]]:
    """What each colour on the map stands for: the states themselves, as the chips of the list call them."""
    shown, by_tone = set(statuses), dict[str, list[str]]()
    for status in CaseStatus:
        if status.value in shown:
            by_tone.setdefault(STATUS_TONE[status.value], []).append(of_status(status.value))
    between = ", " if english() else "、"
    return [(tone, between.join(names)) for tone, names in by_tone.items()]


def _heading(title: str, narrowed_by: Sequence[str], now: datetime) -> dict[str, str]:
    moment = f"{date_words(now)} {timezone.localtime(now):%H:%M}"
    return {
        "title": title,
        "narrowed_by": " · ".join(narrowed_by),
        "as_of": _("As of %(moment)s") % {"moment": moment},
    }


def _map_words(found: CasePoints) -> dict[str, str]:
    """What stands on and beside the map of a list: only such a map says it."""
    count = len(found.points)
    told = [ngettext("%(count)s case on the map", "%(count)s cases on the map", count) % {"count": grouped(count)}]
    if found.more:
        told.append(_("the first of the list; narrow it to see others"))
    if found.without_place:
        nowhere = ngettext("%(count)s has no place", "%(count)s have no place", found.without_place)
        told.append(nowhere % {"count": grouped(found.without_place)})
    return {
        "told": " · ".join(told),
        "label": _(
            "Map of the cases in the list. Arrow keys move it, plus and minus zoom; the list says the same in words."
        ),
        "here": _("Only this part of the map"),
        "late": _("Overdue"),
        "urgent": _("Urgent"),
        # Several cases on one spot: the script knows how many.
        "several": _("%(count)s cases"),
        "several_late": _("%(count)s overdue"),
        "several_key": _("Several cases; red part of the ring: overdue"),
        "shapes": _("Round: an event; square: a thing in the street"),
        "pressed": _("Cases at the place pressed"),
        "close": _("Close the card"),
        "picture": _("Save as picture"),
        "failed": _("The map could not be loaded; the list shows the same cases."),
    }
