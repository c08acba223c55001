"""The cases of a list as points of the map beside it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.queries import case_points
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.listing import read_address
from gezhi.interfaces.web.casework.points import points_document
from gezhi.interfaces.web.hub.views import first_queue
from gezhi.kernel.clock import now


@require_safe
@made_for("hub")
def points(request: HttpRequest) -> JsonResponse:
    """The cases of the list as points of a map, with the words for what they are."""
    actor, moment = actor_in(request), now()
    asked = read_address(request.GET, actor, now=moment, default=first_queue(actor))
    found = case_points(actor, filters=asked.filters, sort=asked.sort, now=moment)
    return JsonResponse(points_document(found))
