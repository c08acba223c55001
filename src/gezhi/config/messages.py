"""Messages to reporters, by settings alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from gezhi.config.environment import Environment
from gezhi.platform.messages.push_services import KNOWN_SERVICES, is_service

_WITHOUT_A_GATEWAY = ("outbox:", "console:")


def message_settings(env: Environment) -> dict[str, Any]:
    """The public address of the city's pages and its SMS gateway; without the address nobody is written to.

    Raises ``ImproperlyConfigured`` for an address that is none.
    """
    public = env.text("public_url", default="").rstrip("/")
    if public:
        parts = urlsplit(public)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment:
            raise ImproperlyConfigured(f"GEZHI_PUBLIC_URL: '{public}' is no address of http or https")
    gateway = env.text("sms_url", default="")
    if gateway and gateway not in _WITHOUT_A_GATEWAY:
        parts = urlsplit(gateway)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            raise ImproperlyConfigured(f"GEZHI_SMS_URL: '{gateway}' is no address of http or https")
    return {
        "GEZHI_PUBLIC_URL": public,
        "GEZHI_SMS_URL": gateway,
        "GEZHI_SMS_KEY": env.text("sms_key", default=""),
    }


def push_services(env: Environment) -> tuple[str, ...]:
    """The hosts to which messages to browsers may go: ``GEZHI_PUSH_SERVICES``, those of the known browsers where it is not set,
    none where it is ``off``. Raises ``ImproperlyConfigured`` for what is no host."""
    listed = env.words("push_services", default=list(KNOWN_SERVICES))
    if listed == ["off"]:
        return ()
    for one in listed:
        if not is_service(one):
            raise ImproperlyConfigured(
                f"GEZHI_PUSH_SERVICES: '{one}' is no host (push.example.com, *.example.com; for trials 127.0.0.1:9000)"
            )
    return tuple(listed)
