"""Where the live edge is, as the browser sees it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gezhi.kernel.reading import whole_number
from gezhi.platform.outbox.publish import latest_id

OFF = "off"


def live_origin(request: HttpRequest) -> str:
    """``http://host:port`` of the live edge; empty where there is none.

    ``GEZHI_LIVE_ORIGIN`` says it (``off``: none); without it the edge is on the next port of this host, as ``gezhi serve``
    arranges it.
    """
    told = settings.LIVE_ORIGIN
    if told:
        return "" if told == OFF else told
    host, _, port = request.get_host().rpartition(":")
    number = whole_number(port, least=1, most=65_534)
    if not host or number is None:
        return ""
    return f"{request.scheme}://{host}:{number + 1}"


def live_feed(request: HttpRequest) -> dict[str, Any]:
    """Where a page hears of changes, and from which event on. Call it before the page's rows are read: an event in
    between is heard twice, never missed."""
    origin = live_origin(request)
    return {"since": latest_id(), "stream": f"{origin}/live/cases" if origin else ""}
