"""What is answered where no view can: a request that was not taken in, a full disk, a fault of our own.

A problem document for the API, a page for people. Whatever fails on the way here, something readable comes out.
"""

from __future__ import annotations

import sys
from typing import Any

import msgspec
import structlog
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext

from gezhi.interfaces import problem
from gezhi.interfaces.web import refusals
from gezhi.kernel.errors import GezhiError, Unavailable
from gezhi.platform.busy import is_busy
from gezhi.platform.files.room import is_disk_full

log = structlog.get_logger(__name__)

# Under this name of its environment a request carries the error for which its body was not taken in.
REFUSED = "gezhi.refused"
API = "/api/"
DISK_FULL_WAIT = 30
BUSY_WAIT = 10
_LAST_FAILURE = "disk.full"


def problem_response(
    *, status: int, title: str, code: str, detail: str, field: str | None = None, **more: Any
) -> HttpResponse:
    """An RFC 9457 document. ``code`` is stable; ``field`` names the input at fault."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    if field is not None:
        body["field"] = field
    body.update(more)
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/problem+json")


def refusal(request: HttpRequest, error: GezhiError) -> HttpResponse:
    """The answer to a request that ends in ``error``."""
    status = problem.status(error)
    if request.path.startswith(API):
        response = problem_response(
            status=status, title=problem.title(error), code=error.code, detail=problem.words(error), field=error.field
        )
    else:
        response = refusals.of_error(request, error)
    wait = problem.retry_after(error)
    if wait is not None:
        response.headers["Retry-After"] = wait
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 400: a problem document for the API, a page for people."""
    page = refusals.bad_request(request, exception)
    if not request.path.startswith(API):
        return page
    title = gettext("The server could not read this request")
    detail = str(exception) or title
    return problem_response(status=page.status_code, title=title, code="unreadable_request", detail=detail)


def no_room(request: HttpRequest) -> HttpResponse:
    """503: a disk is full. The page needs nothing that could itself want to be stored."""
    cache.set(_LAST_FAILURE, True, DISK_FULL_WAIT)
    log.error("disk.full", path=request.path, exc_info=True)
    error = Unavailable("disk_full", "the disk is full", wait=DISK_FULL_WAIT)
    if request.path.startswith(API):
        return refusal(request, error)
    response = HttpResponse(loader.render_to_string("503.html"), status=503)
    response.headers["Retry-After"] = str(DISK_FULL_WAIT)
    return response


def busy(request: HttpRequest) -> HttpResponse:
    """503: somebody else has been writing into the database for longer than a request waits."""
    log.warning("database.busy", path=request.path)
    return refusal(request, Unavailable("database_busy", "somebody else is writing", wait=BUSY_WAIT))


def met_a_full_disk() -> bool:
    """Whether a request of this process met a full disk in the last half minute."""
    return bool(cache.get(_LAST_FAILURE, False))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's last resort (``handler500``): for everything that nobody else has answered."""
    if is_disk_full(sys.exc_info()[1]):
        return no_room(request)
    if is_busy(sys.exc_info()[1]):
        return busy(request)
    if request.path.startswith(API):
        detail = gettext("Something went wrong on our side. It is on record; please try again later.")
        return problem_response(status=500, title=gettext("Server error"), code="server_error", detail=detail)
    return HttpResponse(loader.render_to_string("500.html"), status=500)
