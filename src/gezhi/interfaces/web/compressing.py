"""Pages and JSON go compressed to whoever takes that; pictures and files, which gain nothing by it, as they are."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

_REFUSED = re.compile(r"\s*q\s*=\s*0(?:\.0*)?\s*", re.ASCII)

# What is text by its type. Everything else is a picture, a package or a file that somebody has sent.
_TEXT = frozenset(
    {
        "text/html",
        "text/plain",
        "text/csv",
        "application/json",
        "application/geo+json",
        "application/problem+json",
    }
)


def takes_gzip(request: HttpRequest) -> bool:
    """Whether whoever asks can read gzip: what is named with a weight of 0 is refused (RFC 9110, 12.5.3)."""
    takes: dict[str, bool] = {}
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        takes[name.strip()] = _REFUSED.fullmatch(weight) is None
    return takes.get("gzip", takes.get("*", False))


def packed_response(
    request: HttpRequest, packed: bytes, *, plain: Callable[[], bytes], content_type: str
) -> HttpResponse:
    """What is kept as gzip: as it is for whoever takes that, and ``plain`` for everybody else."""
    takes = takes_gzip(request)
    response = HttpResponse(packed if takes else plain(), content_type=content_type)
    if takes:
        response.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


class CompressingMiddleware(GZipMiddleware):
    """Django's, which lengthens each answer by chance, so that its size tells nothing of a secret in it; for text alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response, compressed where it is text and the browser takes gzip."""
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in _TEXT:
            return response
        if not takes_gzip(request):
            patch_vary_headers(response, ["Accept-Encoding"])
            return response
        return super().process_response(request, response)
