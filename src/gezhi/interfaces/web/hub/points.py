"""The cases of a list as points of the map beside it, and the rows of those that are pressed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.queries import CASES, case_points, numbered_rows
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in, cases_name
from gezhi.interfaces.web.casework.listing import decorated, read_address
from gezhi.interfaces.web.casework.points import points_document
from gezhi.interfaces.web.filter_words import filter_words
from gezhi.interfaces.web.hub.views import first_queue
from gezhi.interfaces.web.hub.way_back import way_back
from gezhi.kernel.clock import now


@require_safe
@made_for("hub")
def points(request: HttpRequest) -> JsonResponse:
    """The cases of the list as points of a map, with the words for what they are."""
    actor, moment = actor_in(request), now()
    asked = read_address(request.GET, actor, now=moment, default=first_queue(actor))
    found = case_points(actor, filters=asked.filters, sort=asked.sort, now=moment)
    title = f"{cases_name(actor.roles)} · {asked.queue.name}"
    narrowed_by = filter_words(CASES, asked.beyond, dated=True)
    return JsonResponse(points_document(found, title=title, narrowed_by=narrowed_by, now=moment))


@require_safe
@made_for("hub")
def pressed(request: HttpRequest) -> HttpResponse:
    """The rows of the cases that were pressed on the map, those that the person sees, each leading to its case."""
    rows = decorated(numbered_rows(actor_in(request), request.GET.getlist("number")))
    return render(request, "web/hub/pressed.html", {"rows": rows, "way_back": way_back(request)})
