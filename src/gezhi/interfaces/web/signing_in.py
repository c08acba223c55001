"""The sign-in form in the product's words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """Account and password, with plain labels; placeholders would only repeat them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", _("Account")), ("password", _("Password"))):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)


class ResetForm(ResetPasswordForm):
    """Asks for a new password by mail: only to an address that was confirmed."""

    def clean_email(self) -> str:
        """The address; nobody is found by one that is merely claimed. The page tells no difference."""
        email: str = super().clean_email()
        confirmed = EmailAddress.objects.filter(email=email.lower(), verified=True).values_list("user_id", flat=True)
        self.users = [user for user in self.users if user.pk in set(confirmed)]
        return email
