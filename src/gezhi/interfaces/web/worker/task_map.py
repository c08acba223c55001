"""The tasks, and what was done, on a map; the rows of those that are pressed; the way to one of them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.queries import CaseRow, Filters, list_cases, numbered_rows, points_of
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.listing import decorated
from gezhi.interfaces.web.casework.points import points_document
from gezhi.interfaces.web.live import live_feed
from gezhi.interfaces.web.views.maps import start_box
from gezhi.interfaces.web.worker.views import SHOWN, lists_of, tasks_of
from gezhi.kernel.clock import now
from gezhi.platform.access.actor import Actor


@require_safe
@made_for("worker")
def page(request: HttpRequest) -> HttpResponse:
    """The tasks on a map and in their lists below it, or with ``done`` what I handled last."""
    actor = actor_in(request)
    tab = "done" if "done" in request.GET else "tasks"
    listed = {"rows": decorated(_done(actor))} if tab == "done" else tasks_of(actor)
    context = live_feed(request) | listed | {"tab": tab, "from_map": tab, "map_start": start_box(actor)}
    return render(request, "web/worker/map.html", context)


def _done(actor: Actor) -> list[CaseRow]:
    return list_cases(actor, filters=Filters(handled_by=actor.user_id), limit=SHOWN).rows


@require_safe
@made_for("worker")
def points(request: HttpRequest) -> JsonResponse:
    """The cases of one's lists as points of that map."""
    actor, moment = actor_in(request), now()
    if "done" in request.GET:
        title = _("What I have handled")
        rows: Iterable[CaseRow] = _done(actor)
    else:
        title = _("My tasks")
        rows = chain.from_iterable(lists_of(actor)[0].values())
    return JsonResponse(points_document(points_of(rows, now=moment), title=title, now=moment))


@require_safe
@made_for("worker")
def pressed(request: HttpRequest) -> HttpResponse:
    """The rows of the cases that were pressed on the map, those that the person sees, each leading to its case."""
    rows = decorated(numbered_rows(actor_in(request), request.GET.getlist("number")))
    return render(
        request, "web/worker/pressed.html", {"rows": rows, "from_map": "done" if "done" in request.GET else "tasks"}
    )
