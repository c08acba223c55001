"""Pages and JSON go compressed to whoever takes that; pictures and files, which gain nothing by it, as they are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

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


class CompressingMiddleware(GZipMiddleware):
    """Django's, which lengthens each answer by chance, so that its size tells nothing of a secret in it; for text alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response, compressed where it is text and the browser takes gzip."""
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in _TEXT:
            return response
        return super().process_response(request, response)
