"""What somebody's rights rest on: to be compared with what it was a moment ago."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from gezhi.kernel.batches import in_batches
from gezhi.platform.access.models import ApiToken, Grant
from gezhi.platform.accounts.models import Session

# Fewer than a database takes values in a statement, four times over.
_AT_ONCE = 200

Standing = frozenset[tuple[str, str]]


def standing_of(user_ids: Iterable[int], *, now: datetime) -> dict[int, Standing]:
    """What the rights of accounts rest on at ``now``: the open account with its password, its grants in force, its sessions and its
    tokens. Each account is in the answer; of an ended one nothing that would open it is left. One query for each 200 accounts.

    Whoever compares two answers sees every way in which rights change, the passing of time among them.
    """
    found: dict[int, set[tuple[str, str]]] = {user_id: set() for user_id in user_ids}
    for some in in_batches(sorted(found), _AT_ONCE):
        for user_id, kind, mark in _rests_on(some, now):
            found[user_id].add((kind, mark))
    return {user_id: frozenset(marks) for user_id, marks in found.items()}


def _rests_on(users: list[int], now: datetime) -> QuerySet[Any, Any]:
    accounts = get_user_model().objects.filter(pk__in=users, is_active=True)
    grants = Grant.objects.in_force(now).filter(user_id__in=users)
    tokens = ApiToken.objects.filter(user_id__in=users, expires_at__gt=now, revoked_at__isnull=True)
    # Sessions end by the clock of the machine, as they were begun.
    sessions = Session.objects.filter(user_id__in=users, expire_date__gt=timezone.now())
    return _marked(accounts, "account", account="pk", mark="password").union(
        _marked(grants, "grant", account="user_id", mark="pk"),
        _marked(tokens, "token", account="user_id", mark="digest"),
        _marked(sessions, "session", account="user_id", mark="session_key"),
        all=True,
    )


def _marked(rows: QuerySet[Any], kind: str, *, account: str, mark: str) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(F(account), Value(kind, CharField()), Cast(mark, CharField()))
