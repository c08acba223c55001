"""What a list is narrowed to, in words: of any list, from what its filters say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext

from gezhi.interfaces.web.words import PERIOD, date_words, english, local_name, said
from gezhi.kernel.periods import LONG_AGO
from gezhi.kernel.steps import Words
from gezhi.platform.steps.addresses import DaysIn
from gezhi.platform.steps.filtering import FilterBy
from gezhi.platform.steps.listing import ListTool

F = TypeVar("F")
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Told:
    """What narrows a list, in words; ``names`` are the filters that say it."""

    words: str
    names: list[str]


def filter_words(tool: ListTool[F, Any], filters: F, *, dated: bool = False) -> list[str]:
    """The words of ``filters_told``."""
    return [one.words for one in filters_told(tool, filters, dated=dated)]


def filters_told(tool: ListTool[F, Any], filters: F, *, dated: bool = False) -> list[Told]:
    """One text for each filter that narrows; the two ends of a span are one. A query for each name that the database has.

    ``dated``: days that are told from today are told by their dates, for what is read on another day.
    """
    found: list[Told] = []
    ends: dict[Words, list[datetime | None]] = {}
    spans: dict[Words, Told] = {}
    for name, value in tool.used(filters).items():
        by, _unused = tool.by[name]
        if isinstance(value, DaysIn) and by.says is not None:
            since = None if value.since.date() <= LONG_AGO else value.since
            days = _span(since, value.until) if dated else PERIOD[value.period.value]
            found.append(Told(f"{said(by.says)} {days}", [name]))
            continue
        ended = getattr(by.address, "ends", None)
        if ended is None or by.says is None:
            found.append(Told(_words(by, value), [name]))
            continue
        if by.says not in ends:
            ends[by.says] = [None, None]
            spans[by.says] = Told("", [])
            found.append(spans[by.says])
        ends[by.says][ended] = value
        told = spans[by.says]
        told.words = f"{said(by.says)} {_span(*ends[by.says])}"
        told.names.append(name)
    return found


def _words(by: FilterBy, value: Any) -> str:
    if by.named is None:
        return str(said(by.says)) if by.says is not None else gettext("“%(text)s”") % {"text": value}
    values: Sequence[Any] = value if isinstance(value, tuple) and not by.paired else (value,)
    return (", " if english() else "、").join(_name(by.named(one)) for one in values)


def _name(thing: Any) -> str:
    return str(said(thing)) if isinstance(thing, Words) else local_name(thing)


def _span(since: datetime | None, until: datetime | None) -> str:
    """From when to when. A span of whole days is told by its days."""
    if since is not None and until is not None:
        return gettext("%(since)s to %(until)s") % {"since": _moment(since), "until": _moment(until, end=True)}
    if since is not None:
        return gettext("since %(since)s") % {"since": _moment(since)}
    return gettext("until %(until)s") % {"until": _moment(until, end=True)} if until is not None else ""


def _moment(moment: datetime, *, end: bool = False) -> str:
    local = timezone.localtime(moment)
    if local.time() == local.time().min:
        return date_words(local - _DAY if end else local)
    return f"{date_words(local)} {local:%H:%M}"
