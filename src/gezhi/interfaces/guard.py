"""Refuse requests that no honest client sends, before anything reads them."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from gezhi.interfaces.serving.wsgi_call import UNREADABLE
from gezhi.kernel.reading import whole_number

# How a cookie spells a NUL character (RFC 2109 quoting, which Python undoes).
_NUL_IN_COOKIE = ("\0", "\\000")


class GuardMiddleware:
    """A NUL character in the address or a cookie, which PostgreSQL cannot store or compare and no browser sends by itself;
    a length of the body that is no number; a header that decides what a request means, and cannot be read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return _refused("nul_in_address", "The address holds a NUL character.")
        if any(sign in request.META.get("HTTP_COOKIE", "") for sign in _NUL_IN_COOKIE):
            return _refused("nul_in_cookie", "A cookie holds a NUL character.")
        if (header := request.META.get(UNREADABLE)) is not None:
            return _refused("unreadable_header", f"The header {header} holds signs that are not ASCII.")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if whole_number(length) is None:
            return _refused("bad_length", "The length of the request is no number.")
        return self.get_response(request)


def _refused(code: str, detail: str) -> HttpResponse:
    problem = {"type": "about:blank", "title": "Bad request", "status": 400, "code": code, "detail": detail}
    return HttpResponseBadRequest(json.dumps(problem), content_type="application/problem+json")
