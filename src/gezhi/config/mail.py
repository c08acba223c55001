"""The mail server, if the city has one: by settings alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from gezhi.config.environment import Environment

_PORTS = {"smtp": 587, "smtps": 465}


def mail_settings(env: Environment) -> dict[str, Any]:
    """Django's mail settings from ``GEZHI_MAIL_URL`` and ``GEZHI_MAIL_FROM``; without them the pages that need mail are off.

    ``smtp://user:password@host:587`` encrypts by STARTTLS, ``smtps://…:465`` from the start; ``?plain=1`` not at all, for
    a relay on this machine. Raises ``ImproperlyConfigured`` for any other address, or one without a sender.
    """
    url = env.text("mail_url", default="")
    if not url:
        return {"MAIL_IS_SET_UP": False}
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ImproperlyConfigured("GEZHI_MAIL_URL must be smtp://user:password@host:port or smtps://…")
    sender = env.text("mail_from", default="")
    if not sender:
        raise ImproperlyConfigured("GEZHI_MAIL_URL is set, but GEZHI_MAIL_FROM is missing")
    return {
        "MAIL_IS_SET_UP": True,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.query != "plain=1",
        "EMAIL_TIMEOUT": 10,
        "DEFAULT_FROM_EMAIL": sender,
    }
