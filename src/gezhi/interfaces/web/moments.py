"""Instants as a page says them: in the reader's language and the city's time, as of now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from gezhi.interfaces.web import words
from gezhi.kernel.clock import now

# A deadline nearer than this asks for attention.
SOON = timedelta(hours=2)


@dataclass(slots=True)
class Moments:
    """Says instants. What all of them share (language, zone, now) is asked for once: a list has fifty."""

    english: bool = field(default_factory=words.english)
    zone: tzinfo = field(default_factory=timezone.get_current_timezone)
    now: datetime = field(default_factory=now)
    _due: dict[Promise, str] = field(default_factory=dict)

    def short(self, moment: datetime) -> SafeString:
        """14:05 today, 11月22日 14:05 this year, the whole date before."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone)
        if local.date() == today.date():
            text = _clock(local)
        elif local.year == today.year:
            text = f"{words.day_of_month(local, english=self.english)} {_clock(local)}"
        else:
            text = words.day_of(local, english=self.english)
        return SafeString(f'<time datetime="{local.isoformat()}">{escape(text)}</time>')

    def due(self, moment: datetime, status: str) -> SafeString:
        """How long is left until the deadline of a case in this state (or of anything: empty), or how long it is past."""
        left = moment - self.now
        tone = "urgent" if left < timedelta(0) else "warn" if left < SOON else "plain"
        past, ahead = words.DUE.get(status, words.DUE[""])
        said = past if tone == "urgent" else ahead
        text = self._due.get(said)
        if text is None:
            text = self._due[said] = str(said)
        local = moment.astimezone(self.zone)
        title = f"{words.day_of(local, english=self.english)} {_clock(local)}"
        span = span_words(left)
        return SafeString(
            f'<span class="due" data-tone="{tone}" title="{escape(title)}">{escape(text % {"span": span})}</span>'
        )


def span_words(span: timedelta) -> str:
    """3 天 4 小时, 2 小时 10 分, 5 分: the two largest units."""
    minutes = max(1, round(abs(span.total_seconds()) / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes and not days:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    return (" " if words.english() else "").join(parts[:2])


def _clock(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"
