"""Whether a new link into an account takes a second person, and whether one has agreed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from gezhi.kernel.errors import NotAllowed
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.models import Grant
from gezhi.platform.access.separation import can_sign_in
from gezhi.platform.accounts.invitations import VALID_FOR
from gezhi.platform.accounts.models import AskedLink, User
from gezhi.platform.audit.evidence import seal_changes, seal_new
from gezhi.platform.audit.record import record


def is_in_use(user_id: int, *, now: datetime) -> bool:
    """Whether there is something in an account that a link would lead to: a role, an owner who can sign in, or what somebody did
    who was signed in with it before."""
    holds = Grant.objects.not_ended(now).filter(user_id=user_id).exists()
    return holds or User.objects.filter(can_sign_in() | Q(last_login__isnull=False), pk=user_id).exists()


def agreed_link(user_id: int, *, now: datetime) -> AskedLink | None:
    """The agreement by which a link may still be made, once and within ``VALID_FOR``; None where there is none."""
    agreed = AskedLink.objects.filter(
        user_id=user_id, granted=True, used_at__isnull=True, decided_at__gt=now - VALID_FOR, decided_at__lte=now
    )
    return agreed.order_by("-decided_at").first()


def asked_for(user_id: int, *, actor: Actor, now: datetime) -> int:
    """Put on record that a link into an account is asked for; the id. Call inside a transaction, where nothing waits yet."""
    asked = AskedLink.objects.create(user_id=user_id, asked_at=now, asked_by=actor.user_id)
    seal_new([asked])
    record(actor=actor, action="accounts.link_asked", object_type="user", object_id=user_id, data={}, now=now)
    return asked.pk


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
