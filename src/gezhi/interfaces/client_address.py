"""Where a request comes from, when proxies stand before the server: worked out once, for every limit there is.

Each proxy appends the address that it saw to ``X-Forwarded-For``; what stands further left was written by the client and
is worth nothing. ``GEZHI_PROXIES`` says how many proxies are ours.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_FORWARDED = "HTTP_X_FORWARDED_FOR"


def _address(text: str) -> str | None:
    """The address in an entry such as ``192.0.2.1``, ``192.0.2.1:4711`` or ``[2001:db8::1]:4711``; None if there is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def client_address(peer: str, forwarded: str | None, *, proxies: int) -> str:
    """The address of the client: that of ``peer`` where no proxy is ours or none has written one."""
    if proxies <= 0 or not forwarded:
        return peer
    entries = forwarded.split(",")
    return _address(entries[-min(proxies, len(entries))]) or peer


def counted_as(address: str | None) -> str:
    """Under what an address is counted: a subscriber of IPv6 has a whole network of 2⁶⁴ addresses, and is one."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


class ClientAddressMiddleware:
    """Puts the client's address where every library looks for it, and takes away what each would read in its own way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.pop(_FORWARDED, None)
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""), forwarded, proxies=settings.GEZHI_PROXIES
        )
        return self.get_response(request)
