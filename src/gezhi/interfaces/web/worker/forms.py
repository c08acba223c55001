"""The worker's own form: something noticed, in one line."""

from __future__ import annotations

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.cases.queries import fallback_class, guess_class, is_class
from gezhi.interfaces.web.resident.forms import NONE_OF_THESE, PlaceForm


class NoticeForm(PlaceForm):
    """One line and a place; the class is one of those that the words speak of, or guessed, and the hub may correct it."""

    description = forms.CharField(
        label=_("What did you notice?"),
        error_messages={"required": _("Please say what you noticed.")},
        help_text=_("One line is enough."),
        max_length=500,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "hx-get": reverse_lazy("report-classes"),
                "hx-include": "#classes input:checked",
                "hx-trigger": "input changed delay:500ms",
                "hx-target": "#classes",
                "hx-swap": "innerHTML",
            }
        ),
    )
    class_code = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
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

    def clean(self) -> dict[str, object]:
        """Without an answer, and of words that a device kept, the class is guessed; 'none of these' is an answer."""
        data = super().clean()
        chosen = str(data.get("class_code") or "")
        if chosen == NONE_OF_THESE:
            data["class_code"] = fallback_class()
        elif not is_class(chosen):
            data["class_code"] = guess_class(str(data.get("description", "")))
        return data
