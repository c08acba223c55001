"""Find what a caller reported by the caller's number, which is sent in a form and stands in no address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from gezhi.contexts.cases.domain.permits import TAKE_CALLS
from gezhi.contexts.cases.use_cases.find_by_number import find_by_number
from gezhi.interfaces import problem
from gezhi.interfaces.throttle import numbers_not_too_often
from gezhi.interfaces.web.access import made_for_roles
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.listing import decorated
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput


@require_http_methods(["GET", "HEAD", "POST"])
@made_for_roles("hub", TAKE_CALLS)
def page(request: HttpRequest) -> HttpResponse:
    """The form, and below it what was found. The number is not shown again. Raises ``TooMany``."""
    if request.method != "POST":
        return render(request, "web/hub/by_number.html")
    numbers_not_too_often(request)
    context: dict[str, Any] = {"asked": True}
    status = 200
    try:
        found = find_by_number(actor=actor_in(request), number=request.POST.get("phone", ""), now=now())
        context |= {"rows": decorated(found.rows), "more": found.more}
    except InvalidInput as error:
        context |= {"refused_words": problem.words(error)}
        status = problem.status(error)
    return render(request, "web/hub/by_number.html", context, status=status)
