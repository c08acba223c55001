"""Who else has a case open at this moment."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from gezhi.contexts.cases.queries import CASES, key_in_office
from gezhi.interfaces.throttle import check_rate
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import english
from gezhi.kernel.clock import now
from gezhi.kernel.errors import NotFound
from gezhi.platform.presence.here import Other, here


@made_for("hub")
@posted_from("hub-case", "number")
def tell(request: HttpRequest, number: str) -> JsonResponse:
    """Say that this person has the case open, and who else has, in words; empty where nobody.

    So it is of a case that is none, or is not this person's to see, or as its reporter alone: a step may just have taken it away
    from a page that is still open."""
    check_rate(request, kind="presence:")
    actor = actor_in(request)
    try:
        case_id = key_in_office(actor, number)
    except NotFound:
        return JsonResponse({"words": ""})
    others = here(actor, CASES.name, case_id, writing=request.POST.get("writing") == "1", now=now())
    return JsonResponse({"words": _words(others)})


def _words(others: list[Other]) -> str:
    between = ", " if english() else "、"
    writing = between.join(one.name for one in others if one.writing)
    looking = between.join(one.name for one in others if not one.writing)
    told = []
    if writing:
        told.append(_("%(names)s is filling in a form here") % {"names": writing})
    if looking:
        told.append(_("%(names)s has this case open too") % {"names": looking})
    return " · ".join(told)
