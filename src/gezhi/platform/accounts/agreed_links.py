"""Whether a new link into an account takes a second person, and whether one has agreed."""

from __future__ import annotations

from datetime import datetime

from gezhi.kernel.errors import NotAllowed
from gezhi.platform.access.models import Grant
from gezhi.platform.access.separation import can_sign_in, in_force
from gezhi.platform.accounts.invitations import VALID_FOR
from gezhi.platform.accounts.models import AskedLink, User
from gezhi.platform.audit.evidence import seal_changes


def is_in_use(user_id: int, *, now: datetime) -> bool:
    """Whether there is something in an account that a link would lead to: a role, or an owner who can sign in."""
    holds = Grant.objects.filter(in_force(now), user_id=user_id).exists()
    return holds or User.objects.filter(can_sign_in(), pk=user_id).exists()


def agreed_link(user_id: int, *, now: datetime) -> AskedLink | None:
    """The agreement by which a link may still be made, once and within ``VALID_FOR``; None where there is none."""
    agreed = AskedLink.objects.filter(
        user_id=user_id, granted=True, used_at__isnull=True, decided_at__gt=now - VALID_FOR, decided_at__lte=now
    )
    return agreed.order_by("-decided_at").first()


def use_agreement(user_id: int, *, now: datetime) -> None:
    """Take the agreement of a link that is made now. Raises ``NotAllowed`` (``link_needs_second``) where there is none. Call inside
    a transaction."""
    agreed = agreed_link(user_id, now=now)
    if agreed is None:
        raise NotAllowed("link_needs_second", "the account is in use: a security administrator agrees first")
    chosen = AskedLink.objects.filter(pk=agreed.pk)
    with seal_changes(chosen):
        chosen.update(used_at=now)


def withdraw_asked_links(user_id: int, *, now: datetime) -> None:
    """Close what was asked or agreed for an account. Call inside a transaction."""
    waiting = AskedLink.objects.filter(user_id=user_id, used_at__isnull=True)
    keys = list(waiting.values_list("pk", "decided_at"))
    for open_only, chosen in (
        (True, AskedLink.objects.filter(pk__in=[key for key, decided in keys if decided is None])),
        (False, AskedLink.objects.filter(pk__in=[key for key, decided in keys if decided is not None])),
    ):
        with seal_changes(chosen):
            chosen.update(**({"decided_at": now} if open_only else {"granted": False}))
