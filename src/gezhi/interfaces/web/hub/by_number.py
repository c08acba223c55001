"""Find what a caller reported by the caller's number, which is sent in a form and stands in no address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gezhi.contexts.cases.domain.permits import TAKE_CALLS
from gezhi.contexts.cases.use_cases.find_by_number import find_by_number
from gezhi.interfaces import problem
from gezhi.interfaces.throttle import numbers_not_too_often
from gezhi.interfaces.web.access import made_for_roles
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.listing import decorated
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput, TooMany
from gezhi.kernel.personal import masked_number
from gezhi.kernel.reading import whole_number as whole_number_in
from gezhi.kernel.telephone import whole_number


@require_http_methods(["GET", "HEAD", "POST"])
@made_for_roles("hub", TAKE_CALLS)
def page(request: HttpRequest) -> HttpResponse:
    """The form, and below it what was found. Of the number its beginning and end are shown again, so that a slip is seen."""
    if request.method != "POST":
        return render(request, "web/hub/by_number.html")
    number = request.POST.get("phone", "")
    try:
        numbers_not_too_often(request)
        found = find_by_number(actor=actor_in(request), number=number, now=now())
    except (InvalidInput, TooMany) as error:
        context: dict[str, Any] = {"asked": True, "refused_words": _words(error)}
        response = render(request, "web/hub/by_number.html", context, status=problem.status(error))
        wait = problem.retry_after(error)
        if wait is not None:
            response.headers["Retry-After"] = wait
        return response
    context = {"asked": True, "rows": decorated(found.rows), "more": found.more}
    return render(request, "web/hub/by_number.html", context | {"number": masked_number(whole_number(number))})


def _words(error: InvalidInput | TooMany) -> str:
    if not isinstance(error, TooMany):
        return problem.words(error)
    seconds = whole_number_in(str(error.details["wait"])) or 1
    return ngettext(
        "Too many numbers were searched for just now; in %(count)d second you can search again.",
        "Too many numbers were searched for just now; in %(count)d seconds you can search again.",
        seconds,
    ) % {"count": seconds}
