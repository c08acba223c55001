"""Organisations: the list, one with what hangs on it, added, renamed, ended, taken into use again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gezhi.contexts.cases.queries import duties_of_body, open_cases_of_bodies
from gezhi.contexts.organisations.queries import (
    ORGANISATION_KINDS,
    KeptOrganisation,
    kept_organisation,
    kept_organisations,
    organisation,
    organisation_by_code,
    parts_of,
)
from gezhi.contexts.organisations.use_cases.change_organisation import (
    MAX_NAME,
    end_organisation,
    rename_organisation,
    restore_organisation,
)
from gezhi.contexts.organisations.use_cases.register_organisation import register_organisation
from gezhi.contexts.workforce.queries import count_of_body
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.administration.asking import (
    AreaField,
    BodyField,
    DayField,
    Page,
    Preview,
    areas_to_choose,
    ask,
    named_in,
    posted,
)
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import ORGANISATION_KIND, day_of, english, in_language, local_name
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, NotFound
from gezhi.kernel.reading import without_controls
from gezhi.platform.access.queries import count_acting_for
from gezhi.platform.access.territory import may_in, require_in

PER_PAGE = 30


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of organisations in words, and none."""
    return [("", "—"), *((kind, str(ORGANISATION_KIND[kind])) for kind in ORGANISATION_KINDS)]


class ListForm(PlainForm):
    """What the list is narrowed to."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=kind_choices)
    area = AreaField(label=_("Area"), required=False, help_text="")
    ended = forms.BooleanField(label=_("Those that have ended"), required=False)


class NewForm(PlainForm):
    """An organisation to add."""

    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)
    name_en = forms.CharField(label=_("English name"), max_length=MAX_NAME, required=False)
    code = forms.CharField(label=_("Code"), max_length=40)
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)
    area = AreaField(label=_("Area"))
    parent = BodyField(label=_("Belongs to"))


class NamesForm(PlainForm):
    """The names of an organisation in both languages."""

    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)
    name_en = forms.CharField(label=_("English name"), max_length=MAX_NAME, required=False)


class LastDayForm(PlainForm):
    """On which day it ends."""

    last_day = DayField(label=_("Last day"), help_text=_("A day that has passed ends it at once."))


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """The organisations by code."""
    form = ListForm(request.GET)
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    area = given.get("area")
    after = without_controls(request.GET.get("after", ""))[:40]
    found = kept_organisations(
        text=given.get("q", ""),
        kind=given.get("kind", ""),
        area_path="" if area is None else area.path,
        ended=given.get("ended", False),
        after=after,
        limit=PER_PAGE,
    )
    cases = open_cases_of_bodies([one.row.id for one in found.rows])
    kept = [(name, value) for name, value in request.GET.items() if name in form.fields and value]
    context = {
        "form": form,
        "organisations": [
            (
                one,
                in_language(one.row.name, one.row.name_en),
                ORGANISATION_KIND[one.row.kind],
                in_language(one.area_name, one.area_name_en),
                cases.get(one.row.id, 0),
            )
            for one in found.rows
        ],
        "areas": areas_to_choose(),
        "next": None if found.next is None else "?" + urlencode([*kept, ("after", found.next)]),
        "narrowed": bool(kept),
        "first": not after,
        "may_add": bool(may_in(actor_in(request), "register_organisations")),
    }
    return render(request, "web/administration/organisations.html", context, status=422 if form.errors else 200)


def _found(organisation_id: int) -> KeptOrganisation:
    found = kept_organisation(organisation_id)
    if found is None:
        raise NotFound("no_organisation", f"there is no organisation {organisation_id}")
    return found


def what_hangs_on(one: KeptOrganisation) -> list[str]:
    """What an organisation would leave behind, in words. Four queries."""
    key = one.row.id
    cases = open_cases_of_bodies([key]).get(key, 0)
    duties, parts = duties_of_body(key), parts_of(key)
    workers = count_of_body(key, on=timezone.localdate(now()))
    accounts = count_acting_for(key, now=now())
    found = [
        (cases, ngettext("%(count)s open case is with it.", "%(count)s open cases are with it.", cases)),
        (
            duties,
            ngettext(
                "%(count)s row of the duty table names it: what that row decides would fall to the hub.",
                "%(count)s rows of the duty table name it: what they decide would fall to the hub.",
                duties,
            ),
        ),
        (workers, ngettext("%(count)s worker belongs to it.", "%(count)s workers belong to it.", workers)),
        (
            accounts,
            ngettext(
                "%(count)s account acts for it; a security administrator ends that role.",
                "%(count)s accounts act for it; a security administrator ends those roles.",
                accounts,
            ),
        ),
        (parts, ngettext("%(count)s organisation lies under it.", "%(count)s organisations lie under it.", parts)),
    ]
    return [words % {"count": count} for count, words in found if count]


@require_safe
@made_for("administration")
def one(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """One organisation and what hangs on it. Raises ``NotFound``."""
    found = _found(organisation_id)
    parent = None if found.row.parent_id is None else organisation(found.row.parent_id)
    context = {
        "one": found,
        "name": in_language(found.row.name, found.row.name_en),
        "kind": ORGANISATION_KIND[found.row.kind],
        "place": in_language(found.area_name, found.area_name_en),
        "parent": local_name(parent),
        "hangs": what_hangs_on(found),
        "may_change": bool(may_in(actor_in(request), "change_organisations", found.row.area_id)),
    }
    return render(request, "web/administration/organisation.html", context)


@made_for("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add an organisation."""
    actor = actor_in(request)
    form = NewForm(posted(request), initial=named_in(request, "area", "kind"))

    def preview() -> Preview:
        given = form.cleaned_data
        require_in(actor, "register_organisations", [given["area"].id])
        if organisation_by_code(given["code"].strip()) is not None:
            raise Conflict("organisation_code_taken", "the code is taken", field="code")
        facts = [
            (_("Name"), given["name"]),
            (_("English name"), given["name_en"]),
            (_("Code"), given["code"]),
            (_("Kind"), ORGANISATION_KIND[given["kind"]]),
            (_("Area"), local_name(given["area"])),
        ]
        return Preview(_("Add this organisation?"), _("Add it"), facts)

    def change() -> HttpResponse:
        given = form.cleaned_data
        made = register_organisation(
            actor=actor,
            code=given["code"],
            name=given["name"],
            name_en=given["name_en"].strip(),
            kind=given["kind"],
            area_id=given["area"].id,
            parent_id=given["parent"],
            now=now(),
        )
        return redirect("administration-organisation", organisation_id=made.id)

    asked = Page(_("Add an organisation"), reverse("administration-organisations"), _("Organisations"))
    return ask(request, asked, form, preview=preview, change=change)


def _page(title: Any, found: KeptOrganisation) -> Page:
    back = reverse("administration-organisation", kwargs={"organisation_id": found.row.id})
    return Page(title, back, in_language(found.row.name, found.row.name_en))


@made_for("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Give it other names, in both languages. Raises ``NotFound``."""
    actor, found = actor_in(request), _found(organisation_id)
    require_in(actor, "change_organisations", [found.row.area_id])
    form = NamesForm(posted(request), initial={"name": found.row.name, "name_en": found.row.name_en})

    def preview() -> Preview:
        given = form.cleaned_data
        facts = [
            (_("Name"), f"{found.row.name} → {given['name']}"),
            (_("English name"), f"{found.row.name_en or '—'} → {given['name_en'] or '—'}"),
        ]
        words = _("Cases and figures show the new name, those of earlier years too; its code stays.")
        return Preview(_("Rename this organisation?"), _("Rename it"), facts, [words])

    def change() -> HttpResponse:
        rename_organisation(actor=actor, organisation_id=organisation_id, now=now(), **form.cleaned_data)
        return redirect("administration-organisation", organisation_id=organisation_id)

    return ask(request, _page(_("Rename"), found), form, preview=preview, change=change)


@made_for("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Set its last day, after a look at what hangs on it. Raises ``NotFound``."""
    actor, found = actor_in(request), _found(organisation_id)
    require_in(actor, "change_organisations", [found.row.area_id])
    form = LastDayForm(posted(request))

    def preview() -> Preview:
        day = day_of(form.cleaned_data["last_day"], english=english())
        facts = [(_("Organisation"), in_language(found.row.name, found.row.name_en)), (_("Last day"), day)]
        hangs = what_hangs_on(found) or [gettext("Nothing hangs on it.")]
        return Preview(_("End this organisation?"), _("End it"), facts, hangs, danger=True)

    def change() -> HttpResponse:
        last_day = form.cleaned_data["last_day"]
        end_organisation(actor=actor, organisation_id=organisation_id, last_day=last_day, now=now())
        return redirect("administration-organisation", organisation_id=organisation_id)

    return ask(request, _page(_("End this organisation"), found), form, preview=preview, change=change)


@made_for("administration")
@posted_from("administration-organisation", "organisation_id")
def restore(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Take it into use again. Raises ``NotFound``, ``Conflict``."""
    restore_organisation(actor=actor_in(request), organisation_id=organisation_id, now=now())
    return redirect("administration-organisation", organisation_id=organisation_id)
