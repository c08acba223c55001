"""How many notices wait for whoever looks at a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import ngettext

from gezhi.interfaces.web.audiences import actor_in
from gezhi.platform.notices.queries import MOST_COUNTED, unread_by
from gezhi.platform.prepared import Inquiry


@dataclass(frozen=True, slots=True)
class Waiting:
    """``short``: as the bell shows it; ``words``: as it is read out."""

    count: int
    short: str
    words: str


def unread_in(request: HttpRequest) -> Inquiry[int]:
    """How many notices wait for the person, to be asked along with more; ``keep_waiting`` takes the answer."""
    user_id = actor_in(request).user_id
    return Inquiry([], lambda _rows: 0) if user_id is None else unread_by(user_id)


def keep_waiting(request: HttpRequest, count: int) -> None:
    """Keep for the rest of the request how many notices wait."""
    known: Any = request
    known.notices_waiting = count


def waiting_for(request: HttpRequest) -> Waiting:
    """The notices that wait for the person. One query, none where a part of the page has asked already."""
    known: Any = request
    count = known.notices_waiting if hasattr(known, "notices_waiting") else unread_in(request).alone()
    short = f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
    words = ngettext("%(count)s new notice", "%(count)s new notices", count) % {"count": short}
    return Waiting(count, short, words)
