"""End an account, and open it again. Nothing of it is deleted: what it did stays under its name."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet

from gezhi.kernel.errors import Conflict, NotAllowed, NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.models import ApiToken, AskedRole, Grant
from gezhi.platform.access.necessary import require_others
from gezhi.platform.access.territory import require_in
from gezhi.platform.access.use_cases.ask_role import ask_role
from gezhi.platform.accounts.agreed_links import asked_for, is_in_use, withdraw_asked_links
from gezhi.platform.accounts.invitations import make_invitation, withdraw_invitations
from gezhi.platform.accounts.models import User
from gezhi.platform.accounts.use_cases.invite import Invited
from gezhi.platform.audit.evidence import seal_changes
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.audit.record import record


class EndReason(StrEnum):
    """Why an account ends: a word of a list, since the record must hold nothing personal."""

    LEFT = "left"
    MOVED = "moved"
    MISTAKE = "mistake"
    MISUSE = "misuse"


def end_account(*, actor: Actor, user_id: int, reason: EndReason, now: datetime) -> None:
    """End an account at once: its sessions, tokens, links and roles, and what was asked for it.

    Raises ``NotAllowed`` for anyone but a system administrator and for one's own account, ``NotFound`` for no such open
    account, ``Conflict`` (``last_holder``) where one of the three administrations would be in nobody's hands.
    """
    require_in(actor, "end_account")
    if actor.user_id == user_id:
        raise NotAllowed("own_account", "nobody ends the account that he is signed in with")
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
        if user is None:
            raise NotFound("no_user", f"there is no open account {user_id}")
        grants = Grant.objects.not_ended(now).filter(user_id=user_id)
        held = list(grants.select_for_update())
        require_others(held, now=now)
        ends = {str(grant.pk): grant.valid_to.isoformat() for grant in held if grant.valid_to is not None}
        _update(Grant.objects.filter(pk__in=[grant.pk for grant in held]), valid_to=now)
        _update(ApiToken.objects.filter(user_id=user_id, revoked_at__isnull=True), revoked_at=now)
        _update(AskedRole.objects.filter(user_id=user_id, decided_at__isnull=True), decided_at=now)
        withdraw_invitations(user_id, now=now)
        withdraw_asked_links(user_id, now=now)
        # Without a password no session of it comes back to life when the account is opened again.
        _update(User.objects.filter(pk=user_id), is_active=False, ended_at=now, password=make_password(None))
        record(
            actor=actor,
            action="accounts.ended",
            object_type="user",
            object_id=user_id,
            data={"reason": reason.value, "until": ends},
            now=now,
        )


def restore_account(*, actor: Actor, user_id: int, now: datetime) -> Invited | None:
    """Open an account again that was ended; the roles that ended with it are asked for anew. The link of one that nobody has used;
    None for any other: its link is asked for as well, whoever ended it.

    Raises ``NotAllowed`` for anyone but a system administrator, ``NotFound`` for no such account, ``Conflict``
    (``account_is_open``).
    """
    require_in(actor, "end_account")
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None:
            raise NotFound("no_user", f"there is no account {user_id}")
        if user.is_active:
            raise Conflict("account_is_open", "this account is open")
        ended_with_it = Grant.objects.filter(user_id=user_id, valid_to=user.ended_at) if user.ended_at else ()
        _update(User.objects.filter(pk=user_id), is_active=True, ended_at=None)
        record(actor=actor, action="accounts.restored", object_type="user", object_id=user_id, data={}, now=now)
        ends = _ends_of(user_id)
        for grant in ended_with_it:
            until = ends.get(grant.pk)
            if until is not None and until <= now:
                continue
            ask_role(
                actor=actor,
                user_id=user_id,
                role=Role(grant.role),
                area_id=grant.area_id,
                organisation_id=grant.organisation_id,
                until=until,
                now=now,
            )
        if is_in_use(user_id, now=now):
            asked_for(user_id, actor=actor, now=now)
            return None
        return Invited(user_id, make_invitation(user_id, now=now))


def _ends_of(user_id: int) -> dict[int, datetime]:
    """The ends that grants had when their account was ended, by grant; the record of it holds them."""
    ended = AuditRecord.objects.filter(action="accounts.ended", object_type="user", object_id=str(user_id))
    last = ended.order_by("-seq").first()
    found = {} if last is None else last.data.get("until", {})
    return {int(key): datetime.fromisoformat(text) for key, text in found.items()}


def _update(rows: QuerySet[Any, Any], **columns: object) -> None:
    """Change rows and seal what they are then; they are found by their keys, since the change may hide them."""
    keys = list(rows.values_list("pk", flat=True))
    chosen = rows.model._default_manager.filter(pk__in=keys)
    with seal_changes(chosen):
        chosen.update(**columns)
