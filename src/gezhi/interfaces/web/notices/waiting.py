"""How many notices wait for whoever looks at a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import ngettext

from gezhi.interfaces.web.audiences import actor_in
from gezhi.platform.notices.queries import MOST_COUNTED, count_unread


@dataclass(frozen=True, slots=True)
class Waiting:
    """``short``: as the bell shows it; ``words``: as it is read out."""

    count: int
    short: str
    words: str


def waiting_for(request: HttpRequest) -> Waiting:
    """The notices that wait for the person. One query."""
    user_id = actor_in(request).user_id
    count = 0 if user_id is None else count_unread(user_id)
    short = f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
    words = ngettext("%(count)s new notice", "%(count)s new notices", count) % {"count": short}
    return Waiting(count, short, words)
