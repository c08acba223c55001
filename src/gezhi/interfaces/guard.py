"""Refuse requests that no honest client sends, before anything reads them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

_ANSWER = (
    b'{"type":"about:blank","title":"Bad request","status":400,"code":"nul_in_address",'
    b'"detail":"The address holds a NUL character."}'
)


class RefuseNulMiddleware:
    """A NUL character in an address: PostgreSQL cannot store or compare it, and no browser sends it by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest(_ANSWER, content_type="application/problem+json")
        return self.get_response(request)
