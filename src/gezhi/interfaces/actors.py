"""Who asks: the actor behind an HTTP request."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest

from gezhi.kernel import clock
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.sessions import actor_of_request
from gezhi.platform.access.tokens import actor_of_token

FOLLOW_HEADER = "X-Follow-Code"


def bearer_token(request: HttpRequest) -> str | None:
    """The token of an ``Authorization: Bearer`` header, None without one."""
    return token_in(request.headers.get("Authorization", ""))


def token_in(authorization: str) -> str | None:
    """The token that such a header's value names, None where it names none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def actor_behind(request: HttpRequest) -> Actor:
    """The actor of a request: by token, by session, or anonymous; with the follow code that it shows, if any."""
    now = clock.now()
    token = bearer_token(request)
    actor = (
        actor_of_request(request.user, request.session, now=now) if token is None else actor_of_token(token, now=now)
    )
    code = request.headers.get(FOLLOW_HEADER)
    return replace(actor, follow_codes=frozenset({code})) if code else actor
