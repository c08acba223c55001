"""Accounts under seal: who somebody is here, with which password, and whether the account is open."""

from __future__ import annotations

from gezhi.platform.accounts.models import AskedLink, Invitation, User
from gezhi.platform.audit.evidence import under_seal

# Not the time of the last sign-in, which says nothing and changes all the time. The name stands in every history row, and
# the address is a way in by the identity provider.
under_seal(
    User, only=("username", "display_name", "email", "password", "is_active", "is_staff", "is_superuser", "ended_at")
)
under_seal(Invitation)
under_seal(AskedLink)
