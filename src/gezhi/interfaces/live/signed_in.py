"""Whom a stream serves: the actor behind its headers, as the web server would see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from django.conf import settings

from gezhi.interfaces.actors import token_in
from gezhi.kernel import clock
from gezhi.platform.access.actor import ANONYMOUS, Actor
from gezhi.platform.access.sessions import SessionStore, actor_of_request, person_of_session
from gezhi.platform.access.tokens import actor_of_token

_SESSION_KEY = re.compile(r"[a-z0-9]{8,40}")


def actor_by_headers(headers: Mapping[str, str]) -> Actor:
    """The actor of a token or a session; anonymous too where the headers name a way to sign in that is not known, as in the API.
    Database work: run it in a thread. One query for a session, two for a token."""
    now = clock.now()
    if "authorization" in headers:
        token = token_in(headers["authorization"])
        return ANONYMOUS if token is None else actor_of_token(token, now=now)
    key = _session_key(headers)
    if key is None:
        return ANONYMOUS
    session = SessionStore(session_key=key)
    return actor_of_request(person_of_session(session), session, now=now)


def _session_key(headers: Mapping[str, str]) -> str | None:
    """The session that the cookie names; None where it names none that could be ours."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return morsel.value if morsel is not None and _SESSION_KEY.fullmatch(morsel.value) else None
