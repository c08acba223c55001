"""What opening an account is, however its owner comes in."""

from __future__ import annotations

import re
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.accounts.models import User
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]")


def check_username(username: str) -> None:
    """Raises ``InvalidInput`` for what is no name to sign in with."""
    if not _USERNAME.fullmatch(username):
        raise InvalidInput(
            "bad_username", "a user name has 3 to 60 lower-case letters, digits, dots or hyphens", field="username"
        )


def keep_new(user: User, *, actor: Actor, action: str, now: datetime) -> None:
    """Keep a new account with its address, seal and record, inside the caller's transaction.

    Raises ``Conflict`` (``username_taken``).
    """
    username = user.username
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("username_taken", f"there is an account '{username}' already", field="username") from error
    if user.email:
        # The administrator vouches for it; an address that the person adds later has to be confirmed.
        EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True, verified=True)
    seal_new([user])
    record(actor=actor, action=action, object_type="user", object_id=user.pk, data={"username": username}, now=now)
