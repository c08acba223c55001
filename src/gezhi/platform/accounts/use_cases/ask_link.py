"""A new link into an account in use, in two pairs of hands: whoever opens accounts asks for it, whoever grants roles agrees."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gezhi.kernel.errors import Conflict, NotAllowed, NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.separation import kept_apart_since
from gezhi.platform.access.territory import require_in
from gezhi.platform.accounts.agreed_links import agreed_link, asked_for, is_in_use
from gezhi.platform.accounts.models import AskedLink, User
from gezhi.platform.audit.evidence import seal_changes
from gezhi.platform.audit.record import record


def ask_link(*, actor: Actor, user_id: int, now: datetime) -> int:
    """Ask for a new link into an account in use; none can be made until ``answer_link`` agrees. Returns the id of what is asked.

    Raises ``NotAllowed`` for anyone but a system administrator, and for an account that holds security or audit
    administration; ``NotFound`` for no such open account; ``Conflict`` (``link_asked_already``, ``link_needs_nobody``).
    """
    require_in(actor, "open_account")
    with transaction.atomic():
        if User.objects.select_for_update().filter(pk=user_id, is_active=True).first() is None:
            raise NotFound("no_user", f"there is no open account {user_id}")
        if kept_apart_since(user_id, now=now) is not None:
            raise NotAllowed("link_around_separation", "security and audit administrators get no link from others")
        if not is_in_use(user_id, now=now) or agreed_link(user_id, now=now) is not None:
            raise Conflict("link_needs_nobody", "a link can be made at once")
        if AskedLink.objects.filter(user_id=user_id, decided_at__isnull=True).exists():
            raise Conflict("link_asked_already", "a link was asked for already and waits")
        return asked_for(user_id, actor=actor, now=now)


def answer_link(*, actor: Actor, user_id: int, asked_id: int, grant: bool, now: datetime) -> None:
    """Agree that a link into this account be made, or refuse it.

    Raises ``NotAllowed`` for anyone but a security administrator, for whoever asked and for the account's own owner;
    ``NotFound`` where nothing of this id waits for this account.
    """
    require_in(actor, "grant")
    with transaction.atomic():
        waiting = AskedLink.objects.select_for_update().filter(pk=asked_id, user_id=user_id, decided_at__isnull=True)
        asked = waiting.first()
        if asked is None:
            raise NotFound("nothing_asked_for", f"no link {asked_id} waits for an answer")
        if actor.user_id in (asked.asked_by, asked.user_id):
            raise NotAllowed("own_link", "whoever asked does not decide")
        chosen = AskedLink.objects.filter(pk=asked_id)
        with seal_changes(chosen):
            chosen.update(decided_at=now, granted=grant)
        action = "accounts.link_agreed" if grant else "accounts.link_refused"
        record(actor=actor, action=action, object_type="user", object_id=asked.user_id, data={}, now=now)
