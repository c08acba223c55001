"""Cases as points of a map, with the words that stand on and beside it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gezhi.contexts.cases.domain.states import Urgency
from gezhi.contexts.cases.queries import CasePoints, class_name
from gezhi.interfaces.web.templatetags.gezhi import grouped
from gezhi.interfaces.web.words import STATUS, local_name


def points_document(found: CasePoints) -> dict[str, Any]:
    """What the map of a list reads: its cases, and the words for what they are."""
    statuses, classes = ({getattr(one, name) for one in found.points} for name in ("status", "class_code"))
    return {
        "cases": [
            [one.number, one.lon, one.lat, one.status, one.class_code, one.urgency == Urgency.URGENT.value, one.late]
            for one in found.points
        ],
        "statuses": {status: str(STATUS[status]) for status in statuses},
        "classes": {code: local_name(class_name(code)) for code in classes},
        "words": _map_words(found),
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
        "open": _("Open"),
        "late": _("Past the deadline"),
        "urgent": _("Urgent"),
        "waiting": _("Not yet given to anybody"),
        "in_hand": _("In hand"),
        "done": _("Closed"),
        "picture": _("Save as picture"),
        "failed": _("The map could not be loaded; the list shows the same cases."),
    }
