"""Who signed in, known with the session."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from gezhi.platform.access.sessions import person_of_session


class SignedInMiddleware(AuthenticationMiddleware):
    """As Django's, but the account that came with its session is not asked for again. See ``platform.access.sessions``."""

    def process_request(self, request: HttpRequest) -> None:
        """Give the request its user, found out when it is asked for."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


def _user_of(request: HttpRequest) -> Any:
    known: Any = request
    if not hasattr(known, "_cached_user"):
        known._cached_user = person_of_session(request.session)
    return known._cached_user
