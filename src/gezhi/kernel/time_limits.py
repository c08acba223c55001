"""Time limits as city tables write them: an amount, the kind of time it counts, and the words it came from.

Source of the four kinds: the handling limits of urban grid management (处置时限; GB/T 30428.8 and the tables that
cities publish under it). The free text is kept beside the parsed value, because some limits say more than a number
("planting season 15 working days").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class LimitKind(StrEnum):
    """Which time a limit counts."""

    URGENT_HOUR = "urgent_hour"  # 紧急工作时: the wall clock; nights, weekends and holidays count
    WORK_HOUR = "work_hour"  # 工作时: only inside office hours
    WORK_DAY = "work_day"  # 工作日: the office time of one standard day, make-up days included
    NATURAL_DAY = "natural_day"  # 自然日: the wall clock, 24 hours a day


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` units of ``kind``; ``text`` is what the table said, word for word."""

    amount: float
    kind: LimitKind
    text: str = ""


# The expression tries longer words first: "工作日" is not "日", "紧急工作时" not "工作时". An urgent day is 24 urgent
# hours.
_UNITS: dict[str, tuple[LimitKind, int]] = {
    "紧急工作时": (LimitKind.URGENT_HOUR, 1),
    "紧急小时": (LimitKind.URGENT_HOUR, 1),
    "紧急工作日": (LimitKind.URGENT_HOUR, 24),
    "紧急日": (LimitKind.URGENT_HOUR, 24),
    "紧急天": (LimitKind.URGENT_HOUR, 24),
    "工作小时": (LimitKind.WORK_HOUR, 1),
    "工作时": (LimitKind.WORK_HOUR, 1),
    "小时": (LimitKind.WORK_HOUR, 1),
    "工作日": (LimitKind.WORK_DAY, 1),
    "自然日": (LimitKind.NATURAL_DAY, 1),
    "自然天": (LimitKind.NATURAL_DAY, 1),
    "天": (LimitKind.WORK_DAY, 1),
    "日": (LimitKind.WORK_DAY, 1),
    "UH": (LimitKind.URGENT_HOUR, 1),
    "UD": (LimitKind.URGENT_HOUR, 24),
    "WH": (LimitKind.WORK_HOUR, 1),
    "WD": (LimitKind.WORK_DAY, 1),
    "ND": (LimitKind.NATURAL_DAY, 1),
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_LIMIT = re.compile(rf"([0-9]+(?:\.[0-9]+)?)\s*个?\s*({_UNIT})", re.IGNORECASE)


@lru_cache(maxsize=1024)
def parse_limit(text: str) -> Limit:
    """Read one limit out of a table's cell: ``2UH``, ``15 WD``, ``4工作时``, ``3天``, ``植树季节15工作日``.

    ``小时`` without a qualifier is working hours and ``天``/``日`` working days, as the city tables use them.
    Raises ``ValueError`` when the text holds no limit, or more than one (``2UD / 15WD`` are two filing conditions:
    split them first).
    """
    found = _LIMIT.findall(text)
    if not found:
        raise ValueError(f"no time limit in '{text}': expected an amount and a unit such as 2UH, 4WH, 5WD, 3ND")
    if len(found) > 1:
        raise ValueError(f"{len(found)} time limits in '{text}': give one at a time")
    amount, unit = found[0]
    kind, factor = _UNITS[unit.upper()]
    return Limit(amount=float(amount) * factor, kind=kind, text=text.strip())


# A limit of a city's table beyond this is a slip of the pen: two years of each kind of time.
_MOST: dict[LimitKind, float] = {
    LimitKind.URGENT_HOUR: 2 * 366 * 24,
    LimitKind.WORK_HOUR: 2 * 366 * 8,
    LimitKind.WORK_DAY: 2 * 366,
    LimitKind.NATURAL_DAY: 2 * 366,
}
# Shorter than six minutes no clock is.
_LEAST = 0.1
# An amount and its unit, and words beside them ("植树季节15工作日", "1UH (stop)") that say no number of their own: of "1,5WD",
# "3至5天" and "2小时30分" the expression above would read a part.
_BESIDE = r"[^\d零〇一二两三四五六七八九十百千半.,，．+\-−－﹣‐–~～]*"
_AMOUNT = r"[0-9]{1,5}(?:\.[0-9]{1,2})?"
_WHOLE = re.compile(rf"(?:{_BESIDE}(?<![a-z]))?{_AMOUNT}\s*个?\s*(?:{_UNIT})(?![a-z]){_BESIDE}", re.IGNORECASE)


def longest(kind: LimitKind) -> float:
    """The most of a kind of time that a table may put in force, in its unit."""
    return _MOST[kind]


def table_limit(text: str) -> Limit:
    """A limit that may be put in force: as ``parse_limit`` reads it, nothing of the text unread, six minutes to two years.

    Raises ``ValueError``.
    """
    if not _WHOLE.fullmatch(text.strip()):
        raise ValueError(f"'{text}' is no time limit: expected an amount and a unit such as 2UH, 4WH, 5WD, 3ND")
    limit = parse_limit(text)
    if not _LEAST <= limit.amount <= _MOST[limit.kind]:
        raise ValueError(f"'{text}' is not between six minutes and two years")
    return limit
