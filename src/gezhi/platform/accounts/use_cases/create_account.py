"""Open an account for a member of staff. What the person may do is granted separately."""

from __future__ import annotations

import re
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.accounts.models import User
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]")


def create_account(
    *,
    actor: Actor,
    username: str,
    display_name: str,
    password: str,
    email: str = "",
    now: datetime,
    encoded_password: str | None = None,
) -> User:
    """Open an account. ``encoded_password`` is ``password`` hashed already: many accounts at once share the work.

    Raises ``NotAllowed`` for anyone but a system administrator, ``InvalidInput`` for a bad name or a weak password,
    ``Conflict`` if the name is taken.
    """
    require_in(actor, "open_account")
    if not _USERNAME.fullmatch(username):
        raise InvalidInput(
            "bad_username", "a user name has 3 to 60 lower-case letters, digits, dots or hyphens", field="username"
        )
    user = User(username=username, display_name=display_name.strip(), email=email, date_joined=now)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput("weak_password", " ".join(error.messages), field="password") from error
    user.password = encoded_password or make_password(password)
    with transaction.atomic():
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict("username_taken", f"there is an account '{username}' already", field="username") from error
        if email:
            # The administrator vouches for it; an address that the person adds later has to be confirmed.
            EmailAddress.objects.create(user=user, email=email.lower(), primary=True, verified=True)
        seal_new([user])
        record(
            actor=actor,
            action="accounts.created",
            object_type="user",
            object_id=user.pk,
            data={"username": username},
            now=now,
        )
    return user
