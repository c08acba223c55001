"""Background work: the list of runs, the page of one, and what is done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from gezhi.interfaces import problem
from gezhi.interfaces.web.access import signed_in
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import english, said
from gezhi.interfaces.web.work.asking import LONGEST, form_of, given_by
from gezhi.interfaces.web.work.told import told, told_in_full
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, GezhiError, NotAllowed, NotFound, TooLarge
from gezhi.platform.access.actor import Actor
from gezhi.platform.work.kinds import WorkKind, work_kind, work_kinds
from gezhi.platform.work.queries import find_run, runs
from gezhi.platform.work.use_cases.fetch_file import fetch_file
from gezhi.platform.work.use_cases.start_work import start_again, start_work
from gezhi.platform.work.use_cases.stop_work import stop_work


def _startable(actor: Actor) -> list[WorkKind[Any]]:
    """The kinds that the actor may start from a form: those whose input is asked for, not taken from another page."""
    return [
        kind for kind in work_kinds() if kind.roles & actor.roles and not kind.hidden and kind.name not in _led_to()
    ]


def _led_to() -> set[str]:
    return {kind.leads_to.kind for kind in work_kinds() if kind.leads_to is not None}


@require_safe
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """The runs that the person may know of, newest first, and what can be started."""
    actor = actor_in(request)
    kinds = [(kind.name, said(kind.title)) for kind in _startable(actor)]
    found = [told(actor, run) for run in runs(actor)]
    return render(request, "web/work/list.html", {"runs": found, "kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of a kind of work; sent, it leads to the run."""
    actor, wanted, moment = actor_in(request), work_kind(kind), now()
    if wanted is None:
        raise NotFound("no_work", f"there is no work '{kind[:40]}'")
    if not wanted.roles & actor.roles:
        raise NotAllowed("not_allowed", f"'{kind}' is for {', '.join(sorted(wanted.roles))}")
    if request.method != "POST":
        form = form_of(wanted, actor)
        form.initial.update({name: request.GET.get(name, "")[:LONGEST] for name in wanted.hidden})
        return _asked(request, wanted, form)
    form = form_of(wanted, actor, request.POST, request.FILES)
    if not form.is_valid():
        return _asked(request, wanted, form, status=422)
    try:
        started = start_work(
            actor=actor,
            name=wanted.name,
            given=given_by(request, form, wanted, actor=actor, now=moment),
            key=form.cleaned_data["key"] or None,
            language=get_language() or "zh-hans",
            now=moment,
        )
    except GezhiError as error:
        if isinstance(error, NotAllowed):
            raise
        words = problem.words(error)
        if isinstance(error, TooLarge) and (helps := wanted.uploads.get(error.field or "")) is not None:
            words = f"{words}{'' if not english() else ' '}{said(helps)}"
        form.add_error(error.field if error.field in form.fields else None, words)
        return _asked(request, wanted, form, status=problem.status(error))
    return redirect("work-run", run_id=started.id)


def _asked(request: HttpRequest, kind: WorkKind[Any], form: Any, *, status: int = 200) -> HttpResponse:
    if not form.is_bound:
        form.initial["key"] = str(uuid4())
    context = {"form": form, "title": said(kind.title), "about": said(kind.about), "uploads": bool(kind.uploads)}
    return render(request, "web/work/new.html", context, status=status)


@require_safe
@signed_in
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A run: how far it is, or what came of it. Raises ``NotFound``."""
    actor = actor_in(request)
    context = told_in_full(actor, find_run(actor, run_id), now=now()) | {"key": uuid4()}
    context["stop_was_late"] = context["stop_was_late"] or request.GET.get("stop") == "late"
    return render(request, "web/work/run.html", context)


@require_safe
@signed_in
def state(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """How far a run is, as a part of its page; when it has ended, all of the page's part."""
    actor = actor_in(request)
    found = find_run(actor, run_id)
    context = told_in_full(actor, found, now=now()) | {"key": uuid4()}
    if not found.has_ended:
        return render(request, "web/work/state.html", context)
    response = render(request, "web/work/body.html", context)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#run", "outerHTML"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def stop(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Ask whether the run shall stop, and have it stop. Raises ``NotFound``, ``NotAllowed``."""
    actor = actor_in(request)
    found = find_run(actor, run_id)
    if found.has_ended:
        return redirect("work-run", run_id=run_id) if request.method != "POST" else _ended_before(run_id)
    if request.method != "POST":
        return render(request, "web/work/stop.html", {"told": told(actor, found), "run": found})
    try:
        stop_work(actor=actor, run_id=run_id, now=now())
    except Conflict:
        # It ended between the question and the answer: there is nothing to be alarmed about, and its page says how it ended.
        return _ended_before(run_id)
    return redirect("work-run", run_id=run_id)


def _ended_before(run_id: UUID) -> HttpResponse:
    return redirect(f"{reverse('work-run', kwargs={'run_id': run_id})}?stop=late")


@signed_in
@posted_from("work-run", "run_id")
def again(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Start the same once more, or what the run leads to, with the same input. Raises what ``start_again`` raises."""
    actor = actor_in(request)
    started = start_again(
        actor=actor,
        run=find_run(actor, run_id),
        name=request.POST.get("kind", ""),
        key=request.POST.get("key") or None,
        language=get_language() or "zh-hans",
        now=now(),
    )
    return redirect("work-run", run_id=started.id)


@require_safe
@signed_in
def file(request: HttpRequest, run_id: UUID, document_id: UUID) -> FileResponse:
    """A file of the result; the fetch is on record. Raises ``NotFound``, ``NotAllowed``."""
    found = fetch_file(actor=actor_in(request), run_id=run_id, document_id=document_id, now=now())
    response = FileResponse(found.path.open("rb"), as_attachment=True, filename=found.name)
    response.headers["Content-Type"] = found.content_type
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
