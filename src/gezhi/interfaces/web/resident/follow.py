"""Follow a report by its code: a timeline as of a parcel, the rating, and what is held about the reporter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.domain.photos import Side
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
from gezhi.contexts.cases.use_cases.attach_photo import photos_of
from gezhi.contexts.cases.use_cases.erase_reporter import erase_reporter
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.interfaces import problem
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.pictures import HeldPicture, hold, picture_response, pictures_of
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.resident.forms import AddForm, FollowForm, RateForm
from gezhi.interfaces.web.resident.present import present_of
from gezhi.interfaces.web.views.maps import names_of, point_words
from gezhi.interfaces.web.words import TOLD
from gezhi.kernel.clock import now
from gezhi.kernel.errors import GezhiError, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.ids import normalise_code
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import load, may
from gezhi.platform.vault.queries import held, looks, own_looks

# The name under which whoever shows the code acts.
RESIDENT = "resident"
_AS_IT_WAS_LEFT = frozenset({Stage.AFTER.value, Stage.CHECK.value})


@dataclass(frozen=True, slots=True)
class Adding:
    """The form to add something, and the pictures that came with it while it is not done yet."""

    form: AddForm
    held: Sequence[HeldPicture] = ()
    photo_error: str = ""


def _reporter(code: str) -> Actor:
    """Whoever shows the code, without their name."""
    return Actor(user_id=None, label=RESIDENT, follow_codes=frozenset({code}))


def _whoever(request: HttpRequest, code: str) -> Actor:
    """Whoever shows the code, under their name where they are signed in: those who took the report in or worked on it do
    not act as its reporter, and a look of theirs stands under their name."""
    actor = actor_in(request)
    return _reporter(code) if actor.user_id is None else replace(actor, follow_codes=frozenset({code}))


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
    """The report's own page. Raises ``NotFound``."""
    return _page(request, code, RateForm())


def _refused(request: HttpRequest, code: str, error: GezhiError) -> HttpResponse:
    """The case as it is now, and on top of it why nothing was done. Raises ``NotFound`` where the code follows nothing."""
    return _page(request, code, RateForm(), refused=problem.words(error), status=problem.status(error))


def _page(
    request: HttpRequest,
    code: str,
    form: RateForm,
    *,
    refused: str = "",
    status: int = 200,
    adding: Adding | None = None,
) -> HttpResponse:
    code, found = normalise_code(code), follow(code)
    steps = [
        {"at": step.at, "words": _("Reassigned") if step.again else TOLD[step.action], "note": step.note}
        for step in reversed(found.steps)
    ]
    pictures = followed_pictures(code)
    context = {
        "found": found,
        "code": code,
        "code_shown": "-".join(code[i : i + 4] for i in range(0, len(code), 4)),
        "class": class_name(found.class_code),
        "place_name": _place_name(found),
        "refused": refused,
        # Once the language is another, the page is asked for anew: never the address that the form was sent to.
        "page_address": reverse("follow-case", args=[code]),
        "steps": steps,
        "present": present_of(found, now=now()),
        "point": followed_point(code),
        "pictures": pictures,
        "left": [picture for picture in pictures if picture.stage in _AS_IT_WAS_LEFT],
        "found_so": [picture for picture in pictures if picture.stage not in _AS_IT_WAS_LEFT],
        "form": form,
        "adding": adding or Adding(AddForm(initial={"key": uuid4()})),
        "can_rate": found.can_rate and bool(may(_whoever(request, code), "rate", load(f"case:{found.number}"))),
        "can_remind": found.can_remind and (found.remind_from is None or found.remind_from <= now()),
        "just_sent": "sent" in request.GET,
        "taken_place": _taken_place(code, found) if "sent" in request.GET else "",
    }
    response = render(request, "web/resident/follow.html", context, status=status)
    return _private(response)


def _taken_place(code: str, found: Followed) -> str:
    """The place as the steps of the report said it; where it has no point, as it was recorded."""
    point = followed_point(code)
    return point_words(*point, areas.locate(*point)) if point else _place_name(found)


def _place_name(found: Followed) -> str:
    """Street and community as they were recorded."""
    ids = [area_id for area_id in (found.street_id, found.community_id) if area_id]
    rows = areas.areas_by_id(ids)
    return names_of([rows[area_id] for area_id in ids if area_id in rows])


def _private(response: HttpResponse) -> HttpResponse:
    """The address holds the code: it is the reporter's key. It goes to no other origin and into no store.

    With ``no-referrer`` the browser would send ``Origin: null`` with every form, which no check of origins lets pass.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@posted_from("follow-case", "code")
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Rate a closed case."""
    found, form = follow(code), RateForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        command = Command(actor=_whoever(request, code), number=found.number, now=now(), note=data["note"])
        try:
            if not data["solved"] and found.can_open_again:
                result = say_not_solved(command, score=data["score"])
            else:
                result = rate_case(command, solved=data["solved"], score=data["score"])
        except InvalidInput as error:
            form.add_error(None, problem.words(error))
        except GezhiError as error:
            return _refused(request, code, error)
        else:
            messages.success(request, _("Thank you. Your rating is recorded."))
            if result.status == CaseStatus.REPORTED:
                messages.success(request, _("Your report is open again; the street hub assigns it anew."))
            return redirect("follow-case", code=code)
    return _page(request, code, form, status=422)


@posted_from("follow-case", "code")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Add words and pictures."""
    found, form, sent = follow(code), AddForm(request.POST), pictures_of(request, now=now())
    status = 422 if sent.fault is None else problem.status(sent.fault)
    if form.is_valid() and sent.fault is None:
        data, actor = form.cleaned_data, _whoever(request, code)
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
    return _page(request, code, RateForm(), status=status, adding=Adding(form, kept, fault))


@posted_from("follow-case", "code")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the report back while nobody has started on it."""
    try:
        withdraw_case(Command(actor=_reporter(code), number=follow(code).number, now=now()))
    except GezhiError as error:
        return _refused(request, code, error)
    messages.success(request, _("Your report is withdrawn."))
    return redirect("follow-case", code=code)


@posted_from("follow-case", "code")
def remind(request: HttpRequest, code: str) -> HttpResponse:
    """Urge whoever has the case."""
    try:
        remind_case(Command(actor=_reporter(code), number=follow(code).number, now=now()))
    except GezhiError as error:
        return _refused(request, code, error)
    messages.success(request, _("The reminder was sent."))
    return redirect("follow-case", code=code)


@require_safe
def data(request: HttpRequest, code: str) -> HttpResponse:
    """What is held about the reporter, why, until when, and who looked."""
    return _data_page(request, code)


def _data_page(request: HttpRequest, code: str, *, refused: str = "", status: int = 200) -> HttpResponse:
    found = follow(code)
    records = held(subject_type="case", subject_id=found.number)
    content: dict[str, str] = {}
    gone = any(record.erased_at for record in records)
    if found.has_personal_data:
        try:
            content = read_reporter(
                actor=_whoever(request, code), number=found.number, reason=_("The reporter's own look"), now=now()
            )
        except NotFound:
            gone = True
        except NotAllowed:
            pass
    context = {
        "found": found,
        "code": code,
        "refused": refused,
        "page_address": reverse("follow-data", args=[code]),
        "place_name": _place_name(found),
        "pictures": sum(photo.side == Side.REPORTER for photo in photos_of(found.case_id)),
        "content": content,
        "erased": gone,
        "records": records,
        "looks": looks(subject_type="case", subject_id=found.number, own_label=RESIDENT),
        "own": own_looks(subject_type="case", subject_id=found.number, own_label=RESIDENT),
    }
    return _private(render(request, "web/resident/data.html", context, status=status))


@posted_from("follow-data", "code")
def erase(request: HttpRequest, code: str) -> HttpResponse:
    """Have it destroyed."""
    try:
        erased = erase_reporter(actor=_whoever(request, code), code=code, now=now())
    except GezhiError as error:
        return _data_page(request, code, refused=problem.words(error), status=problem.status(error))
    messages.success(request, _("Your name and number are erased.") if erased else _("Nothing was stored."))
    return redirect("follow-data", code=code)


@require_safe
def picture(request: HttpRequest, code: str, picture_id: UUID) -> FileResponse:
    """A picture of what the code shows. Raises ``NotFound``."""
    return picture_response(open_followed_picture(code, picture_id))
