"""The versions of the class table and of the duty table, with the imports and exports of each, and what the guess has learnt."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.queries import ClassVersion, DutyVersion, class_versions, duty_versions, learned_versions
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.platform.access.territory import may_in

_MOST = 20


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """Both tables, the newest version of each first, and the last nights of learning."""
    actor, classes, duties = actor_in(request), class_versions()[:_MOST], duty_versions()[:_MOST]
    context = {
        "classes": classes,
        "duties": duties,
        "overtaken_classes": {one.code for one in classes if _overtaken(one, classes)},
        "overtaken_duties": {one.number for one in duties if _overtaken(one, duties)},
        "learned": learned_versions(),
        "may_install": bool(may_in(actor, "install_classes")),
    }
    return render(request, "web/administration/tables.html", context)


def _overtaken(one: ClassVersion | DutyVersion, versions: Sequence[ClassVersion | DutyVersion]) -> bool:
    """Whether a past version began no earlier than the one in force, which counts from a day gone by: it holds for no day."""
    past = not (one.in_force or one.waiting or one.withdrawn)
    return past and any(other.in_force and other.effective_from <= one.effective_from for other in versions)
