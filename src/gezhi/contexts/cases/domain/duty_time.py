"""When a row of the duty table holds: in some months and hours of the city's local time.

``5-10`` are the months from May to October, ``11-2`` those from November to February; ``18-24`` are the hours from six in the
evening to midnight, ``22-6`` those of the night. Commas stand between several. Nothing written: always.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

MAX_SPANS = 40
MONTHS, HOURS = 12, 24
_SPAN = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)
# How else a clerk writes a span: a spreadsheet takes 5-10 for a day in May.
_AS_SIGNS = str.maketrans(
    {"至": "-", "到": "-", "~": "-", "～": "-", "－": "-", "–": "-", "—": "-", "，": ",", "、": ","}
)
_UNITS = re.compile(r"[月时点\s]")


def plain_spans(text: str) -> str:
    """Spans in the signs of the table, whichever way they were written: ``5月至10月`` is ``5-10``."""
    return _UNITS.sub("", text).translate(_AS_SIGNS)


def months_in(text: str) -> frozenset[int]:
    """The months (1 to 12) of ``5-10``, ``12`` or ``1-3,11``; all of them where nothing is written. Raises ``ValueError``."""
    found: set[int] = set()
    for first, last in _spans(text, "months"):
        if not 1 <= first <= MONTHS or not 1 <= (last or first) <= MONTHS:
            raise ValueError(f"'{text}' does not name months")
        found |= {(first - 1 + step) % MONTHS + 1 for step in range(((last or first) - first) % MONTHS + 1)}
    return frozenset(found or range(1, MONTHS + 1))


def hours_in(text: str) -> frozenset[int]:
    """The hours (0 to 23, each by its beginning) of ``18-24`` or ``22-6``; all of them where nothing is written. Raises
    ``ValueError``."""
    found: set[int] = set()
    for first, end in _spans(text, "hours"):
        if end is None or not 0 <= first < HOURS or not 0 <= end <= HOURS or first == end:
            raise ValueError(f"'{text}' does not name hours")
        found |= {(first + step) % HOURS for step in range((end - first) % HOURS or HOURS)}
    return frozenset(found or range(HOURS))


def _spans(text: str, what: str) -> list[tuple[int, int | None]]:
    found = []
    for part in text.split(",") if text else ():
        span = _SPAN.fullmatch(part)
        if span is None:
            raise ValueError(f"'{text}' are no {what}")
        found.append((int(span[1]), None if span[2] is None else int(span[2])))
    return found


@lru_cache(maxsize=1024)
def slots_in(months: str, hours: str) -> frozenset[int]:
    """The hours of the year that both leave, as ``slot_of`` numbers them. Raises ``ValueError``."""
    return frozenset(month * HOURS + hour for month in months_in(months) for hour in hours_in(hours))


def slot_of(local: datetime) -> int:
    """The month and hour of a moment in the city's local time, as one number."""
    return local.month * HOURS + local.hour
