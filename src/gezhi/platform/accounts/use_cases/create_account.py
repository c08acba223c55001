"""Open an account for a member of staff. What the person may do is granted separately."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.accounts.models import User
from gezhi.platform.accounts.opening import check_username, keep_new


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
    check_username(username)
    user = User(username=username, display_name=display_name.strip(), email=email, date_joined=now)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput("weak_password", " ".join(error.messages), field="password") from error
    user.password = encoded_password or make_password(password)
    with transaction.atomic():
        keep_new(user, actor=actor, action="accounts.created", now=now)
    return user
