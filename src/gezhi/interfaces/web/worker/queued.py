"""Forms of workers that come from the queue on their device: the same steps as those of the pages, answered to a program.

The device sends each with the key that it was given once, in order, and as often as it takes until it has an answer. What is
refused stays on the device and is shown there beside the case as it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.queries import case_page
from gezhi.interfaces import problem
from gezhi.interfaces.failures import problem_response
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.history import names_in, receiver_in, spoken_in, taken_in, told
from gezhi.interfaces.web.casework.performing import perform, pictures_for
from gezhi.interfaces.web.moments import Moments
from gezhi.interfaces.web.own_device import only_by_its_writer, person_mark
from gezhi.interfaces.web.pictures import far_words, pictures_of
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import HAPPENED, STATUS, of_outcome
from gezhi.interfaces.web.worker.forms import NoticeForm
from gezhi.interfaces.web.worker.views import TASKS, send_notice
from gezhi.kernel.clock import now
from gezhi.kernel.errors import GezhiError, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.reading import row_id
from gezhi.platform.access.actor import Actor

_MOST_CHANGES = 5
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Changed:
    """A step that somebody took meanwhile, in words."""

    at: str
    words: str
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands for whoever is told that their step was refused. ``changes``: since the version that they saw, the last
    first. ``given_to``: who has it instead of them, a person or a body; empty where they have it. ``possible``: the step can
    still be taken; ``notable``: words can still be added."""

    version: int
    status: str
    handler: str
    given_to: str
    outcome: str
    changes: list[Changed]
    possible: bool
    notable: bool
    address: str


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Who is signed in, as the device calls them, and what a form must show to be believed; 401 where nobody is."""
    mark = person_mark(request)
    if not mark:
        title = _("Sign in")
        return problem_response(status=401, title=title, code="signed_out", detail=title)
    return JsonResponse({"person": mark, "token": get_token(request)})


def _answered(view: View) -> View:
    """Errors as documents: the device has to tell what is over from what may go on."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except GezhiError as error:
            return _refused(request, error, **kwargs)

    return guarded


@made_for("worker")
@posted_from("worker-task", "number")
@only_by_its_writer
@_answered
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Take a step that waited on the device, with its pictures."""
    moment = now()
    found = pictures_for(request, action, now=moment)
    done = perform(request, found, actor=actor_in(request), number=number, action=action, now=moment)
    task = reverse("worker-task", args=[number])
    return _done(
        request,
        words=f"{HAPPENED[action]} · {number}{far_words(done.far_m)}",
        address=task if CaseStatus(done.result.status) in TASKS else reverse("worker"),
        case=(number, done.result.version),
    )


@made_for("worker")
@posted_from("worker-notice")
@only_by_its_writer
@_answered
def notice(request: HttpRequest) -> HttpResponse:
    """File something noticed that waited on the device, with its pictures."""
    form, found = NoticeForm(request.POST), pictures_of(request, now=now())
    if found.fault is not None:
        raise found.fault
    if not form.is_valid():
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return problem_response(status=422, title=problem.title(InvalidInput("", "")), code="form", detail=words)
    reported, words = send_notice(request, form.cleaned_data, found)
    return _done(request, words=words, address=reverse("worker"), case=(reported.number, reported.version))


def _done(request: HttpRequest, *, words: str, address: str, case: tuple[str, int]) -> HttpResponse:
    # Whoever waits for the answer is taken to the next page, which says it; what went in the background says nothing there.
    if request.POST.get("shown"):
        messages.success(request, words)
    return JsonResponse({"number": case[0], "version": case[1], "words": words, "next": address})


def _refused(request: HttpRequest, error: GezhiError, *, number: str = "", action: str = "") -> HttpResponse:
    stands = _standing(actor_in(request), number, action, seen=row_id(request.POST.get("version", "")))
    response = problem_response(
        status=problem.status(error),
        title=problem.title(error),
        code=error.code,
        detail=_why(error, stands, of_a_case=bool(number)),
        field=error.field,
        now=None if stands is None else asdict(stands),
    )
    wait = problem.retry_after(error)
    if wait is not None:
        response.headers["Retry-After"] = wait
    return response


def _why(error: GezhiError, stands: Standing | None, *, of_a_case: bool) -> str:
    """What is wrong, in words. Whoever had the case when they wrote does not lack a right: it went to somebody else meanwhile."""
    if stands is None and of_a_case and isinstance(error, NotFound):
        return _("It was given to somebody else, or you may no longer see it.")
    if stands is not None and stands.given_to and isinstance(error, NotAllowed):
        return _("It was given to somebody else meanwhile: %(name)s has it now.") % {"name": stands.given_to}
    return problem.words(error)


def _standing(actor: Actor, number: str, action: str, *, seen: int | None) -> Standing | None:
    """How the case stands; None where the person may not know of it, or there is none."""
    if not number:
        return None
    try:
        page = case_page(actor, number)
    except NotFound:
        return None
    taken = taken_in(page)
    bodies, people = names_in(page, taken)
    steps = [step for step, _around in reversed(taken)]
    lines = told(taken, bodies=bodies, people=people, spoken=spoken_in(page))
    since = [line for step, line in zip(steps, lines, strict=True) if seen is None or step.version > seen]
    case, said = page.case, Moments()
    return Standing(
        version=case["version"],
        status=str(STATUS[case["status"]]),
        handler=people.get(case["assignee_id"] or 0, ""),
        given_to="" if case["assignee_id"] == actor.user_id else receiver_in(page.case, bodies, people),
        outcome=str(of_outcome(case["outcome"])) if case["outcome"] else "",
        changes=[
            Changed(
                at=strip_tags(said.short(line.at)),
                words=" · ".join(filter(None, (str(line.words), line.to))),
                who=" ".join(filter(None, (str(line.role), line.who))),
                note=line.note,
            )
            for line in since[:_MOST_CHANGES]
        ],
        possible=action in page.actions,
        notable=Action.NOTE in page.actions,
        address=reverse("worker-task", args=[number]),
    )
