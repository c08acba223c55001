"""The cases of a list as points of the map beside it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.domain.states import Urgency
from gezhi.contexts.cases.queries import CasePoints, case_points, class_name
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.listing import read_address
from gezhi.interfaces.web.hub.views import first_queue
from gezhi.interfaces.web.templatetags.gezhi import grouped
from gezhi.interfaces.web.words import STATUS, local_name
from gezhi.kernel.clock import now


@require_safe
@made_for("hub")
def points(request: HttpRequest) -> JsonResponse:
    """The cases of the list as points of a map, with the words for what they are."""
    actor, moment = actor_in(request), now()
    asked = read_address(request.GET, actor, now=moment, default=first_queue(actor))
    found = case_points(actor, filters=asked.filters, sort=asked.sort, now=moment)
    statuses, classes = ({getattr(one, name) for one in found.points} for name in ("status", "class_code"))
    document = {
        "cases": [
            [one.number, one.lon, one.lat, one.status, one.class_code, one.urgency == Urgency.URGENT.value, one.late]
            for one in found.points
        ],
        "statuses": {status: str(STATUS[status]) for status in statuses},
        "classes": {code: local_name(class_name(code)) for code in classes},
        "words": _map_words(found),
    }
    return JsonResponse(document)


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
