"""The hub: a list with filters in its address, the case beside it, and every action on it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.domain.looking import reason_to_look
from gezhi.contexts.cases.domain.permits import TAKE_CALLS
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.queries import (
    CASES,
    asked_counts,
    case_page,
    case_row,
    cases_named,
    class_name,
    queue_counts,
    templates_for,
)
from gezhi.contexts.cases.use_cases.attach_photo import Photo, asked_photos, open_photo
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.interfaces import problem
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in, cases_name
from gezhi.interfaces.web.casework.alike import alike_cases, may_be_alike
from gezhi.interfaces.web.casework.case_context import case_context
from gezhi.interfaces.web.casework.form_fields import fields_of
from gezhi.interfaces.web.casework.landed_words import landed_words
from gezhi.interfaces.web.casework.listing import FROM_MAP, decorated, listing
from gezhi.interfaces.web.casework.offers import offers_of
from gezhi.interfaces.web.casework.performing import lacks_words, perform, pictures_for, posted_values, shown_at
from gezhi.interfaces.web.casework.queues import Queue, own_queues, queues_of
from gezhi.interfaces.web.hub.tabs import row_of, tabs_of
from gezhi.interfaces.web.hub.way_back import way_back
from gezhi.interfaces.web.live import live_feed_beside
from gezhi.interfaces.web.partial import is_partial
from gezhi.interfaces.web.pictures import HeldPicture, far_words, hold, picture_page, picture_response
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.views.maps import start_box
from gezhi.interfaces.web.words import HAPPENED
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, GezhiError, InvalidInput, NotFound, Unavailable
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.prepared import Inquiry
from gezhi.platform.presence.here import put_down
from gezhi.platform.saved_views.queries import ViewRow, asked_views

_NUMBER = re.compile(r"\d{8,20}", re.ASCII)
# As many rows as a page of the list has.
_MOST_ROWS = 50
# To whom what is personal in a case may be open.
_HANDLES = frozenset({Role.STREET_DISPATCHER, Role.DEPARTMENT_OFFICER})


@require_safe
@made_for("hub")
def inbox(request: HttpRequest) -> HttpResponse:
    """The list; the case's place is empty."""
    return render(request, "web/hub/page.html", _list_context(request, actor_in(request)))


@require_safe
@made_for("hub")
def inbox_map(request: HttpRequest) -> HttpResponse:
    """The list, and its cases on a map in the case's place."""
    actor = actor_in(request)
    context = _list_context(request, actor, mapped=True) | {"map_start": start_box(actor)}
    return render(request, "web/hub/page.html", context)


@require_safe
@made_for("hub")
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of the list alone, as they are now; the row of the case that is open beside it (``chosen``) is the current one."""
    actor = actor_in(request)
    found = listing(request, actor, now=now(), default=first_queue(actor), mapped=FROM_MAP in request.GET)
    return render(request, "web/hub/rows.html", {"listing": found, "chosen": request.GET.get("chosen", "")})


@require_safe
@made_for("hub")
def rows_of(request: HttpRequest) -> HttpResponse:
    """The rows of single cases as they are now, in the order asked for; none for a case that the person does not see."""
    numbers = request.GET.getlist("number")[:_MOST_ROWS]
    found = cases_named(actor_in(request), numbers)
    shown = decorated([found[number] for number in dict.fromkeys(numbers) if number in found])
    return render(request, "web/hub/rows_of.html", {"rows": shown, "link": way_back(request).link})


@require_safe
@made_for("hub")
def counts(request: HttpRequest) -> JsonResponse:
    """The queues as the drop-down shows them, with how many cases wait in each now. Two queries."""
    actor = actor_in(request)
    return JsonResponse(_labels(queues_of(actor), queue_counts(actor, now=now())))


def _labels(queues: Iterable[Queue], counted: dict[str, int]) -> dict[str, str]:
    return {queue.key: queue.label(counted) for queue in queues}


@require_safe
@made_for("hub")
def case(request: HttpRequest, number: str) -> HttpResponse:
    """A case beside the list; only the case when the list is on the screen already. Raises ``NotFound``."""
    actor = actor_in(request)
    if is_partial(request):
        response = _beside(request, actor, number)
    else:
        told = _told_in_any_case(request, actor, asked_photos(number))
        context = _case_context(request, actor, number, own=told.others[0])
        listed = _list_context(request, actor, told, mapped=context["way_back"].to_map, later=True)
        response = render(request, "web/hub/page.html", context | listed | {"chosen": number})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _beside(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    try:
        return render(request, "web/hub/case.html", _case_context(request, actor, number))
    except NotFound:
        # It stood in the list a moment ago: passed on to somebody else meanwhile.
        return render(request, "web/hub/gone.html", {"number": number}, status=404)


@require_safe
@made_for("hub")
def form(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """The form of an action of a case, for the dialog that waits for it. Raises ``NotFound``, also where the action is not
    offered."""
    actor = actor_in(request)
    page = case_page(actor, number)
    offer = next((one for one in offers_of(page) if one.action == action and one.form), None)
    if offer is None:
        raise NotFound("no_action", f"there is no action '{action[:40]}' here")
    context: dict[str, Any] = {"case": page.case, "class": class_name(page.case["class_code"]), "page": page}
    context |= fields_of(actor, page, [offer]) | {"offer": offer, "key": uuid4()}
    return render(request, "web/casework/dialog_form.html", context)


@require_safe
@made_for("hub")
def alike(request: HttpRequest, number: str) -> HttpResponse:
    """The cases that are likely the same as one, for its place in the page of that one. Raises ``NotFound``."""
    actor = actor_in(request)
    page = case_page(actor, number)
    context = {
        "case": page.case,
        "alike": alike_cases(actor, page, now=now()),
        "can_merge": any(offer.action == Action.MERGE for offer in offers_of(page)),
        "way_back": way_back(request),
        "key": uuid4(),
    }
    return render(request, "web/hub/alike.html", context)


@require_safe
@made_for("hub")
def templates(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """The answer templates that fit a case at a step, to be put into the words of its form. Raises ``NotFound``."""
    actor = actor_in(request)
    found = templates_for(actor, case_row(actor, number)["class_code"], action)
    return render(request, "web/hub/templates.html", {"templates": found, "action": action})


def _case_context(
    request: HttpRequest, actor: Actor, number: str, *, form: str = "", own: list[Photo] | None = None
) -> dict[str, Any]:
    """What the case beside the list shows; ``form``: the action whose form shows at once. Raises ``NotFound``."""
    context = case_context(actor, number, forms={form}, own=own)
    return context | {"may_be_alike": may_be_alike(context["page"]), "way_back": way_back(request)}


def first_queue(actor: Actor) -> str:
    """The list that a person's work begins with."""
    if actor.roles & {Role.STREET_DISPATCHER, Role.OPERATIONS}:
        return "dispatch"
    if Role.CHECKER in actor.roles:
        return "check"
    return next((queue.key for queue in own_queues(actor)), "all")


@dataclass(frozen=True, slots=True)
class _Told:
    """What every whole page of the hub asks for, before it reads what it shows; ``others``: the answers to what else was asked."""

    at: datetime
    feed: dict[str, Any]
    counted: dict[str, int]
    views: list[ViewRow]
    others: list[Any]


def _told_in_any_case(request: HttpRequest, actor: Actor, *others: Inquiry[Any]) -> _Told:
    at = now()
    feed, counted, views, *rest = live_feed_beside(
        request, asked_counts(actor, now=at), asked_views(actor, CASES), *others
    )
    return _Told(at, feed, counted, views, rest)


def _list_context(
    request: HttpRequest, actor: Actor, told: _Told | None = None, *, mapped: bool = False, later: bool = False
) -> dict[str, Any]:
    told = told or _told_in_any_case(request, actor)
    moment, counted = told.at, told.counted
    found = listing(request, actor, now=moment, default=first_queue(actor), mapped=mapped, later=later)
    offered = queues_of(actor)
    # A link that somebody else sent names a queue of theirs.
    others = [] if found.queue in offered else [found.queue]
    return {
        "listing": found,
        "queues": _labels([*others, *offered], counted),
        "own_queues": _labels(own_queues(actor), counted),
        "views": row_of(tabs_of(actor, moment, views=told.views, shown=found)),
        "heading": cases_name(actor.roles),
        "may_read_numbers": bool(actor.roles & _HANDLES),
        "may_dispatch": bool(actor.roles & {permit.role for permit in TRANSITIONS[Action.DISPATCH].permits}),
        "may_take_in": bool(actor.roles & TAKE_CALLS),
        "chosen": "",
        "export_key": uuid4(),
        **told.feed,
    }


@made_for("hub")
@posted_from("hub-case", "number")
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Carry out an action and show the case as it is then; an error shows at its field, and nothing is written."""
    actor, moment = actor_in(request), now()
    found = pictures_for(request, action, now=moment)
    try:
        done = perform(request, found, actor=actor, number=number, action=action, now=moment)
    except (InvalidInput, Conflict, Unavailable) as error:
        held = hold(request, found, now=moment)
        return _refused(request, actor=actor, number=number, action=action, error=error, held=held)
    put_down(actor, CASES.name, done.result.id)
    where = landed_words(done.result, action, now=moment)
    happened = f"{HAPPENED[action]} · {number}{far_words(done.far_m)}{_after(where)}"
    acted = {"number": number, "status": done.result.status}
    if not is_partial(request):
        if where:
            messages.info(request, happened)
        return redirect("hub-case", number=number)
    try:
        context = _case_context(request, actor, number)
    except NotFound:
        # Returned or given away: the case has left this person's sight.
        gone = render(request, "web/hub/gone.html", {"number": number, "where": where})
        return _told(gone, f"{HAPPENED[action]}{_after(where)}", acted)
    context["row"] = decorated([context["case"]])[0]
    return _told(render(request, "web/hub/case.html", context), happened, acted)


def _after(words: str) -> str:
    return f" · {words}" if words else ""


def _told(response: HttpResponse, words: str, acted: dict[str, str]) -> HttpResponse:
    response.headers["HX-Trigger"] = json.dumps({"gezhi:toast": {"words": words}, "gezhi:acted": acted})
    return response


def _refused(
    request: HttpRequest, *, actor: Actor, number: str, action: str, error: GezhiError, held: list[HeldPicture]
) -> HttpResponse:
    context = _case_context(request, actor, number, form=action)
    still = any(offer.action == action and offer.form for offer in context["offers"])
    context |= {
        "refused": action if still else "",
        "refused_field": shown_at(action, error.field),
        "refused_words": problem.words(error),
        "lacks_words": lacks_words(context["offers"], action, request.POST),
    }
    context |= {"values": posted_values(request.POST), "held": held}
    status = problem.status(error)
    if is_partial(request):
        return render(request, "web/hub/case.html", context, status=status)
    context |= _list_context(request, actor) | {"chosen": number, "page_address": reverse("hub-case", args=[number])}
    return render(request, "web/hub/page.html", context, status=status)


@made_for("hub")
@posted_from("hub-case", "number")
def reporter(request: HttpRequest, number: str) -> HttpResponse:
    """The reporter's name and number, for a stated reason; the look is on record."""
    return reporter_of(request, number)


def reporter_of(request: HttpRequest, number: str) -> HttpResponse:
    """The block with the reporter's name and number, or the words why not."""
    chosen, words = request.POST.get("why", ""), request.POST.get("words", "")
    context: dict[str, Any] = {"number": number, "why": chosen, "words": words, "address": request.path}
    context["back"] = request.path.removesuffix("/reporter")
    try:
        reason = reason_to_look(chosen, words)
        context["left"] = read_reporter(actor=actor_in(request), number=number, reason=reason, now=now())
    except GezhiError as error:
        # Asked for a reason once more, in the form itself.
        context |= {"refused_words": problem.words(error), "may_ask": isinstance(error, InvalidInput)}
    template = "web/hub/reporter.html" if is_partial(request) else "web/hub/reporter_page.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def picture(request: HttpRequest, picture_id: UUID) -> HttpResponseBase:
    """A picture of a case that the person sees; with ``page`` and ``number`` in the address a page with it, and the way back to
    that case. Raises ``NotFound``."""
    found, number = open_photo(actor=actor_in(request), photo_id=picture_id), request.GET.get("number", "")
    if "page" not in request.GET or not _NUMBER.fullmatch(number):
        return picture_response(found)
    place = "worker-task" if request.GET["page"] == "worker" else "hub-case"
    return picture_page(request, found, back=reverse(place, args=[number]), words=_("Back to the case"))
