"""The form by which a reporter chooses how to be told, and the words for its choices."""

from __future__ import annotations

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.telling.domain.messages import Which
from gezhi.contexts.telling.queries import Chosen
from gezhi.interfaces.web.forms import PlainForm
from gezhi.platform.messages.push import application_key
from gezhi.platform.messages.ways import Way, ways_offered

WAY: dict[str, Promise] = {"email": _("By e-mail"), "sms": _("By SMS"), "push": _("On this device")}
WHICH: dict[str, Promise] = {
    "all": _("At each step"),
    "key": _("When it is handled, and when something is asked of me"),
    "none": _("Not at all: I look on this page"),
}


class NoticesForm(PlainForm):
    """Which steps, by which way, to where."""

    which = forms.ChoiceField(
        label=_("When should we tell you?"), choices=list(WHICH.items()), widget=forms.RadioSelect
    )
    way = forms.ChoiceField(
        label=_("By which way?"), choices=list(WAY.items()), widget=forms.RadioSelect, required=False
    )
    address = forms.CharField(label=_("Your e-mail address or mobile number"), required=False, max_length=120)
    # What a browser gives that was allowed to show messages; the page's script fills it in.
    endpoint = forms.CharField(required=False, widget=forms.HiddenInput)
    p256dh = forms.CharField(required=False, widget=forms.HiddenInput)
    auth = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"auto_id": "notices_%s", **kwargs})
        offered = ways_offered()
        self.fields["way"].choices = [(way.value, WAY[way]) for way in offered]  # type: ignore[attr-defined]
        self.push_key = application_key() if Way.PUSH in offered else ""
        self.typed = [way.value for way in offered if way is not Way.PUSH]
        if len(self.typed) == 1:
            self.fields["way"].initial = self.typed[0]
            self.fields["address"].label = (
                _("Your e-mail address") if self.typed == ["email"] else _("Your mobile number")
            )

    @property
    def typed_ways(self) -> list[forms.boundfield.BoundWidget]:
        """The choices that need no script: a browser asks for its own by one."""
        return [one for one in self["way"].subwidgets if one.data["value"] in self.typed]

    def clean(self) -> dict[str, object]:
        """Whoever wants to be told says by which way and where."""
        data = super().clean() or {}
        if data.get("which") in {Which.ALL, Which.KEY}:
            if not data.get("way") and "way" not in self.errors:
                self.add_error("way", gettext("Say by which way."))
            if data.get("way") == Way.PUSH:
                if not data.get("endpoint"):
                    self.add_error("way", gettext("Your browser has not been allowed to show messages yet."))
            elif not data.get("address") and "address" not in self.errors:
                self.add_error("address", gettext("Say where we reach you."))
        elif data.get("which") == Which.NONE and data.get("address"):
            self.add_error("which", gettext("You gave an address: choose when we should tell you, or leave it empty."))
        return data


def form_for(chosen: Chosen | None) -> NoticesForm | None:
    """The form as it was chosen last, without the address; None where the city writes to nobody."""
    if not ways_offered():
        return None
    if chosen is None:
        return NoticesForm(initial={"which": "none"})
    return NoticesForm(initial={"which": chosen.which, "way": chosen.way})
