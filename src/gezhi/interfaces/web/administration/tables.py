"""The versions of the class table and of the duty table, with the imports and exports of each, and what the guess has learnt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.queries import class_versions, duty_versions, learned_versions
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.platform.access.territory import may_in

_MOST = 20


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """Both tables, the newest version of each first, and the last nights of learning."""
    actor = actor_in(request)
    context = {
        "classes": class_versions()[:_MOST],
        "duties": duty_versions()[:_MOST],
        "learned": learned_versions(),
        "may_install": bool(may_in(actor, "install_classes")),
    }
    return render(request, "web/administration/tables.html", context)
