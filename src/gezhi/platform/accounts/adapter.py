"""How accounts come to be: an administrator makes them. Nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from gezhi.kernel.clock import now
from gezhi.platform.access.separation import kept_apart_since
from gezhi.platform.accounts.devices import known_device, remember_device
from gezhi.platform.accounts.models import User
from gezhi.platform.accounts.owners_told import links_made_for
from gezhi.platform.audit.evidence import seal_changes


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are for staff and are given, not taken."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Whether to go on to this address after signing in; never to what is no address."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Under what wrong passwords are counted: the account from one address, or in a browser that it knows."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        device = known_device(request, credentials.get("username", ""))
        return f"{key}:{ratelimit.get_ip(request) if device is None else device}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try: of the account from here and, unless the browser is known, of the account from anywhere.

        Raises ``ValidationError`` where there were too many.
        """
        super().pre_authenticate(request, **credentials)
        here = self._login_failed_rl_usage
        if here is None or known_device(request, credentials.get("username", "")) is not None:
            return
        everywhere = ratelimit.consume(
            request,
            app="gezhi.accounts",
            action="login_failed",
            config={"login_failed": settings.GEZHI_RATE_WRONG_PASSWORDS},
            key=super()._get_login_attempts_cache_key(request, **credentials),
        )
        if not everywhere:
            raise self.validation_error("too_many_login_attempts")
        # A right password takes both back.
        self._login_failed_rl_usage = ratelimit.RateLimitUsage([*here.usage, *everywhere.usage])

    def get_client_ip(self, request: HttpRequest) -> str:
        """From where sign-ins are counted: a browser that the account knows is a place of its own, so that others behind
        the same address do not use up its tries."""
        login = request.user.get_username() or request.POST.get("login", "")
        device = known_device(request, login) if login else None
        return str(super().get_client_ip(request)) if device is None else f"device:{device}"

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """What follows a sign-in that is complete, second step included."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_device(request, response, user.get_username())
        for words in links_made_for(user.pk):
            messages.warning(request, words)
        return response

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change a password, and seal the account as it is now."""
        with transaction.atomic(), seal_changes(User.objects.filter(pk=user.pk)):
            super().set_password(user, password)


class StaffSocialAdapter(DefaultSocialAccountAdapter):
    """Who comes from the city's identity provider enters as the account that has the same address, on one condition."""

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The open account whose confirmed address the provider vouches for.

        An address counts here once its owner has confirmed it by mail, or because the administrator who opened the
        account wrote it down; one that somebody merely claims never counts. None leads into security or audit administration,
        which whoever writes addresses down must not come by: their holders connect the provider while they are signed in.
        """
        for address in sociallogin.email_addresses:
            if not address.verified or not self.can_authenticate_by_email(sociallogin, address.email):
                continue
            known = EmailAddress.objects.filter(email=address.email.lower(), verified=True, user__is_active=True)
            found = list(known.select_related("user")[:2])
            if len(found) == 1 and kept_apart_since(found[0].user_id, now=now()) is None:
                return found[0].user, address.email
        return None
