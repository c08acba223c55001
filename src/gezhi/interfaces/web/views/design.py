"""One page that shows every token and component with all its states."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from gezhi.interfaces.web.words import STATUS
from gezhi.kernel.clock import now

COLOURS = [
    "paper",
    "surface",
    "sunken",
    "ink",
    "ink-2",
    "ink-3",
    "line",
    "line-strong",
    "accent",
    "accent-soft",
    "urgent",
    "urgent-soft",
    "warn",
    "warn-soft",
    "good",
    "good-soft",
]


class SampleForm(forms.Form):
    """A field of each kind, one of them wrong."""

    name = forms.CharField(label=_("Your name"), required=False, help_text=_("Only those who handle the case see it."))
    phone = forms.RegexField(
        r"^\d{11}$", label=_("Mobile number"), error_messages={"invalid": _("Eleven digits, please.")}
    )
    street = forms.ChoiceField(label=_("Street"), choices=[("1", "真武山街道"), ("2", "昭明街道")])
    words = forms.CharField(label=_("What is the problem?"), widget=forms.Textarea(attrs={"maxlength": 500}))


def design(request: HttpRequest) -> HttpResponse:
    """The design page; it exists where the setting ``DESIGN_PAGE`` is on."""
    moment = now()
    return render(
        request,
        "web/design/page.html",
        {
            "colours": COLOURS,
            "statuses": list(STATUS),
            "form": SampleForm({"phone": "138 0000", "street": "1"}),
            "now": moment,
            "in_an_hour": moment + timedelta(minutes=70),
            "in_two_days": moment + timedelta(days=2, hours=3),
            "an_hour_ago": moment - timedelta(minutes=64),
        },
    )
