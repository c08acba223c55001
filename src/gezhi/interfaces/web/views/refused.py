"""The page for requests that cannot be read at all: no browser of ours sends them, but a person may still read it."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 for what is too large, 400 for the rest, in words."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        words, status = _("This is more than one form may send: at most 9 pictures of 12 MB."), 413
    else:
        words, status = _("This request cannot be read. Go back and try again."), 400
    return render(request, "web/error.html", {"status": status, "words": words}, status=status)
