"""Follow a report by its code: a timeline as of a parcel, the rating, and what is held about the reporter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.domain.states import CaseStatus, Stage
from gezhi.contexts.cases.queries import (
    Followed,
    class_name,
    follow,
    followed_pictures,
    followed_point,
    open_followed_picture,
)
from gezhi.contexts.cases.use_cases import Command, add_words, rate_case, remind_case, say_not_solved, withdraw_case
from gezhi.contexts.telling.queries import chosen
from gezhi.interfaces import problem
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.pictures import HeldPicture, hold, picture_page, picture_response, pictures_of
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.resident.forms import AddForm, FollowForm, RateForm
from gezhi.interfaces.web.resident.notice_form import NoticesForm, form_for
from gezhi.interfaces.web.resident.present import present_of
from gezhi.interfaces.web.views.maps import names_of, point_words
from gezhi.interfaces.web.words import TOLD, in_language
from gezhi.kernel.clock import now
from gezhi.kernel.errors import GezhiError, InvalidInput, NotFound
from gezhi.kernel.ids import normalise_code
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import load, may
from gezhi.platform.steps.inputs import Pairs

# The name under which whoever shows the code acts.
RESIDENT = "resident"
_AS_IT_WAS_LEFT = frozenset({Stage.AFTER.value, Stage.CHECK.value})


@dataclass(frozen=True, slots=True)
class Adding:
    """The form to add something, and the pictures that came with it while it is not done yet."""

    form: AddForm
    held: Sequence[HeldPicture] = ()
    photo_error: str = ""


def reporter_with(code: str) -> Actor:
    """Whoever shows the code, without their name."""
    return Actor(user_id=None, label=RESIDENT, follow_codes=frozenset({code}))


def whoever(request: HttpRequest, code: str) -> Actor:
    """Whoever shows the code, under their name where they are signed in: those who took the report in or worked on it do
    not act as its reporter, and a look of theirs stands under their name."""
    actor = actor_in(request)
    return reporter_with(code) if actor.user_id is None else replace(actor, follow_codes=frozenset({code}))


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    form = FollowForm(request.GET) if "code" in request.GET else FollowForm()
    if form.is_bound and form.is_valid():
        code = normalise_code(form.cleaned_data["code"])
        try:
            follow(code)
        except NotFound as error:
            form.add_error("code", problem.words(error))
        else:
            return redirect("follow-case", code=code)
    return render(request, "web/resident/ask.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """The report's own page; of a code that follows nothing, the form that asks for it."""
    try:
        return follow_page(request, code)
    except NotFound as error:
        form = FollowForm({"code": code})
        form.add_error("code", problem.words(error))
        return render(request, "web/resident/ask.html", {"form": form}, status=404)


def _refused(request: HttpRequest, code: str, error: GezhiError) -> HttpResponse:
    """The case as it is now, and on top of it why nothing was done. Raises ``NotFound`` where the code follows nothing."""
    return follow_page(request, code, refused=problem.words(error), status=problem.status(error))


def follow_page(
    request: HttpRequest,
    code: str,
    form: RateForm | None = None,
    *,
    refused: str = "",
    status: int = 200,
    adding: Adding | None = None,
    notices: NoticesForm | None = None,
) -> HttpResponse:
    """The page of a report, with the forms as they were sent where they were not right. Raises ``NotFound``."""
    code, found = normalise_code(code), follow(code)
    steps = [
        {"at": step.at, "words": _("Reassigned") if step.again else TOLD[step.action], "note": step.note}
        for step in reversed(found.steps)
    ]
    pictures, told_now = followed_pictures(code), chosen(found.case_id)
    context = {
        "found": found,
        "code": code,
        "code_shown": "-".join(code[i : i + 4] for i in range(0, len(code), 4)),
        "class": class_name(found.class_code),
        "place_name": place_name_of(found),
        "refused": refused,
        # Once the language is another, the page is asked for anew: never the address that the form was sent to.
        "page_address": reverse("follow-case", args=[code]),
        "steps": steps,
        "present": present_of(found, now=now()),
        "point": followed_point(code),
        "pictures": pictures,
        "left": [picture for picture in pictures if picture.stage in _AS_IT_WAS_LEFT],
        "found_so": [picture for picture in pictures if picture.stage not in _AS_IT_WAS_LEFT],
        "form": form or RateForm(bodies=_rateable(found)),
        "told_now": told_now,
        "notices": notices or form_for(told_now),
        "adding": adding or Adding(AddForm(initial={"key": uuid4()})),
        "can_rate": found.can_rate and bool(may(whoever(request, code), "rate", load(f"case:{found.number}"))),
        "can_remind": found.can_remind and (found.remind_from is None or found.remind_from <= now()),
        "just_sent": "sent" in request.GET,
        "taken_place": _taken_place(code, found) if "sent" in request.GET else "",
    }
    response = render(request, "web/resident/follow.html", context, status=status)
    return private(response)


def _rateable(found: Followed) -> dict[str, str]:
    """The names of the bodies that were called in and can be rated, by the number of their part."""
    parts = [part for part in found.parts if part.can_rate]
    return {part.number: in_language(part.organisation_name, part.organisation_name_en) for part in parts}


def _taken_place(code: str, found: Followed) -> str:
    """The place as the steps of the report said it; where it has no point, as it was recorded."""
    point = followed_point(code)
    return point_words(*point, areas.locate(*point)) if point else place_name_of(found)


def place_name_of(found: Followed) -> str:
    """Street and community as they were recorded."""
    ids = [area_id for area_id in (found.street_id, found.community_id) if area_id]
    rows = areas.areas_by_id(ids)
    return names_of([rows[area_id] for area_id in ids if area_id in rows])


def private(response: HttpResponse) -> HttpResponse:
    """The address holds the code: it is the reporter's key. It goes to no other origin and into no store.

    With ``no-referrer`` the browser would send ``Origin: null`` with every form, which no check of origins lets pass.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@posted_from("follow-case", "code")
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Rate a closed case."""
    found = follow(code)
    form = RateForm(request.POST, bodies=_rateable(found))
    if form.is_valid():
        data = form.cleaned_data
        command = Command(actor=whoever(request, code), number=found.number, now=now(), note=data["note"])
        try:
            if not data["solved"] and found.can_open_again:
                result = say_not_solved(command, score=data["score"], bodies=Pairs(form.scores()))
            else:
                result = rate_case(command, solved=data["solved"], score=data["score"], bodies=Pairs(form.scores()))
        except InvalidInput as error:
            form.add_error(None, problem.words(error))
        except GezhiError as error:
            return _refused(request, code, error)
        else:
            messages.success(request, _("Thank you. Your rating is recorded."))
            if result.status == CaseStatus.REPORTED:
                messages.success(request, _("Your report is open again; the street hub assigns it anew."))
            return redirect("follow-case", code=code)
    return follow_page(request, code, form, status=422)


@posted_from("follow-case", "code")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Add words and pictures."""
    found, form, sent = follow(code), AddForm(request.POST), pictures_of(request, now=now())
    status = 422 if sent.fault is None else problem.status(sent.fault)
    if form.is_valid() and sent.fault is None:
        data, actor = form.cleaned_data, whoever(request, code)
        command = Command(
            actor=actor,
            number=found.number,
            now=now(),
            note=data["note"],
            key=str(data["key"]),
            pictures=tuple(sent.pictures),
        )
        try:
            add_words(command)
        except GezhiError as error:
            form.add_error("note" if error.field == "note" else None, problem.words(error))
            status = problem.status(error)
        else:
            sent.sent()
            messages.success(request, _("Added. Whoever handles your report sees it now."))
            return redirect("follow-case", code=code)
    kept = hold(request, sent, now=now())
    fault = problem.words(sent.fault) if sent.fault else ""
    return follow_page(request, code, status=status, adding=Adding(form, kept, fault))


@posted_from("follow-case", "code")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the report back while nobody has started on it."""
    try:
        withdraw_case(Command(actor=reporter_with(code), number=follow(code).number, now=now()))
    except GezhiError as error:
        return _refused(request, code, error)
    messages.success(request, _("Your report is withdrawn."))
    return redirect("follow-case", code=code)


@posted_from("follow-case", "code")
def remind(request: HttpRequest, code: str) -> HttpResponse:
    """Urge whoever has the case."""
    try:
        remind_case(Command(actor=reporter_with(code), number=follow(code).number, now=now()))
    except GezhiError as error:
        return _refused(request, code, error)
    messages.success(request, _("The reminder was sent."))
    return redirect("follow-case", code=code)


@require_safe
def picture(request: HttpRequest, code: str, picture_id: UUID) -> HttpResponseBase:
    """A picture of what the code shows, or with ``page`` in the address a page with it. Raises ``NotFound``."""
    found = open_followed_picture(code, picture_id)
    if "page" not in request.GET:
        return picture_response(found)
    return picture_page(request, found, back=reverse("follow-case", args=[code]), words=_("Back to the report"))
