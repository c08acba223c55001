"""Where the live edge is, as the browser sees it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gezhi.interfaces.web.notices.waiting import keep_waiting, unread_in
from gezhi.kernel.reading import whole_number
from gezhi.platform.outbox.publish import LATEST
from gezhi.platform.prepared import Inquiry, answers

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
    between is heard twice, never missed. One query."""
    feed: dict[str, Any] = live_feed_beside(request)[0]
    return feed


def live_feed_beside(request: HttpRequest, *inquiries: Inquiry[Any]) -> list[Any]:
    """The same, and the answers to what else the page asks for, of the same moment. One query for all, with the notices that wait
    for the person."""
    origin = live_origin(request)
    since, waiting, *others = answers(LATEST, unread_in(request), *inquiries)
    keep_waiting(request, waiting)
    return [{"since": since, "stream": f"{origin}/live/cases" if origin else ""}, *others]
