"""The spans of time that the figures are of, and the span before each, which they are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezhi.kernel.periods import Period


@dataclass(frozen=True, slots=True)
class Span:
    """Half open: from ``since`` to ``until``; ``before`` is as long and ends where the same hour was.

    ``period``: the same days as a list is narrowed to them. It ends with the day, after which nothing has happened yet.
    """

    key: str
    period: Period
    name: str | Promise
    since: datetime
    until: datetime
    before_since: datetime
    before_until: datetime
    before_name: str | Promise


def span_of(key: str, now: datetime) -> Span:
    """``today`` since local midnight against yesterday to the same hour; ``week``: seven days against the seven before."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if key == "week":
        length = timedelta(days=7)
        since = midnight - timedelta(days=6)
        return Span(
            key,
            Period.LAST_7_DAYS,
            _("Last 7 days"),
            since,
            now,
            since - length,
            now - length,
            _("the seven days before"),
        )
    day = timedelta(days=1)
    return Span(
        "today", Period.TODAY, _("Today"), midnight, now, midnight - day, now - day, _("yesterday to this hour")
    )
