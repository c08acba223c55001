"""How values look on a page: times, deadlines, states, masked names and numbers."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from html import escape as plainly_escaped
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import PrefixNode, static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from gezhi.interfaces import problem
from gezhi.interfaces.web import words
from gezhi.interfaces.web.moments import Moments, span_words
from gezhi.interfaces.web.place_words import place_with_address
from gezhi.interfaces.web.shipped_words import as_shipped
from gezhi.platform.retention.in_force import days_in_force

register = template.Library()
register.filter(as_shipped)

_FIGURE_AND_UNIT = re.compile(r"(\d+)(\D+?)(?=\s*\d|$)")


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; the words beside it say the same, so screen readers skip it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("web/icons.svg"),
        name,
    )


@functools.cache
def chunks() -> dict[str, dict[str, Any]]:
    """The front end's own list of what it was built into; nothing where it is not built."""
    listed = finders.find("build/chunks.json")
    return json.loads(Path(listed).read_text(encoding="utf-8")) if isinstance(listed, str) else {}


@register.simple_tag
def script_parts() -> SafeString:
    """Have the browser ask for the parts of the page's script together with it, and not after it; for their parts too, which it
    would otherwise find out about when it has those."""
    addresses = ((_address(chunks()[part]["file"]),) for part in _parts("src/app.ts"))
    return format_html_join("\n  ", '<link rel="modulepreload" href="{}">', addresses)


def _parts(name: str) -> list[str]:
    """What a chunk imports at once, and what that imports, each once, by the names of the list."""
    found: dict[str, None] = {}
    ahead = list(chunks().get(name, {}).get("imports", ()))
    while ahead:
        part = ahead.pop(0)
        if part not in found:
            found[part] = None
            ahead += chunks()[part].get("imports", ())
    return list(found)


@register.simple_tag
def map_ahead() -> SafeString:
    """On a page that is about its map: have the browser ask for all that the map is drawn with, beside the page's own script."""
    ahead = chunks().get("src/map/ahead.ts")
    return (
        format_html('<script type="module" async src="{}"></script>', _address(ahead["file"]))
        if ahead
        else SafeString()
    )


@register.simple_tag
def map_worker() -> str:
    """Where the map's engine has the script of its worker; empty where the front end is not built."""
    entries = (chunk["file"] for chunk in chunks().values() if chunk.get("name") == "map_worker")
    return next((_address(file) for file in entries), "")


def _address(file: str) -> str:
    """Where a chunk is, by the name that other chunks know it by: under another, such as `static` may give, it is loaded twice."""
    return f"{PrefixNode.handle_simple('STATIC_URL')}build/{file}"


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """Date and time to the minute, 24 hours, local."""
    if moment is None:
        return "—"
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}">{} {}</time>', local.isoformat(), words.date_words(moment), f"{local:%H:%M}"
    )


@register.filter
def typed_in(values: object, field: str) -> list[str]:
    """What was typed into a field of facts by whoever sees the form again; nothing where it is new."""
    facts = values.get("facts", {}) if isinstance(values, dict) else {}
    typed: list[str] = facts.get(field, [])
    return typed


@register.filter
def day_words(day: date) -> str:
    """11月22日, 22 Nov."""
    return words.day_of_month(day, english=words.english())


@register.filter
def when_short(moment: datetime | None) -> SafeString | str:
    """14:05 today, 11月22日 14:05 this year, the whole date before."""
    if moment is None:
        return "—"
    return Moments().short(moment)


@register.filter
def span(length: timedelta | None) -> SafeString | str:
    """A length of time as a large figure: its units are small, and no line ends between a figure and its unit."""
    if length is None:
        return "—"
    parts = _FIGURE_AND_UNIT.findall(span_words(length))
    return format_html_join(
        " " if words.english() else "", '<span class="nowrap">{}<span class="tile-unit">{}</span></span>', parts
    )


@register.filter
def due(moment: datetime | None, status: Any = "") -> SafeString | str:
    """How long is left until a deadline, or how long it is past. Red only when it is past.

    With the ``status`` of a case it says for what: the deadline in force is that of the next step.
    """
    if moment is None:
        return ""
    return Moments().due(moment, str(status))


@register.filter
def status_chip(status: Any) -> SafeString:
    """A state of a case as a chip: shape and colour say the same as the words."""
    return format_html(
        '<span class="chip" data-tone="{}">{}</span>',
        words.STATUS_TONE.get(str(status), "plain"),
        words.of_status(status),
    )


@register.filter
def status_words(status: Any) -> str:
    """A state of a case in words."""
    return words.of_status(status)


@register.filter
def stage_words(stage: Any) -> str:
    """When a picture was taken, in words."""
    return words.of_stage(stage)


@register.filter
def outcome_words(outcome: Any) -> str:
    """What came of a case, in words."""
    return words.of_outcome(outcome)


@register.filter
def closing_words(closing: Any) -> str:
    """How a case was closed, where not in the ordinary way, in words."""
    return str(words.CLOSING.get(str(closing), closing))


@register.filter
def finding_words(finding: Any) -> str:
    """What a verification before filing found, in words."""
    return str(words.VERIFIED.get(str(finding), finding))


@register.filter
def appeal_words(appeal: Any) -> str:
    """How far an appeal against a timeout has come, in words."""
    return str(words.APPEAL.get(str(appeal), appeal))


@register.filter
def urgency_words(urgency: Any) -> str:
    """How urgent a case is, in words."""
    return str(words.URGENCY.get(str(urgency), urgency))


@register.filter
def channel_words(channel: Any) -> str:
    """How a report came in, in words."""
    return str(words.CHANNEL.get(str(channel), channel))


@register.filter
def reason_words(reason: Any) -> str:
    """A step of the way to a decision, in words."""
    return words.of_reason(reason)


@register.filter
def masked_phone(number: str | None) -> str:
    """138****1234; shorter numbers keep their last two digits."""
    digits = "".join(sign for sign in number or "" if sign.isdigit())
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-2:]}" if digits else ""


@register.filter
def in_a_row(names: Sequence[str]) -> str:
    """Names one after the other, as an address has them in the reader's language."""
    return words.in_a_row(names)


@register.filter
def local_name(thing: Any) -> str:
    """The name in the reader's language where there is one; ``thing`` has ``name`` and ``name_en``."""
    return words.local_name(thing)


@register.filter
def place_of_grant(grant: Any) -> str:
    """The area of an office, in the reader's language."""
    return words.place_of_grant(grant)


@register.filter
def or_english(name: str, name_en: str) -> str:
    """A name, or for readers of English its English form where there is one."""
    return words.in_language(name, name_en)


@register.filter
def unlocalized(number: float) -> str:
    """A figure for machines: a point and no grouping, whatever the language."""
    return repr(float(number))


@register.filter
def grouped(number: int | None) -> str:
    """12,345: thousands by comma, as both languages write them."""
    return "—" if number is None else f"{number:,}"


@register.filter
def delta(change: float, kind: str) -> str:
    """A change with its direction: ▲ 12, ▼ 1.4 points, ▼ 48.2%."""
    arrow = "▲" if change > 0 else "▼" if change < 0 else "＝"
    size = abs(change)
    if kind == "count":
        return f"{arrow} {round(size):,}"
    if kind == "share":
        return gettext("%(arrow)s %(size)s points") % {"arrow": arrow, "size": f"{size:.1f}"}
    return f"{arrow} {size:.1f}%"


@register.filter
def distance(metres: float) -> str:
    """850 m, 8.9 km: as exactly as anybody wants to know."""
    if metres < 1_000:
        return gettext("%(number)s m") % {"number": max(1, round(metres))}
    kilometres = metres / 1_000
    return gettext("%(number)s km") % {"number": f"{kilometres:.1f}" if kilometres < 9.95 else f"{kilometres:,.0f}"}


@register.filter
def roughly(metres: float) -> str:
    """40 m, 120 m, 600 m, 8.9 km: of what a device knows only roughly."""
    step = 10 if metres < 195 else 50
    return distance(max(step, round(metres / step) * step) if metres < 975 else max(1_000, metres))


@register.filter
def with_address(place: str, address: str | None) -> str:
    """A place and the words that lead to it, as each language joins them."""
    return place_with_address(place, address or "", between=", " if words.english() else "，")


@register.filter
def role_words(role: Any) -> str:
    """A role in words."""
    return str(words.ROLE.get(str(role), role))


@register.filter
def percent(share: float | None) -> str:
    """0.9834 → 98.3 %; a share of nothing is a dash, never a zero."""
    return "—" if share is None else f"{share * 100:.1f}%"


@register.simple_tag
def figure_cells(cells: Iterable[Any], address: str) -> SafeString:
    """The cells of a table of figures, each a link where it counts something (``shown``, ``query``): a tag and not a template,
    since a page has a thousand."""
    # Plain texts: what Django's own function asks of each, whether it be lazy, would be half of the cost.
    plain = [(plainly_escaped(cell.query), plainly_escaped(cell.shown)) for cell in cells]
    parts = (f'<a href="{address}?{query}">{shown}</a>' if query else shown for query, shown in plain)
    return mark_safe("".join(f'<td class="figure">{part}</td>' for part in parts))  # noqa: S308  (each part is escaped)


@register.filter
def error_words(error: Any) -> str:
    """An error of the kernel in the reader's language."""
    return problem.words(error)


@register.simple_tag
def personal_days() -> int:
    """For how many days the name and the number of a reporter are kept."""
    return days_in_force()["personal.case"]
