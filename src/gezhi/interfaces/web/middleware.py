"""What every page answers with: a strict content policy, and plain pages for the errors a person may cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from gezhi.interfaces.failures import API, REFUSED, busy, no_room, refusal
from gezhi.interfaces.web import refusals
from gezhi.interfaces.web.live import live_origin
from gezhi.interfaces.web.tile_service import TileService
from gezhi.kernel.errors import GezhiError
from gezhi.platform.busy import is_busy
from gezhi.platform.files.room import is_disk_full

Handler = Callable[[HttpRequest], HttpResponse]


def content_policy(live: str = "", tiles: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of every page: nothing inline, nothing from elsewhere but the live edge, and the map pictures of
    the hosts ``tiles``."""
    elsewhere = " ".join(filter(None, (live, *tiles)))
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self' {elsewhere}".rstrip(),
            # The map's engine computes in workers.
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def _origin(request: HttpRequest) -> str:
    try:
        return live_origin(request)
    except DisallowedHost:
        # The answer to a forged Host header is Django's own refusal; it needs no live edge.
        return ""


def _tile_hosts() -> tuple[str, ...]:
    service: TileService | None = settings.GEZHI_TILE_SERVICE
    return service.origins if service else ()


# Of these a browser makes neither a document nor a worker.
_PARTS = ("text/css", "font/", "application/vnd.mapbox-vector-tile")


def _is_part(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether this is a part of a page, under whose policy it stands: a policy of its own has no meaning, and is half of a small
    file on a slow line. A script is none where it may be a worker's, which keeps to its own policy."""
    kind = response.headers.get("Content-Type", "")
    return kind.startswith(_PARTS) or (
        kind.startswith("text/javascript") and request.headers.get("Sec-Fetch-Dest") == "script"
    )


class ContentPolicyMiddleware:
    """Adds the content policy to each response that has none, but to parts of pages."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_part(request, response):
            return response
        if "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = content_policy(_origin(request), _tile_hosts())
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(self)")
        return response


class ErrorPageMiddleware:
    """Turns the errors of the kernel, and bare refusals, into pages. The API has its own translation."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refused = request.META.get(REFUSED)
        response = self.get_response(request) if refused is None else refusal(request, refused)
        if isinstance(response, HttpResponseNotAllowed) and not request.path.startswith(API):
            page = refusals.only_by_form(request)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """An answer for a ``GezhiError``, a full disk and a database that another writes into; None for every other exception."""
        if isinstance(exception, GezhiError):
            return refusal(request, exception)
        if is_disk_full(exception):
            return no_room(request)
        if is_busy(exception):
            return busy(request)
        return None
