"""The sign-in form in the product's words."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, ResetPasswordForm, UserTokenForm
from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from gezhi.kernel.clock import now
from gezhi.platform.access.separation import kept_apart_since


class SignInForm(LoginForm):
    """Account and password, with plain labels; placeholders would only repeat them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", _("Account")), ("password", _("Password"))):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)


class ResetForm(ResetPasswordForm):
    """Asks for a new password by mail: only to an address that was confirmed, and never to security or audit administrators, whose
    address was written down by whoever opens accounts."""

    def clean_email(self) -> str:
        """The address; whoever gets no mail is not found by it. The page tells no difference."""
        email: str = super().clean_email()
        confirmed = EmailAddress.objects.filter(email=email.lower(), verified=True).values_list("user_id", flat=True)
        found = [user for user in self.users if user.pk in set(confirmed)]
        self.users = [user for user in found if kept_apart_since(user.pk, now=now()) is None]
        return email


class ResetKeyForm(UserTokenForm):
    """The link of such a mail. One from before its account was given security or audit administration works no more."""

    def clean(self) -> dict[str, Any]:
        """The parts of the link. Raises ``ValidationError`` for one that does not work."""
        cleaned: dict[str, Any] = super().clean()  # type: ignore[no-untyped-call]
        if self.reset_user is not None and kept_apart_since(self.reset_user.pk, now=now()) is not None:
            raise get_adapter().validation_error("invalid_password_reset")
        return cleaned
