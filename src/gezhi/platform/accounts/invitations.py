"""Links by which somebody comes into a new account: made, found, withdrawn. A link works once, for three days."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from gezhi.platform.accounts.models import Invitation
from gezhi.platform.audit.evidence import seal_changes, seal_new

VALID_FOR = timedelta(hours=72)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def make_invitation(user_id: int, *, now: datetime) -> str:
    """A new code for an account, whose earlier ones work no more; the only time it can be read. Call inside a transaction."""
    withdraw_invitations(user_id, now=now)
    code = secrets.token_urlsafe(32)
    made = Invitation.objects.create(user_id=user_id, digest=_digest(code), made_at=now, expires_at=now + VALID_FOR)
    seal_new([made])
    return code


def withdraw_invitations(user_id: int, *, now: datetime) -> None:
    """Make the codes of an account that nobody has used worthless. Call inside a transaction."""
    waiting = Invitation.objects.filter(user_id=user_id, used_at__isnull=True, withdrawn_at__isnull=True)
    with seal_changes(waiting):
        Invitation.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(withdrawn_at=now)


def invitation_of(code: str, *, now: datetime) -> Invitation | None:
    """The invitation behind a code that still works, with its account; None for any other."""
    found = Invitation.objects.filter(
        digest=_digest(code),
        used_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=now,
        user__is_active=True,
    )
    return found.select_related("user").first()
