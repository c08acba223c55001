"""Who signed in, known with the session."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject


class SignedInMiddleware(AuthenticationMiddleware):
    """As Django's, but the account that came with its session is not asked for again. See ``platform.access.sessions``."""

    def process_request(self, request: HttpRequest) -> None:
        """Give the request its user, found out when it is asked for."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


def _user_of(request: HttpRequest) -> Any:
    known: Any = request
    if not hasattr(known, "_cached_user"):
        known._cached_user = _at_hand(request) or auth.get_user(request)
    return known._cached_user


def _at_hand(request: HttpRequest) -> Any:
    """The account of the session where nothing at all is amiss with it; of every other, Django has to judge."""
    session: Any = request.session
    account, way = session.get(auth.SESSION_KEY), session.get(auth.BACKEND_SESSION_KEY)
    holder = getattr(session, "holder", None)
    if holder is None or account != str(holder.person.pk) or way not in settings.AUTHENTICATION_BACKENDS:
        return None
    told = session.get(auth.HASH_SESSION_KEY, "")
    # A changed password ends every session.
    same = constant_time_compare(told, holder.person.get_session_auth_hash())
    return holder.person if same and holder.person.is_active else None
