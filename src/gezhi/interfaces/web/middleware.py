"""What every page answers with: a strict content policy, and plain pages for the errors a person may cause."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gezhi.interfaces.web.words import words_of_error
from gezhi.kernel.errors import Conflict, GezhiError, InvalidInput, NotAllowed, NotFound

Handler = Callable[[HttpRequest], HttpResponse]

_STATUS: dict[type[GezhiError], int] = {InvalidInput: 400, NotAllowed: 403, NotFound: 404, Conflict: 409}


def content_policy() -> str:
    """The Content-Security-Policy of every page: nothing inline, nothing from elsewhere but the live edge."""
    live = getattr(settings, "LIVE_ORIGIN", "")
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self' {live}".rstrip(),
            # The map's engine computes in workers.
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


class ContentPolicyMiddleware:
    """Adds the content policy to each response that has none."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = content_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
        return response


class ErrorPageMiddleware:
    """Turns the errors of the kernel into pages. The API has its own translation."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for a ``GezhiError``; None for every other exception."""
        if not isinstance(exception, GezhiError):
            return None
        status = next((code for kind, code in _STATUS.items() if isinstance(exception, kind)), 400)
        context = {"status": status, "words": words_of_error(exception)}
        return render(request, f"{status}.html" if status in {403, 404} else "web/error.html", context, status=status)
