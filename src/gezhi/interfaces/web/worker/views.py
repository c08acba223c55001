"""My tasks, a task, what I noticed, what I have done."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.domain.states import CaseStatus, Channel
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.queries import CaseRow, Filters, case_page, list_cases, suggest_classes
from gezhi.contexts.cases.use_cases import Reported
from gezhi.contexts.cases.use_cases.attach_photo import far_from_case
from gezhi.interfaces import problem
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.case_context import case_context
from gezhi.interfaces.web.casework.history import holder_of
from gezhi.interfaces.web.casework.listing import decorated
from gezhi.interfaces.web.casework.offers import after_accepting
from gezhi.interfaces.web.casework.performing import lacks_words, perform, pictures_for, posted_values, shown_at
from gezhi.interfaces.web.hub.views import reporter_of
from gezhi.interfaces.web.live import live_feed
from gezhi.interfaces.web.pictures import FormPictures, far_words, hold, pictures_of
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.reporting import SHOWN_AT, send_report
from gezhi.interfaces.web.resident.forms import NONE_OF_THESE
from gezhi.interfaces.web.views.maps import place_lists, start_box
from gezhi.interfaces.web.words import HAPPENED
from gezhi.interfaces.web.worker.forms import NoticeForm
from gezhi.interfaces.web.worker.way_there import way_there
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor

TASKS = (CaseStatus.VERIFYING, CaseStatus.DISPATCHED, CaseStatus.HANDLING)
_GIVEN = (CaseStatus.DISPATCHED, CaseStatus.HANDLING)
SHOWN = 50


@require_safe
@made_for("worker")
def tasks(request: HttpRequest) -> HttpResponse:
    """What is mine to do, the nearest deadline first; then what my department was given and nobody there has yet."""
    context = live_feed(request) | tasks_of(actor_in(request)) | {"tab": "tasks"}
    return render(request, "web/worker/tasks.html", context)


@require_safe
@made_for("worker")
def task_rows(request: HttpRequest) -> HttpResponse:
    """The same lists alone, as they are now; those under the map lead back to it."""
    context = tasks_of(actor_in(request)) | {"from_map": "tasks" if "map" in request.GET else ""}
    return render(request, "web/worker/task_lists.html", context)


def tasks_of(actor: Actor) -> dict[str, Any]:
    """The lists of somebody's tasks as their template wants them."""
    lists, more = lists_of(actor)
    return {name: decorated(rows) for name, rows in lists.items()} | {"more": more}


def lists_of(actor: Actor) -> tuple[dict[str, list[CaseRow]], str | None]:
    """The lists of somebody's tasks by their names, and where the first goes on."""
    mine = list_cases(actor, filters=Filters(statuses=TASKS, assignee_id=actor.user_id), sort="due", limit=SHOWN)
    shared = [
        row
        for body in dict.fromkeys(grant.organisation_id for grant in actor.holds(Role.DEPARTMENT_OFFICER))
        for row in list_cases(
            actor,
            filters=Filters(statuses=_GIVEN, unassigned=True, organisation_id=body),
            sort="due",
            limit=SHOWN,
        ).rows
    ]
    shared.sort(key=_due_first)
    to_verify: list[CaseRow] = []
    if actor.holds(Role.GRID_WORKER):
        nobodys = Filters(statuses=(CaseStatus.VERIFYING,), unassigned=True)
        found = list_cases(actor, filters=nobodys, sort="due", limit=SHOWN).rows
        # Nobody verifies what they took in themselves; that stands among what they noticed.
        to_verify = [row for row in found if row["registered_by_id"] != actor.user_id]
    paused = list_cases(
        actor, filters=Filters(statuses=(CaseStatus.SUSPENDED,), assignee_id=actor.user_id), limit=SHOWN
    )
    # What is mine to do stands above already.
    above = {row["id"] for row in (*mine.rows, *to_verify, *paused.rows)}
    noticed = [row for row in _noticed_by(actor) if row["id"] not in above]
    lists = {"mine": mine.rows, "to_verify": to_verify, "shared": shared[:SHOWN], "paused": paused.rows}
    return lists | {"noticed": noticed}, mine.next_cursor


def _due_first(row: CaseRow) -> float:
    return math.inf if row["due_at"] is None else row["due_at"].timestamp()


def _noticed_by(actor: Actor) -> list[CaseRow]:
    return list_cases(actor, filters=Filters(open_only=True, registered_by=actor.user_id), limit=SHOWN).rows


@require_safe
@made_for("worker")
def done(request: HttpRequest) -> HttpResponse:
    """What I handled last, and what came of it."""
    actor = actor_in(request)
    page = list_cases(
        actor, filters=Filters(handled_by=actor.user_id), cursor=request.GET.get("cursor") or None, limit=SHOWN
    )
    context = {"rows": decorated(page.rows), "next": page.next_cursor, "tab": "done"}
    return render(request, "web/worker/done.html", context)


@require_safe
@made_for("worker")
def task(request: HttpRequest, number: str) -> HttpResponse:
    """One task. Raises ``NotFound``."""
    feed = live_feed(request)
    return render(request, "web/worker/task.html", feed | _task_context(request, number))


def _task_context(request: HttpRequest, number: str) -> dict[str, Any]:
    context = case_context(actor_in(request), number)
    way = way_there(context["case"], agent=request.headers.get("User-Agent", ""))
    ways = {"way_there": way, "from_map": request.GET.get("map", "")}
    offers = context["offers"]
    later = after_accepting() if any(offer.action == Action.ACCEPT for offer in offers) else []
    forms = {"later": later, "forms": [*context["forms"], *later]}
    return context | ways | forms | {"act_base": "/worker/cases/", "plain": True, "tab": "tasks"}


@made_for("worker")
@posted_from("worker-task", "number")
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Carry out an action; back to the tasks when the case is out of hand, else to the case."""
    actor, moment = actor_in(request), now()
    found = pictures_for(request, action, now=moment)
    try:
        done = perform(request, found, actor=actor, number=number, action=action, now=moment)
    except (NotFound, NotAllowed) as error:
        return _gone(request, actor, number, error)
    except (InvalidInput, Conflict, Unavailable) as error:
        context = live_feed(request) | _task_context(request, number)
        still = any(offer.action == action and offer.form for offer in context["offers"])
        context |= {
            "refused": action if still else "",
            "refused_field": shown_at(action, error.field),
            "refused_words": problem.words(error),
            "lacks_words": lacks_words(context["offers"], action, request.POST),
            "values": posted_values(request.POST),
            "page_address": reverse("worker-task", args=[number]),
            "held": hold(request, found, now=moment),
        }
        return render(request, "web/worker/task.html", context, status=problem.status(error))
    messages.success(request, f"{HAPPENED[action]} · {number}{far_words(done.far_m)}")
    if CaseStatus(done.result.status) in TASKS:
        return redirect("worker-task", number=number)
    return redirect("worker")


def _gone(request: HttpRequest, actor: Actor, number: str, error: NotFound | NotAllowed) -> HttpResponse:
    """The case stood on the screen a moment ago: it was given to somebody else meanwhile. What was typed is not lost.

    Raises the error where nobody else has the case.
    """
    context: dict[str, Any] = {"number": number, "typed": request.POST.get("note", "").strip(), "key": uuid4()}
    if isinstance(error, NotAllowed):
        found = case_page(actor, number)
        holder = "" if found.case["assignee_id"] == actor.user_id else holder_of(found)
        if not holder:
            raise error
        context |= {"holder": holder, "notable": Action.NOTE in found.actions}
    context["page_address"] = reverse("worker-task", args=[number]) if "holder" in context else reverse("worker")
    return render(request, "web/worker/gone.html", context, status=problem.status(error))


@made_for("worker")
@posted_from("worker-task", "number")
def reporter(request: HttpRequest, number: str) -> HttpResponse:
    """The reporter's name and number; the look is on record."""
    return reporter_of(request, number)


@made_for("worker")
def notice(request: HttpRequest) -> HttpResponse:
    """Report something noticed, in one line."""
    if request.method != "POST":
        return render(request, "web/worker/notice.html", _notice_context(request, NoticeForm(initial={"key": uuid4()})))
    form, found = NoticeForm(request.POST), pictures_of(request, now=now())
    if form.is_valid() and found.fault is None:
        try:
            _reported, words = send_notice(request, form.cleaned_data, found)
        except (InvalidInput, Conflict, Unavailable) as error:
            field = SHOWN_AT.get(error.field or "", error.field)
            form.add_error(field if field in form.fields else None, problem.words(error))
        else:
            messages.success(request, words)
            return redirect("worker")
    context = _notice_context(request, form) | {"held": hold(request, found, now=now())}
    if found.fault is not None:
        context["photo_error"] = problem.words(found.fault)
    return render(request, "web/worker/notice.html", context, status=422)


def send_notice(request: HttpRequest, data: Mapping[str, Any], found: FormPictures) -> tuple[Reported, SafeString]:
    """File what was noticed; returns it with the words that say so. Raises what ``report_case`` and ``report_settled`` raise."""
    reported = send_report(
        request, data, found, class_code=data["class_code"], channel=Channel.PATROL, done=data["done"]
    )
    far = far_words(far_from_case(reported.case_id, found.pictures))
    return reported, _recorded(reported.number, far, settled=bool(data["done"]))


def _recorded(number: str, far: str, *, settled: bool) -> SafeString:
    """What is said after sending, with the way to the case: there it can be taken back."""
    recorded = (
        _("Recorded as %(number)s, settled on the spot.")
        if settled
        else _("Recorded as %(number)s and sent to the street hub.")
    )
    words = recorded % {"number": number}
    case = reverse("worker-task", args=[number])
    return format_html('{}{} <a href="{}">{}</a>', words, far, case, _("Show the case"))


def _notice_context(request: HttpRequest, form: NoticeForm) -> dict[str, Any]:
    chosen = (request.POST.get(name) for name in ("district", "street", "community"))
    words = request.POST.get("description", "")
    classes = {
        "suggested": suggest_classes(words) if words else [],
        "chosen": request.POST.get("class_code", ""),
        "none": NONE_OF_THESE,
    }
    return {"form": form, "tab": "notice", "start": start_box(actor_in(request)), **classes, **place_lists(*chosen)}
