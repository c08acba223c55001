"""The forms by which accounts are kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gezhi.interfaces.web.administration.asking import AreaField, BodyField, DayField
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.words import ROLE
from gezhi.kernel.roles import Role
from gezhi.platform.accounts.queries import AccountState
from gezhi.platform.accounts.use_cases.end_account import EndReason
from gezhi.platform.accounts.use_cases.invite import MAX_NAME

# What somebody can hold by a grant; whoever reports needs none.
ROLES = tuple(role for role in Role if role is not Role.RESIDENT)
STATE: dict[AccountState, Any] = {
    AccountState.ACTIVE: _("In use"),
    AccountState.NEVER: _("Never signed in"),
    AccountState.ENDED: pgettext_lazy("account", "Ended"),
}
TONE = {AccountState.ACTIVE: "good", AccountState.NEVER: "warn", AccountState.ENDED: "plain"}
END_REASON: dict[EndReason, Any] = {
    EndReason.LEFT: _("The person has left"),
    EndReason.MOVED: _("The person has another post"),
    EndReason.MISTAKE: _("It was opened by mistake"),
    EndReason.MISUSE: _("It was misused"),
}


def role_choices() -> list[tuple[str, str]]:
    """The roles in words, and none."""
    return [("", "—"), *((role.value, str(ROLE[role])) for role in ROLES)]


class RoleForm(PlainForm):
    """A role in an area, for a body where it is an officer's, perhaps with an end."""

    role = forms.ChoiceField(label=_("Role"), choices=role_choices)
    area = AreaField(label=_("Area"))
    organisation = BodyField(
        label=_("Organisation"),
        help_text=_("For a department officer: the body for which the person acts."),
    )
    until = DayField(label=_("Last day"), required=False)


class InviteForm(PlainForm):
    """Who is invited, and with which first role."""

    display_name = forms.CharField(label=_("Name"), max_length=MAX_NAME)
    username = forms.CharField(
        label=_("Account"),
        max_length=60,
        help_text=_("3 to 60 lower-case letters, digits, dots or hyphens: what the person signs in with."),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("Where this city has a mail server, the link is sent there too."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=role_choices, required=False)
    area = AreaField(label=_("Area"), required=False)
    organisation = BodyField(
        label=_("Organisation"),
        help_text=_("For a department officer: the body for which the person acts."),
    )
    until = DayField(label=_("Last day of the role"), required=False)

    def clean(self) -> dict[str, Any]:
        """A role needs an area and the other way round."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("role") and "area" in given and given["area"] is None:
            self.add_error("area", _("A role holds in an area: say in which."))
        if given.get("area") and not given.get("role"):
            self.add_error("role", _("Say which role the person is to have there."))
        return given


class EndForm(PlainForm):
    """Why an account ends."""

    reason = forms.ChoiceField(label=_("Why"), choices=[(one.value, words) for one, words in END_REASON.items()])


class SureForm(PlainForm):
    """Nothing is asked but whether it shall be."""


class NewPasswordForm(PlainForm):
    """The password that the invited chooses, twice."""

    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, none of the passwords that everybody uses."),
    )
    again = forms.CharField(
        label=_("Password once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """The two must be the same."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "password" in given and "again" in given and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ."))
        return given
