"""What keeps security and audit administration out of the hands that open accounts.

Whoever opens accounts makes links into them and writes down their addresses. Neither may lead into an account that holds one of
these two roles, or the three administrations would lie in one hand.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q

from gezhi.kernel.roles import SEPARATE_ADMINS, Role
from gezhi.platform.access.models import Grant

# The roles that whoever opens accounts must not come by.
KEPT_APART = SEPARATE_ADMINS - {Role.SYSTEM_ADMIN}


def kept_apart_since(user_id: int, *, now: datetime) -> datetime | None:
    """Since when an account holds security or audit administration; None where it holds neither. One query."""
    held = Grant.objects.not_ended(now).filter(user_id=user_id, role__in=KEPT_APART)
    return held.order_by("valid_from").values_list("valid_from", flat=True).first()


def can_sign_in(path: str = "") -> Q:
    """Accounts whose owner can sign in: open, with a password or a login at the identity provider. ``path`` leads to them."""
    none = Q(**{f"{path}password__startswith": UNUSABLE_PASSWORD_PREFIX}) | Q(**{f"{path}password": ""})
    return Q(**{f"{path}is_active": True}) & (~none | Q(**{f"{path}socialaccount__isnull": False}))
