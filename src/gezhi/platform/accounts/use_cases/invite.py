"""Invite somebody: an account without a password, and a link by which its owner chooses one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.separation import can_sign_in, kept_apart_since
from gezhi.platform.access.territory import require_in
from gezhi.platform.access.use_cases.ask_role import ask_role
from gezhi.platform.accounts.agreed_links import is_in_use, use_agreement
from gezhi.platform.accounts.invitations import invitation_of, make_invitation
from gezhi.platform.accounts.models import Invitation, User
from gezhi.platform.accounts.opening import check_username, keep_new
from gezhi.platform.accounts.owners_told import tell_of_link
from gezhi.platform.audit.evidence import seal_changes
from gezhi.platform.audit.record import record

MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class WantedRole:
    """A role that the invited is to have. ``until``: aware; None: without an end."""

    role: Role
    area_id: int
    organisation_id: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """The account, and the code of its link: this is the only time it can be read."""

    user_id: int
    code: str


def require_new_account(*, username: str, display_name: str, email: str) -> None:
    """Raise what ``invite`` would raise of the account's own data. Two queries."""
    check_username(username)
    if not 0 < len(display_name.strip()) <= MAX_NAME:
        raise InvalidInput("person_name_missing", "say what the person is called", field="display_name")
    if User.objects.filter(username=username).exists():
        raise Conflict("username_taken", f"there is an account '{username}' already", field="username")
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise InvalidInput("bad_email", "this is no e-mail address", field="email") from error
        if EmailAddress.objects.filter(email=email.lower()).exists():
            raise Conflict("email_taken", "another account has this address", field="email")


def invite(
    *, actor: Actor, username: str, display_name: str, email: str = "", roles: Sequence[WantedRole] = (), now: datetime
) -> Invited:
    """Open an account without a password, ask for its roles, and make the link by which its owner comes in.

    Raises ``NotAllowed`` for anyone but a system administrator, ``InvalidInput`` and ``Conflict`` naming the field.
    """
    require_in(actor, "open_account")
    require_new_account(username=username, display_name=display_name, email=email)
    with transaction.atomic():
        user = User(username=username, display_name=display_name.strip(), email=email, date_joined=now)
        user.password = make_password(None)
        keep_new(user, actor=actor, action="accounts.invited", now=now)
        for wanted in roles:
            ask_role(
                actor=actor,
                user_id=user.pk,
                role=wanted.role,
                area_id=wanted.area_id,
                organisation_id=wanted.organisation_id,
                until=wanted.until,
                now=now,
            )
        return Invited(user.pk, make_invitation(user.pk, now=now))


def renew_link(*, actor: Actor, user_id: int, now: datetime) -> Invited:
    """A new link for an account: the first was lost, or the password is forgotten. Earlier links work no more, the password
    does until the link is used. The owner of an account in use is told.

    Raises ``NotAllowed`` for anyone but a system administrator, for an account in use without the agreement of a second person
    (``link_needs_second``; ``ask_link``), and for an account that holds security or audit administration, where the system
    alone makes one: a link to it would be a way around the separation. ``NotFound`` for no such open account.
    """
    require_in(actor, "open_account")
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
        if user is None:
            raise NotFound("no_user", f"there is no open account {user_id}")
        if kept_apart_since(user_id, now=now) is not None and not actor.is_system:
            raise NotAllowed("link_around_separation", "security and audit administrators get no link from others")
        if is_in_use(user_id, now=now) and not actor.is_system:
            use_agreement(user_id, now=now)
        code = make_invitation(user_id, now=now)
        if User.objects.filter(can_sign_in(), pk=user_id).exists():
            tell_of_link(actor, user_id, now=now)
        record(actor=actor, action="accounts.link_renewed", object_type="user", object_id=user_id, data={}, now=now)
    return Invited(user_id, code)


def _leads_around(link: Invitation, *, now: datetime) -> bool:
    """Whether a link is older than the security or audit administration that its account holds, other than the first link of
    somebody who was given it before coming in, as those who found a city are."""
    since = kept_apart_since(link.user_id, now=now)
    if since is None or link.made_at > since:
        return False
    first = not Invitation.objects.filter(user_id=link.user_id, pk__lt=link.pk).exists()
    return not first or User.objects.filter(can_sign_in(), pk=link.user_id).exists()


def accept_invitation(*, actor: Actor, code: str, password: str, now: datetime) -> User:
    """Choose the password of the account behind a link; the link works no more, other sessions of the account end.

    The link is the right: the page behind it asks as the system. Raises ``NotAllowed`` for anyone else, ``NotFound`` for a link
    that does not work (any more), ``InvalidInput`` for a weak password.
    """
    require_in(actor, "accept_invitation")
    with transaction.atomic():
        found = invitation_of(code, now=now)
        if found is None:
            raise NotFound("invitation_over", "this link does not work any more")
        # Of two who use the link at once, the second finds it used.
        user = User.objects.select_for_update().get(pk=found.user_id)
        if invitation_of(code, now=now) is None or _leads_around(found, now=now):
            raise NotFound("invitation_over", "this link does not work any more")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise InvalidInput("weak_password", " ".join(error.messages), field="password") from error
        chosen, used = User.objects.filter(pk=user.pk), Invitation.objects.filter(pk=found.pk)
        with seal_changes(chosen):
            chosen.update(password=make_password(password))
        with seal_changes(used):
            used.update(used_at=now)
        record(
            actor=Actor(user_id=user.pk, label=str(user)),
            action="accounts.invitation_used",
            object_type="user",
            object_id=user.pk,
            data={},
            now=now,
        )
    user.refresh_from_db()
    return user
