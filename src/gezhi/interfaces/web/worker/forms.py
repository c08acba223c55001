"""The worker's own form: something noticed, in one line."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gezhi.interfaces.web.resident.forms import PlaceForm


class NoticeForm(PlaceForm):
    """One line and a place; the class is guessed and the hub may correct it."""

    description = forms.CharField(
        label=_("What did you notice?"),
        error_messages={"required": _("Please say what you noticed.")},
        help_text=_("One line is enough."),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    done = forms.CharField(
        label=_("Settled on the spot already? What did you do?"),
        help_text=_(
            "Only for something trivial. It is recorded as handled and closed; leave it empty to send it to the hub."
        ),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ("description",)
