"""The resident's forms, one question each."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.cases.use_cases.report_case import MAX_ADDRESS, MAX_DESCRIPTION
from gezhi.kernel.reading import MOST


class PlaceForm(forms.Form):
    """Where: a point, or a community for those who use no map."""

    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    community = forms.IntegerField(required=False, min_value=1, max_value=MOST, widget=forms.HiddenInput)
    address = forms.CharField(
        label=_("Anything that helps to find it"),
        help_text=_("For example: opposite the school gate, building 3, second floor"),
        required=False,
        max_length=MAX_ADDRESS,
    )

    def clean(self) -> dict[str, object]:
        """One way of saying where must be used."""
        data = super().clean() or {}
        has_point = data.get("lon") is not None and data.get("lat") is not None
        if not has_point and not data.get("community"):
            raise forms.ValidationError(_("Say where: put the mark on the map, or choose the community."))
        return data


class WordsForm(PlaceForm):
    """What: the words, and the class that they speak of."""

    description = forms.CharField(
        label=_("What is the matter?"),
        help_text=_("A sentence is enough. Please leave out names and numbers of other people."),
        max_length=MAX_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": MAX_DESCRIPTION}),
    )
    class_code = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["address"].widget = forms.HiddenInput()


class FinishForm(WordsForm):
    """The last step: who you are, if you want to say it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Your name"), required=False, max_length=60)
    phone = forms.RegexField(
        r"^[0-9+\- ]{5,20}$",
        label=_("Your telephone number"),
        required=False,
        error_messages={"invalid": _("A telephone number has 5 to 20 figures.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].widget = forms.HiddenInput()
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.attrs.update(autocomplete="tel", inputmode="tel")


class FollowForm(forms.Form):
    """The code that was given when the report was sent."""

    code = forms.CharField(label=_("Your follow code"), max_length=30, help_text=_("Twelve letters and figures"))


class RateForm(forms.Form):
    """Two separate facts: is it solved, and how satisfied are you."""

    solved = forms.TypedChoiceField(
        label=_("Is it solved?"),
        choices=[("yes", _("Yes, it is solved")), ("no", _("No, it is not solved"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    score = forms.TypedChoiceField(
        label=_("How satisfied are you with the way it was dealt with?"),
        choices=[
            (5, _("Very satisfied")),
            (4, _("Satisfied")),
            (3, _("Neither")),
            (2, _("Dissatisfied")),
            (1, _("Very dissatisfied")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What should be better?"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
