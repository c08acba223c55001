"""The record of changes and the log of looks at personal data, for the audit administrator: who did what, when."""

from __future__ import annotations

from typing import Any
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
from gezhi.platform.audit.queries import RecordPage, records
from gezhi.platform.vault.access_log import LookPage, logged_looks

PER_PAGE = 50


class _Narrowed(PlainForm):
    """Of whom and when."""

    who = forms.CharField(label=pgettext_lazy("record", "Who"), required=False, max_length=60)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Up to and including"), required=False)


class RecordForm(_Narrowed):
    """What the record is narrowed to."""

    field_order = ("who", "action", "since", "until")

    action = forms.ChoiceField(label=_("Action"), required=False, choices=lambda: [("", "—"), *action_choices()])


class LooksForm(_Narrowed):
    """What the log of looks is narrowed to."""

    of = forms.CharField(widget=forms.HiddenInput, required=False)


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """The record, or with ``of=looks`` the log of looks at personal data, the newest first. Raises ``NotAllowed`` for anyone but an
    audit administrator."""
    actor, of_looks = actor_in(request), request.GET.get("of") == "looks"
    form = LooksForm(request.GET) if of_looks else RecordForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    before = row_id(request.GET.get("before", ""))
    narrowed: dict[str, Any] = {
        "who": given.get("who", ""),
        "since": start_of(given.get("since")),
        "until": end_of(given.get("until")),
        "before": before,
        "limit": PER_PAGE,
    }
    context: dict[str, Any] = {"form": form, "of_looks": of_looks, "first": before is None}
    found: LookPage | RecordPage
    if of_looks:
        found = logged_looks(actor, **narrowed)
        context |= {"looks": told_of_looks(found.rows), "start": "?of=looks"}
    else:
        found = records(actor, action=given.get("action", ""), **narrowed)
        context["records"] = told(found.rows)
    kept = [(name, value) for name, value in request.GET.items() if name in form.fields and value]
    context["next"] = None if found.next is None else "?" + urlencode([*kept, ("before", found.next)])
    return render(request, "web/administration/record.html", context, status=422 if form.errors else 200)
