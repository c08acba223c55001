"""Answer templates: the list, one with its versions, written anew, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gezhi.contexts.areas.queries import areas_by_id
from gezhi.contexts.cases.queries import TEMPLATE_STEPS, TemplateRow, class_name, template, template_versions, templates
from gezhi.contexts.cases.use_cases.change_template import (
    MAX_TITLE,
    MAX_WORDS,
    VERB,
    Template,
    check_template,
    restore_template,
    save_template,
    withdraw_template,
)
from gezhi.interfaces.web.access import made_for_roles
from gezhi.interfaces.web.administration.asking import AreaField, Page, Preview, area_text, ask, posted
from gezhi.interfaces.web.audiences import AUDIENCES, actor_in
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import ACTION, local_name
from gezhi.kernel.clock import now
from gezhi.kernel.errors import NotFound
from gezhi.kernel.reading import whole_number, without_controls
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import may_in

PER_PAGE = 30
_MOST = 2**31 - 1
# Administration sees the templates of the whole city; a dispatcher keeps those of the area that the role is held in.
_ALL_OF_THEM = next(audience.roles for audience in AUDIENCES if audience.key == "administration")
_open = made_for_roles("templates", _ALL_OF_THEM | {Role.STREET_DISPATCHER})


def step_choices() -> list[tuple[str, str]]:
    """The steps at which somebody writes words, and any."""
    return [("", gettext("any")), *((action.value, str(ACTION[action.value])) for action in TEMPLATE_STEPS)]


class TemplateForm(PlainForm):
    """What a template says and where it is offered."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    words = forms.CharField(label=_("Words"), max_length=MAX_WORDS, widget=forms.Textarea(attrs={"rows": 6}))
    class_prefix = forms.CharField(
        label=_("Class"),
        required=False,
        max_length=12,
        help_text=_("The code of a class or its beginning, such as E01; empty: all."),
    )
    step = forms.ChoiceField(label=_("Step"), required=False, choices=step_choices)
    area = AreaField(label=_("Area"), required=False)
    seen = forms.IntegerField(min_value=0, max_value=_MOST, widget=forms.HiddenInput, initial=0)


@dataclass(frozen=True, slots=True)
class ToldTemplate:
    """A version of a template in words: for which matters, at which step, where."""

    row: TemplateRow
    of_class: str
    step: str
    place: str


def told_templates(rows: list[TemplateRow]) -> list[ToldTemplate]:
    """Templates in the reader's language. One query, however many."""
    areas = areas_by_id({row.area_id for row in rows if row.area_id is not None})
    return [
        ToldTemplate(
            row,
            " ".join((row.class_prefix, local_name(class_name(row.class_prefix)))) if row.class_prefix else "",
            str(ACTION.get(row.step, row.step)),
            local_name(areas.get(row.area_id)) if row.area_id is not None else "",
        )
        for row in rows
    ]


def _may_write(actor: Actor, area_id: int | None) -> bool:
    return bool(may_in(actor, VERB, area_id))


def _own_areas(actor: Actor) -> list[int] | None:
    """The areas whose templates somebody keeps; None: all that there are."""
    if _ALL_OF_THEM & actor.roles:
        return None
    return sorted({held.area_id for held in actor.holds(Role.STREET_DISPATCHER)})


@require_safe
@_open
def page(request: HttpRequest) -> HttpResponse:
    """The templates in use, by number; to a dispatcher those of the own area."""
    text = without_controls(request.GET.get("q", "")).strip()[:60]
    after = whole_number(request.GET.get("after", ""), most=_MOST) or 0
    actor = actor_in(request)
    within = _own_areas(actor)
    found = templates(text=text, after=after, limit=PER_PAGE, within=within)
    context = {
        "templates": told_templates(found.rows),
        "text": text,
        "next": None if found.next is None else "?" + urlencode({"q": text, "after": found.next}),
        "first": not after,
        "may_write": within is not None or _may_write(actor, None),
        "own": within is not None,
    }
    return render(request, "web/administration/templates.html", context)


def _found(actor: Actor, number: int) -> TemplateRow:
    row = template(number)
    if row is None or (_own_areas(actor) is not None and not _may_write(actor, row.area_id)):
        raise NotFound("no_template", f"there is no template {number}")
    return row


@require_safe
@_open
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One template with its versions. Raises ``NotFound``, to a dispatcher also for one of another area."""
    row = _found(actor_in(request), number)
    context = {
        "one": told_templates([row])[0],
        "versions": told_templates(template_versions(number)),
        "may_write": _may_write(actor_in(request), row.area_id),
    }
    return render(request, "web/administration/template.html", context)


def _asked(request: HttpRequest, page: Page, form: TemplateForm, number: int | None) -> HttpResponse:
    actor = actor_in(request)

    def given() -> Template:
        data: dict[str, Any] = form.cleaned_data
        area_id = None if data["area"] is None else data["area"].id
        return Template(data["title"], data["words"], data["class_prefix"], data["step"], area_id)

    def preview() -> Preview:
        checked = check_template(actor=actor, given=given())
        area = form.cleaned_data["area"]
        every = _("everywhere")
        facts = [
            (_("Title"), checked.title),
            (_("Class"), local_name(class_name(checked.class_prefix)) if checked.class_prefix else _("all")),
            (_("Step"), ACTION[checked.step] if checked.step else _("any")),
            (_("Area"), local_name(area) if area is not None else every),
            (_("Words"), checked.words),
        ]
        return Preview(_("Offer this template?"), _("Offer it"), facts)

    def change() -> HttpResponse:
        made = save_template(actor=actor, given=given(), number=number, seen=form.cleaned_data["seen"], now=now())
        return redirect("administration-template", number=made)

    return ask(request, page, form, preview=preview, change=change)


@_open
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a template."""
    page = Page(_("Write a template"), reverse("administration-templates"), _("Answer templates"))
    own = _own_areas(actor_in(request))
    first = {"area": area_text(areas_by_id(own[:1]).get(own[0]))} if own else {}
    return _asked(request, page, TemplateForm(posted(request), initial=first), None)


@_open
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Write a template anew. Raises ``NotFound``."""
    row = _found(actor_in(request), number)
    area = None if row.area_id is None else areas_by_id([row.area_id]).get(row.area_id)
    first = {
        "title": row.title,
        "words": row.words,
        "class_prefix": row.class_prefix,
        "step": row.step,
        "area": area_text(area),
        "seen": row.version,
    }
    back = reverse("administration-template", kwargs={"number": number})
    page = Page(_("Write this template anew"), back, row.title)
    return _asked(request, page, TemplateForm(posted(request), initial=first), number)


@_open
@posted_from("administration-template", "number")
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Offer a template no more. Raises ``NotFound``, ``NotAllowed``."""
    withdraw_template(actor=actor_in(request), number=number, now=now())
    return redirect("administration-template", number=number)


@_open
@posted_from("administration-template", "number")
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Bring a version back, as a new one. Raises ``NotFound``, ``NotAllowed``."""
    version = whole_number(request.POST.get("version", ""), most=_MOST) or 0
    restore_template(actor=actor_in(request), number=number, version=version, now=now())
    return redirect("administration-template", number=number)
