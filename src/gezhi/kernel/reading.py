"""Read numbers, degrees, days and instants that somebody typed or sent: a value that is safe to go on with, or None.

The one reading for every edge. What Python would accept beyond it is what fails later: other scripts' digits that are none
of ``int``, numbers of thousands of digits, keys beyond 64 bits, years in which no time zone works.
"""

from __future__ import annotations

import re
from datetime import datetime
from math import isfinite

# A key of the database; what lies outside 64 bits cannot be one.
MOST = 2**63 - 1
_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,20}\.?[0-9]{0,30}|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_LONGEST_INSTANT = 40
# Far from the ends of the calendar, where a change of zone leaves it; wide enough for any city's archive.
FIRST_YEAR, LAST_YEAR = 1900, 2200
# Signs that are not seen but turn the order of all that follows around (a name could end a line, or a page, backwards).
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROLS = (
    dict.fromkeys(map(ord, _TURNING + "\0"))
    | dict.fromkeys((*range(1, 32), *range(127, 160), 0x2028, 0x2029), " ")
)  # fmt: skip


def whole_number(text: str, *, least: int = 0, most: int = MOST) -> int | None:
    """A whole number in ASCII digits, from ``least`` to ``most``."""
    text = text.strip()
    if not _DIGITS.fullmatch(text):
        return None
    number = int(text)
    return number if least <= number <= most else None


def row_id(text: str) -> int | None:
    """A key of a row: 1 to 2⁶³ − 1."""
    return whole_number(text, least=1)


def degrees(text: str, *, most: float) -> float | None:
    """An angle from −``most`` to ``most`` degrees."""
    text = text.strip()
    if not _DECIMAL.fullmatch(text):
        return None
    number = float(text)
    return number if isfinite(number) and -most <= number <= most else None


def is_plausible(moment: datetime) -> bool:
    """Whether the instant lies where every time zone and database works."""
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def day_or_instant(text: str) -> datetime | None:
    """``2026-11-22`` or an ISO 8601 instant, with its zone where one is written."""
    text = text.strip()
    if len(text) > _LONGEST_INSTANT or not text.isascii():
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if is_plausible(moment) else None


def without_controls(text: str) -> str:
    """A name as one line that is read in its own order: ends of lines and other controls are blanks, what would turn the
    order of reading is left out."""
    return text.translate(_CONTROLS)
