"""The record of changes and the log of looks at personal data, for the audit administrator: who did what, when."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.administration.asking import DayField, end_of, start_of
from gezhi.interfaces.web.administration.record_looks import told_of_looks
from gezhi.interfaces.web.administration.record_words import action_choices, told
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.forms import PlainForm
from gezhi.kernel.reading import row_id
from gezhi.platform.audit.queries import records
from gezhi.platform.vault.access_log import logged_looks

PER_PAGE = 50


class RecordForm(PlainForm):
    """What the record is narrowed to."""

    who = forms.CharField(label=pgettext_lazy("record", "Who"), required=False, max_length=60)
    action = forms.ChoiceField(label=_("Action"), required=False, choices=lambda: [("", "—"), *action_choices()])
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Up to and including"), required=False)


class LooksForm(PlainForm):
    """What the log of looks is narrowed to."""

    who = forms.CharField(label=pgettext_lazy("record", "Who"), required=False, max_length=60)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Up to and including"), required=False)
    of = forms.CharField(widget=forms.HiddenInput, required=False)


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """The record, or with ``of=looks`` the log of looks at personal data, the newest first. Raises ``NotAllowed`` for anyone but an
    audit administrator."""
    return _looks(request) if request.GET.get("of") == "looks" else _changes(request)


def _looks(request: HttpRequest) -> HttpResponse:
    form = LooksForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    before = row_id(request.GET.get("before", ""))
    found = logged_looks(
        actor_in(request),
        who=given.get("who", ""),
        since=start_of(given.get("since")),
        until=end_of(given.get("until")),
        before=before,
        limit=PER_PAGE,
    )
    kept = [(name, value) for name, value in request.GET.items() if name in form.fields and value]
    context = {
        "form": form,
        "looks": told_of_looks(found.rows),
        "of_looks": True,
        "start": "?of=looks",
        "next": None if found.next is None else "?" + urlencode([*kept, ("before", found.next)]),
        "first": before is None,
    }
    return render(request, "web/administration/record.html", context, status=422 if form.errors else 200)


def _changes(request: HttpRequest) -> HttpResponse:
    form = RecordForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    before = row_id(request.GET.get("before", ""))
    found = records(
        actor_in(request),
        who=given.get("who", ""),
        action=given.get("action", ""),
        since=start_of(given.get("since")),
        until=end_of(given.get("until")),
        before=before,
        limit=PER_PAGE,
    )
    kept = [(name, value) for name, value in request.GET.items() if name in form.fields and value]
    context = {
        "form": form,
        "records": told(found.rows),
        "next": None if found.next is None else "?" + urlencode([*kept, ("before", found.next)]),
        "first": before is None,
    }
    return render(request, "web/administration/record.html", context, status=422 if form.errors else 200)
