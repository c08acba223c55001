"""How accounts come to be: an administrator makes them. Nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from gezhi.platform.accounts.models import User
from gezhi.platform.audit.evidence import seal_changes


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are for staff and are given, not taken."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        """Change a password, and seal the account as it is now."""
        with transaction.atomic(), seal_changes(User.objects.filter(pk=user.pk)):
            super().set_password(user, password)
