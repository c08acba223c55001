"""The resident's forms, one question each."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.cases.domain.report import MAX_ADDRESS, MAX_DESCRIPTION
from gezhi.contexts.cases.queries import fallback_class, is_class
from gezhi.interfaces import problem
from gezhi.interfaces.web.forms import PlainForm
from gezhi.kernel.reading import MOST
from gezhi.platform.steps.perform import MAX_NOTE

PHONE = r"^[0-9+\- ]{5,20}$"
# What the radio button 'none of these' sends: an answer, unlike the empty value of a page without suggestions.
NONE_OF_THESE = "none"
# As long as what is typed to find a place may be.
MOST_SOUGHT = 60


class PlaceForm(PlainForm):
    """Where: a point, or a community for those who use no map."""

    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    community = forms.IntegerField(required=False, min_value=1, max_value=MOST, widget=forms.HiddenInput)
    address = forms.CharField(
        label=_("Where exactly"),
        help_text=_("For example: opposite the school gate; building 3, second floor"),
        required=False,
        max_length=MAX_ADDRESS,
    )

    def clean(self) -> dict[str, object]:
        """One way of saying where must be used."""
        data = super().clean() or {}
        has_point = data.get("lon") is not None and data.get("lat") is not None
        if not has_point and not data.get("community") and not {"lon", "lat", "community"} & self.errors.keys():
            self.add_error("lon", _("Say where: choose the place, or its community."))
        return data


class SoughtPlaceForm(PlaceForm):
    """Where, with what was typed to find it: it says nothing of the place, and stays in its field whatever happens."""

    q = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_q(self) -> str:
        """As much of it as the field takes."""
        return str(self.cleaned_data["q"])[:MOST_SOUGHT]


class WordsForm(SoughtPlaceForm):
    """What: the words, and the class that they speak of."""

    description = forms.CharField(
        label=_("What is the problem?"),
        help_text=_("A sentence is enough. Please leave out names and phone numbers of other people."),
        max_length=MAX_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please describe the problem.")},
    )
    class_code = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    # The whole table, for whoever finds their matter in none of the suggestions.
    class_from_list = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, object]:
        """The person's own choice decides: the list before the suggestions, and 'none of these' is an answer too."""
        data = super().clean()
        data["class_code"] = data.pop("class_from_list", "") or data.get("class_code", "")
        if data["class_code"] == NONE_OF_THESE:
            data["class_code"] = fallback_class()
        elif data["class_code"] and not is_class(str(data["class_code"])):
            self.add_error("class_code", problem.WORDS["unknown_class"])
        return data


class FinishForm(WordsForm):
    """The last step: who you are, if you want to say it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Your name"), required=False, max_length=60)
    phone = forms.RegexField(
        PHONE,
        label=_("Your phone number"),
        required=False,
        error_messages={"invalid": _("A phone number has 5 to 20 digits.")},
    )
    # The class was asked for at this step, since nobody had asked before.
    class_asked = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].widget = forms.HiddenInput()
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.attrs.update(autocomplete="tel", inputmode="tel", pattern=PHONE)


class FollowForm(PlainForm):
    """The code that was given when the report was sent."""

    code = forms.CharField(
        label=_("Your follow code"),
        max_length=30,
        help_text=_("Twelve letters and digits"),
        error_messages={"required": _("Please enter your follow code.")},
    )


class AddForm(PlainForm):
    """What the reporter adds; pictures go beside it."""

    note = forms.CharField(
        label=_("What would you like to add?"),
        help_text=_("Please leave out names and phone numbers of other people."),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please say in a few words what you add.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        # Two forms of the page have a field of this name.
        super().__init__(*args, **{"auto_id": "add_%s", **kwargs})


class RateForm(PlainForm):
    """Two separate facts: is it solved, and how satisfied are you."""

    solved = forms.TypedChoiceField(
        label=_("Is it solved?"),
        choices=[("yes", _("Yes, it is solved")), ("no", _("No, it is not solved"))],
        error_messages={"required": _("Please say whether it is solved.")},
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    score = forms.TypedChoiceField(
        label=_("How satisfied are you with how it was handled?"),
        choices=[
            (5, _("Very satisfied")),
            (4, _("Satisfied")),
            (3, _("Neither satisfied nor dissatisfied")),
            (2, _("Dissatisfied")),
            (1, _("Very dissatisfied")),
        ],
        error_messages={"required": _("Please say how satisfied you are.")},
        coerce=int,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What is still wrong, or should be better?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: object, bodies: Mapping[str, str] | None = None, **kwargs: object) -> None:
        """``bodies``: the names of those that were called in and can be rated too, by the number of their part."""
        self.bodies = dict(bodies or {})
        super().__init__(*args, **kwargs)
        for number, name in self.bodies.items():
            self.fields[f"body_{number}"] = forms.ChoiceField(
                label=name,
                required=False,
                choices=[("", "—"), *self.fields["score"].choices],  # type: ignore[attr-defined]
            )

    def scores(self) -> dict[str, str]:
        """What was said of each body, by the number of its part; nothing of those that were left out."""
        said = {number: str(self.cleaned_data.get(f"body_{number}") or "") for number in self.bodies}
        return {number: score for number, score in said.items() if score}

    def of_bodies(self) -> list[forms.BoundField]:
        """The fields of the bodies."""
        return [self[f"body_{number}"] for number in self.bodies]
