"""The accounts of an instance, for those who keep them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gezhi.kernel.errors import NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.models import AskedRole, Grant
from gezhi.platform.access.territory import require_in
from gezhi.platform.accounts.agreed_links import agreed_link, is_in_use
from gezhi.platform.accounts.models import AskedLink, Invitation, User


class AccountState(StrEnum):
    """What an account is to whoever looks after it."""

    ACTIVE = "active"
    NEVER = "never"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class AccountFilters:
    """What a list is narrowed to. ``area``: the path of an area; accounts with a role in it, above it or below it."""

    text: str = ""
    role: Role | None = None
    area: str = ""
    state: AccountState | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as its page shows it. ``link_until``: until when the link works that nobody has used yet."""

    id: int
    username: str
    display_name: str
    email: str
    state: AccountState
    last_login: datetime | None
    ended_at: datetime | None
    link_until: datetime | None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Accounts by user name, and the name after which the next page begins; None at the end."""

    rows: list[AccountRow]
    next: str | None


def accounts(actor: Actor, filters: AccountFilters, *, after: str, limit: int, now: datetime) -> AccountPage:
    """A page of accounts. Two queries. Raises ``NotAllowed`` for anyone but the three administrators."""
    require_in(actor, "see_accounts")
    found = list(_narrowed(filters, now).filter(username__gt=after).order_by("username")[: limit + 1])
    rows = _rows(found[:limit], now)
    return AccountPage(rows, rows[-1].username if len(found) > limit else None)


def account(actor: Actor, user_id: int, *, now: datetime) -> AccountRow:
    """One account. Raises ``NotAllowed`` for anyone but the three administrators, ``NotFound``."""
    require_in(actor, "see_accounts")
    found = list(User.objects.filter(pk=user_id))
    if not found:
        raise NotFound("no_user", f"there is no account {user_id}")
    return _rows(found, now)[0]


def count_by_state() -> dict[AccountState, int]:
    """How many accounts there are of each state. One query."""
    came = Q(last_login__isnull=False)
    counts = User.objects.aggregate(
        active=Count("pk", filter=Q(is_active=True) & came),
        never=Count("pk", filter=Q(is_active=True) & ~came),
        ended=Count("pk", filter=Q(is_active=False)),
    )
    return {state: int(counts[state.value]) for state in AccountState}


@dataclass(frozen=True, slots=True)
class LinkNeeds:
    """What a new link into an account needs. ``second``: somebody else's agreement, which is not there yet; ``asked_id``: what
    waits for it; ``agreed``: whether a link can be made by an agreement that is there."""

    second: bool
    asked_id: int | None = None
    agreed: bool = False


def link_needs(actor: Actor, user_id: int, *, now: datetime) -> LinkNeeds:
    """What a new link into an account needs. Raises ``NotAllowed`` for anyone but the three administrators."""
    require_in(actor, "see_accounts")
    agreed = agreed_link(user_id, now=now) is not None
    asked = AskedLink.objects.filter(user_id=user_id, decided_at__isnull=True).values_list("pk", flat=True).first()
    return LinkNeeds(not agreed and is_in_use(user_id, now=now), asked, agreed)


def count_asked_links() -> int:
    """How many new links wait for an answer. One query."""
    return AskedLink.objects.filter(decided_at__isnull=True).count()


def no_account_yet() -> bool:
    """Whether this instance has never had an account."""
    return not User.objects.exists()


def names_of_accounts(user_ids: Iterable[int]) -> dict[int, tuple[str, bool]]:
    """Name, and whether the account is open, by its id. One query."""
    found = User.objects.filter(pk__in=set(user_ids)).values_list("pk", "display_name", "username", "is_active")
    return {pk: (display or name, active) for pk, display, name, active in found}


def _narrowed(filters: AccountFilters, now: datetime) -> QuerySet[User, Any]:
    found = User.objects.all()
    if filters.text:
        found = found.filter(Q(username__icontains=filters.text) | Q(display_name__icontains=filters.text))
    if filters.state is not None:
        found = found.filter(is_active=filters.state is not AccountState.ENDED)
        if filters.state is not AccountState.ENDED:
            found = found.filter(last_login__isnull=filters.state is AccountState.NEVER)
    if filters.role is not None or filters.area:
        held = Grant.objects.in_force(now).filter(user_id=OuterRef("pk"))
        if filters.role is not None:
            held = held.filter(role=filters.role.value)
        if filters.area:
            above = [filters.area[:end] for end in range(4, len(filters.area) + 1, 4)]
            held = held.filter(Q(area__path__startswith=filters.area) | Q(area__path__in=above))
        found = found.filter(Exists(held))
    if filters.asked:
        waiting = {"user_id": OuterRef("pk"), "decided_at__isnull": True}
        found = found.filter(Exists(AskedRole.objects.filter(**waiting)) | Exists(AskedLink.objects.filter(**waiting)))
    return found


def _rows(found: list[User], now: datetime) -> list[AccountRow]:
    links = dict(
        Invitation.objects.filter(
            user_id__in=[user.pk for user in found], used_at__isnull=True, withdrawn_at__isnull=True
        ).values_list("user_id", "expires_at")
    )
    return [
        AccountRow(
            user.pk,
            user.username,
            str(user),
            user.email,
            _state(user),
            user.last_login,
            user.ended_at,
            links.get(user.pk),
        )
        for user in found
    ]


def _state(user: User) -> AccountState:
    if not user.is_active:
        return AccountState.ENDED
    return AccountState.NEVER if user.last_login is None else AccountState.ACTIVE


def id_of_account(username: str) -> int:
    """The id of an open account. One query. Raises ``NotFound`` (``no_user``, field ``account``)."""
    found = User.objects.filter(username=username, is_active=True).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("no_user", f"there is no open account '{username}'", field="account")
    return found
