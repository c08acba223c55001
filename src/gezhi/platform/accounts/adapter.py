"""How accounts come to be: an administrator makes them. Nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are for staff and are given, not taken."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
