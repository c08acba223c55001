"""Whose pages and whose waiting forms a device keeps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from gezhi.interfaces import problem
from gezhi.interfaces.failures import problem_response
from gezhi.kernel.errors import Conflict

# The mark of the account that a form was written by, with a form that was kept on the device.
WRITTEN_BY = "Gezhi-Person"
_DIGITS = 20

View = Callable[..., HttpResponse]


def person_mark(request: HttpRequest) -> str:
    """What a device calls the account that is signed in: the same each time, and nothing can be told from it. Empty: nobody."""
    # A request that was refused early has met nobody who would know.
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    return salted_hmac("gezhi.device", str(user.pk), algorithm="sha256").hexdigest()[:_DIGITS]


def only_by_its_writer(view: View) -> View:
    """A form that was kept on the device is taken from the account that wrote it alone: 409 (``another_person``) else."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get(WRITTEN_BY, "") != person_mark(request):
            error = Conflict("another_person", "this was written by another account")
            return problem_response(
                status=problem.status(error), title=problem.title(error), code=error.code, detail=problem.words(error)
            )
        return view(request, *args, **kwargs)

    return guarded
