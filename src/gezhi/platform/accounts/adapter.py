"""How accounts come to be: an administrator makes them. Nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


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
