"""Instants as a page says them: in the reader's language and the city's time, as of now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from html import escape

from django.utils import timezone
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
    # By state and whether it is past; by minutes.
    _due: dict[tuple[str, bool], str] = field(default_factory=dict)
    _spans: dict[int, str] = field(default_factory=dict)

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
        past = left < timedelta(0)
        words_of = self._due.get((status, past))
        if words_of is None:
            words_of = self._due[status, past] = str(words.DUE.get(status, words.DUE[""])[0 if past else 1])
        minutes = _minutes(left)
        span = self._spans.get(minutes)
        if span is None:
            span = self._spans[minutes] = span_words(left)
        local = moment.astimezone(self.zone)
        title = f"{words.day_of(local, english=self.english)} {_clock(local)}"
        return SafeString(
            f'<span class="due" data-tone="{"urgent" if past else "warn" if left < SOON else "plain"}"'
            f' data-until="{int(moment.timestamp())}" title="{escape(title)}">{escape(words_of % {"span": span})}</span>'
        )


def span_words(span: timedelta) -> str:
    """3 天 4 小时, 2 小时 10 分, 5 分: the two largest units."""
    minutes = _minutes(span)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes and not days:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    return (" " if words.english() else "").join(parts[:2])


def _minutes(span: timedelta) -> int:
    return max(1, round(abs(span.total_seconds()) / 60))


def _clock(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"
