"""To which addresses a push goes. A browser names one, and a server that posts to whatever it is told would reach into the
city's own network for anybody: so the host must be on the city's list of push services."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import parse_qsl, unquote, urlsplit

from gezhi.kernel.errors import InvalidInput

# Firefox; Chrome, and Chromium as distributions build it; Safari; Edge.
KNOWN_SERVICES = (
    "updates.push.services.mozilla.com",
    "fcm.googleapis.com",
    "jmt17.google.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
# The last label begins with a letter: an address in figures is no name.
_NAME = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?")
_ON_THIS_MACHINE = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5}")
# So narrow that every reader of it finds the same host: no user, no sign that one reader drops and another keeps.
_ADDRESS = re.compile(
    r"(https?)://(\[::1\]|[a-z0-9.-]+)(?::([0-9]{1,5}))?/[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*", flags=re.ASCII
)
MOST_CHARACTERS = 1_000
# Where a service tells browsers apart in the query and not in the path: the part of it that does.
_NAMED_IN_QUERY = {"*.notify.windows.com": "token"}


def is_service(text: str) -> bool:
    """Whether ``text`` can stand on the list: a host, ``*.`` and a domain for all hosts of it, or, for trials, a port of this
    machine (``127.0.0.1:9000``)."""
    return bool(_NAME.fullmatch(text) or _ON_THIS_MACHINE.fullmatch(text))


def origin_of(endpoint: str, *, services: Collection[str]) -> str:
    """Scheme, host and port of the address of a subscription.

    Encrypted and on the usual port; unencrypted only to a port of this machine that is on the list itself. Raises
    ``InvalidInput`` (``bad_subscription``, ``unknown_push_service``).
    """
    found = _ADDRESS.fullmatch(endpoint) if len(endpoint) <= MOST_CHARACTERS else None
    if found is None:
        raise InvalidInput("bad_subscription", "this is no address of a push subscription", field="way")
    scheme, host, port = found.groups()
    if port is not None and _ON_THIS_MACHINE.fullmatch(f"{host}:{port}") and f"{host}:{port}" in services:
        return f"{scheme}://{host}:{port}"
    if scheme != "https" or port not in {None, "443"} or not _is_listed(host, services):
        raise InvalidInput("unknown_push_service", "this browser's push service is not on the city's list", field="way")
    return f"https://{host}"


def one_spelling(endpoint: str) -> str:
    """The address of a subscription as it is counted: without what can be written after it, or otherwise, as often as one likes.

    Its query goes, but for that part of it by which a service tells browsers apart. Raises ``ValueError`` for what is no address.
    """
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    port = "" if parts.port in {None, 443} else f":{parts.port}"
    plain = f"{parts.scheme}://{host}{port}{unquote(parts.path)}"
    named = next((name for service, name in _NAMED_IN_QUERY.items() if _is_listed(host, (service,))), None)
    if named is None:
        return plain
    return f"{plain}?{named}={'&'.join(value for name, value in parse_qsl(parts.query) if name == named)}"


def _is_listed(host: str, services: Collection[str]) -> bool:
    if not _NAME.fullmatch(host):
        return False
    return any(
        host.endswith(one[1:]) and len(host) > len(one) - 1 if one.startswith("*.") else host == one for one in services
    )
