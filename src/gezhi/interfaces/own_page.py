"""Did a page of ours ask, or another site that the same person has open?"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

# A page of this host, or what a person typed, followed from a bookmark or loaded again.
_OURS = frozenset({"same-origin", "none"})


def is_asked_by_another_site(request: HttpRequest) -> bool:
    """Whether the browser says so: of each request (``Sec-Fetch-Site``), or, without encryption, by the page it comes from."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in _OURS
    page = request.headers.get("Origin") or request.headers.get("Referer")
    # A proxy may name the host without its port.
    return page is not None and _host(page) != _host(f"//{request.get_host()}")


def is_asked_by_our_page(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this host asks: our pages always have it said, another site can hide itself."""
    said = any(name in request.headers for name in ("Sec-Fetch-Site", "Origin", "Referer"))
    return said and not is_asked_by_another_site(request)


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
