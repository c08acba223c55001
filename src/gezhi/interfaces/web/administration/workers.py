"""Workers: the list, one, put into a post, moved, last day set and taken back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gezhi.contexts.areas.queries import area
from gezhi.contexts.cases.queries import open_cases_with
from gezhi.contexts.organisations.queries import all_organisations
from gezhi.contexts.workforce.queries import POSTS, KeptWorker, kept_worker, kept_workers, responsible_workers
from gezhi.contexts.workforce.use_cases.change_worker import (
    MAX_NAME,
    MAX_PHONE,
    end_worker,
    move_worker,
    restore_worker,
)
from gezhi.contexts.workforce.use_cases.register_worker import register_worker
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.administration.asking import (
    AreaField,
    BodyField,
    DayField,
    Page,
    Preview,
    area_text,
    areas_to_choose,
    ask,
    body_called,
    named_in,
    posted,
)
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import day_of, english, in_language, local_name
from gezhi.kernel.clock import now
from gezhi.kernel.errors import NotFound
from gezhi.kernel.reading import without_controls
from gezhi.kernel.roles import Role
from gezhi.platform.access.queries import lacks_role
from gezhi.platform.access.territory import may_in, require_in
from gezhi.platform.accounts.queries import id_of_account

PER_PAGE = 30
POST: dict[str, str | Promise] = {
    "grid_worker": _("Grid worker"),
    "community_police": _("Community police officer"),
    "lawyer": _("Lawyer"),
    "legal_worker": _("Legal service worker"),
}


def post_choices() -> list[tuple[str, str]]:
    """The posts in words, and none."""
    return [("", "—"), *((post, str(POST[post])) for post in POSTS)]


class ListForm(PlainForm):
    """What the list is narrowed to."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    post = forms.ChoiceField(label=_("Post"), required=False, choices=post_choices)
    area = AreaField(label=_("Area"), required=False, help_text="")
    ended = forms.BooleanField(label=_("Those who have left"), required=False)


class PlaceForm(PlainForm):
    """What is on record of a worker and changes."""

    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)
    phone = forms.CharField(label=_("Work telephone"), max_length=MAX_PHONE, required=False)
    area = AreaField(label=_("Area"), help_text=_("Of a grid worker: the grid. The code or the name of an area."))
    organisation = BodyField(label=_("Organisation"))


class NewForm(PlaceForm):
    """A worker to put into a post."""

    code = forms.CharField(label=_("Code"), max_length=40)
    post = forms.ChoiceField(label=_("Post"), choices=post_choices)
    active_from = DayField(label=_("First day"))
    account = forms.CharField(
        label=_("Account"),
        max_length=60,
        required=False,
        help_text=_("With which the person signs in; empty: the person does not use the system."),
    )
    field_order = ("name", "code", "post", "area", "organisation", "active_from", "phone", "account")


class LastDayForm(PlainForm):
    """The last day in the post."""

    last_day = DayField(label=_("Last day"))


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """The workers by code."""
    form = ListForm(request.GET)
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    place = given.get("area")
    after = without_controls(request.GET.get("after", ""))[:40]
    found = kept_workers(
        text=given.get("q", ""),
        post=given.get("post", ""),
        area_path="" if place is None else place.path,
        ended=given.get("ended", False),
        on=timezone.localdate(now()),
        after=after,
        limit=PER_PAGE,
    )
    kept = [(name, value) for name, value in request.GET.items() if name in form.fields and value]
    context = {
        "form": form,
        "workers": [
            (
                one,
                POST[one.row.post],
                in_language(one.area_name, one.area_name_en),
                in_language(one.body_name or "", one.body_name_en or ""),
            )
            for one in found.rows
        ],
        "areas": areas_to_choose(),
        "next": None if found.next is None else "?" + urlencode([*kept, ("after", found.next)]),
        "narrowed": bool(kept),
        "first": not after,
        "may_add": bool(may_in(actor_in(request), "register_workers")),
    }
    return render(request, "web/administration/workers.html", context, status=422 if form.errors else 200)


def _found(worker_id: int) -> KeptWorker:
    found = kept_worker(worker_id)
    if found is None:
        raise NotFound("no_worker", f"there is no worker {worker_id}")
    return found


def what_hangs_on(one: KeptWorker) -> list[str]:
    """What a worker would leave behind, in words. Two queries."""
    found = []
    user_id = one.row.user_id
    count = 0 if user_id is None else open_cases_with([user_id]).get(user_id, 0)
    if count:
        words = ngettext(
            "%(count)s open case is with this person. City operations or the street hub can hand it over.",
            "%(count)s open cases are with this person. City operations or the street hub can hand them over.",
            count,
        )
        found.append(words % {"count": count})
    answers = responsible_workers([one.row.area_id], on=timezone.localdate(now())).get(one.row.area_id)
    if answers is not None and answers.id == one.row.id:
        words = gettext("This person answers for %(place)s.")
        found.append(words % {"place": in_language(one.area_name, one.area_name_en)})
    if one.username:
        found.append(gettext("The account %(name)s stays open; it is ended by itself.") % {"name": one.username})
    return found


@require_safe
@made_for("administration")
def one(request: HttpRequest, worker_id: int) -> HttpResponse:
    """One worker. Raises ``NotFound``."""
    found = _found(worker_id)
    context = {
        "one": found,
        "post": POST[found.row.post],
        "place": in_language(found.area_name, found.area_name_en),
        "body": in_language(found.body_name or "", found.body_name_en or ""),
        "hangs": what_hangs_on(found),
        "first_day": day_of(found.active_from, english=english()),
        "last_day": "" if found.active_to is None else day_of(found.active_to, english=english()),
        "may_change": bool(may_in(actor_in(request), "change_workers", found.row.area_id)),
    }
    return render(request, "web/administration/worker.html", context)


@made_for("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Put somebody into a post."""
    actor = actor_in(request)
    first = {"active_from": timezone.localdate(now()), "post": "grid_worker", **named_in(request, "area")}
    form = NewForm(posted(request), initial=first)

    def preview() -> Preview:
        given = form.cleaned_data
        require_in(actor, "register_workers", [given["area"].id])
        if given["account"]:
            id_of_account(given["account"].strip())
        facts = [
            (_("Name"), given["name"]),
            (_("Code"), given["code"]),
            (_("Post"), POST[given["post"]]),
            (_("Area"), local_name(given["area"])),
            (_("Organisation"), body_called(all_organisations(), given["organisation"])),
            (_("First day"), day_of(given["active_from"], english=english())),
            (_("Account"), given["account"]),
        ]
        return Preview(_("Put this person into the post?"), _("Add the worker"), facts)

    def change() -> HttpResponse:
        given = form.cleaned_data
        made = register_worker(
            actor=actor,
            code=given["code"],
            name=given["name"],
            post=given["post"],
            area_id=given["area"].id,
            active_from=given["active_from"],
            phone=given["phone"],
            organisation_id=given["organisation"],
            user_id=id_of_account(given["account"].strip()) if given["account"] else None,
            now=now(),
        )
        return redirect("administration-worker", worker_id=made.id)

    asked = Page(_("Add a worker"), reverse("administration-workers"), _("Workers"))
    return ask(request, asked, form, preview=preview, change=change)


def _page(title: Any, found: KeptWorker) -> Page:
    back = reverse("administration-worker", kwargs={"worker_id": found.row.id})
    return Page(title, back, found.row.name)


@made_for("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, worker_id: int) -> HttpResponse:
    """Move a worker to another area or body, or correct what is on record. Raises ``NotFound``."""
    actor, found = actor_in(request), _found(worker_id)
    require_in(actor, "change_workers", [found.row.area_id])
    before = area(found.row.area_id)
    first = {
        "name": found.row.name,
        "phone": found.row.phone,
        "area": area_text(before),
        "organisation": found.row.organisation_id,
    }
    form = PlaceForm(posted(request), initial=first)

    def preview() -> Preview:
        given = form.cleaned_data
        require_in(actor, "change_workers", [given["area"].id])
        moves = given["area"].id != found.row.area_id
        bodies = all_organisations()
        was, becomes = body_called(bodies, found.row.organisation_id), body_called(bodies, given["organisation"])
        facts = [
            (_("Name"), given["name"]),
            (_("Area"), f"{local_name(before)} → {local_name(given['area'])}" if moves else local_name(before)),
            (_("Organisation"), f"{was or '—'} → {becomes or '—'}" if was != becomes else was),
            (_("Work telephone"), given["phone"]),
        ]
        warnings = what_hangs_on(found) if moves else []
        user_id, there = found.row.user_id, given["area"].id
        if (
            moves
            and user_id is not None
            and found.row.post == "grid_worker"
            and lacks_role(user_id, Role.GRID_WORKER, area_id=there, now=now())
        ):
            warnings.append(
                gettext(
                    "The role of grid worker in the new area is asked for; a security administrator grants it and ends the one in "
                    "the old area."
                )
            )
        return Preview(_("Change this worker?"), _("Change it"), facts, warnings)

    def change() -> HttpResponse:
        given = form.cleaned_data
        move_worker(
            actor=actor,
            worker_id=worker_id,
            name=given["name"],
            phone=given["phone"],
            area_id=given["area"].id,
            organisation_id=given["organisation"],
            now=now(),
        )
        return redirect("administration-worker", worker_id=worker_id)

    return ask(request, _page(_("Move or correct"), found), form, preview=preview, change=change)


@made_for("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, worker_id: int) -> HttpResponse:
    """Set the last day, after a look at what hangs on the worker. Raises ``NotFound``."""
    actor, found = actor_in(request), _found(worker_id)
    require_in(actor, "change_workers", [found.row.area_id])
    form = LastDayForm(posted(request))

    def preview() -> Preview:
        day = day_of(form.cleaned_data["last_day"], english=english())
        facts = [(_("Name"), found.row.name), (_("Post"), POST[found.row.post]), (_("Last day"), day)]
        hangs = what_hangs_on(found) or [gettext("Nothing hangs on it.")]
        return Preview(_("Set the last day?"), _("Set the last day"), facts, hangs, danger=True)

    def change() -> HttpResponse:
        end_worker(actor=actor, worker_id=worker_id, last_day=form.cleaned_data["last_day"], now=now())
        return redirect("administration-worker", worker_id=worker_id)

    return ask(request, _page(_("The last day"), found), form, preview=preview, change=change)


@made_for("administration")
@posted_from("administration-worker", "worker_id")
def restore(request: HttpRequest, worker_id: int) -> HttpResponse:
    """Take the last day back. Raises ``NotFound``, ``Conflict``."""
    restore_worker(actor=actor_in(request), worker_id=worker_id, now=now())
    return redirect("administration-worker", worker_id=worker_id)
