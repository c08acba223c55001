"""API tokens: made once, shown once, kept as a hash, expiring."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from gezhi.platform.access.actor import ANONYMOUS, Actor, actor_of_account
from gezhi.platform.access.models import ApiToken, Grant
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record
from gezhi.platform.prepared import Prepared


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(*, actor: Actor, user_id: int, name: str, days: int = 180, now: datetime) -> str:
    """Make a token for an account and return it: the only time it can be read.

    Raises ``NotAllowed`` for anyone but a security administrator of all areas in which the account holds a role (of the
    whole city where it holds none).
    """
    held = Grant.objects.not_ended(now).filter(user_id=user_id)
    areas = list(held.values_list("area_id", flat=True))
    require_in(actor, "issue_token", areas or None)
    token = "gz_" + secrets.token_urlsafe(32)
    with transaction.atomic():
        row = ApiToken.objects.create(
            user_id=user_id, name=name, digest=_digest(token), created_at=now, expires_at=now + timedelta(days=days)
        )
        seal_new([row])
        record(
            actor=actor,
            action="access.token_issued",
            object_type="api_token",
            object_id=row.pk,
            data={"user": user_id},
            now=now,
        )
    return token


def actor_of_token(token: str, *, now: datetime) -> Actor:
    """The actor behind a token; ``ANONYMOUS`` for an unknown, expired or revoked one, and for a closed account."""
    for user_id, display_name, username in _HOLDER.rows(digest=_digest(token), now=now):
        return actor_of_account(user_id, display_name or username, now=now)
    return ANONYMOUS


def _holder(digest: str, now: datetime) -> QuerySet[ApiToken, Any]:
    return ApiToken.objects.filter(
        digest=digest, expires_at__gt=now, revoked_at__isnull=True, user__is_active=True
    ).values_list("user_id", "user__display_name", "user__username")[:1]


_HOLDER = Prepared(_holder, digest=str, now=datetime)
