"""Counts that anybody may see, without a small one among them.

All reports of a month are put into cells that share no report: each published figure is a cell or a sum of cells. A cell with
fewer than ``least`` reports is never published; its reports are put together with others, at first of like matters in the same
grid, then in the next larger area, and so on. What is left over at the end is in no figure, and told without a number: mostly
few reports, many where small counts are spread so thinly that no sum of them leaves each open. Since no two figures overlap but as
sums of the same cells, no difference between them is smaller than a cell; and a sum is told only where it leaves each
of the counts that went into it open. The same reports give the same cells.

What this cannot keep: whoever files reports of their own knows how many of a cell are theirs, and whoever knows by other means
which matters at all were reported in an area knows more of the parts of a sum than the table tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LEAST = 5
# Figures of the month that runs are told in these steps, of the whole city alone: what came in today is nobody's to see.
COARSE = 10
# And only once there are so many: whoever adds reports of their own to cross a step learns how many others there are.
WORTH_TELLING = 50
# The letters of a class code that name its major class.
MAJOR = 3
LEVELS = ("grid", "community", "street", "district", "city")


class Standing(StrEnum):
    """How a report stands, as the public is told it."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """The areas of a report, 0 where one is not known."""

    city: int
    district: int
    street: int
    community: int
    grid: int

    def within(self, level: str) -> Place:
        """The same without what is finer than a level."""
        kept = LEVELS[LEVELS.index(level) :]
        return Place(*(getattr(self, name) if name in kept else 0 for name in reversed(LEVELS)))

    @property
    def level(self) -> str:
        """The finest area that is known; empty where none is."""
        return next((name for name in LEVELS if getattr(self, name)), "")


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What the reports of a cell share. ``matter``: a class, a major class, or empty for any; ``standing`` empty for any."""

    place: Place
    matter: str
    standing: str


def merged(counts: Mapping[Key, int], *, least: int = LEAST) -> tuple[dict[Key, int], bool]:
    """The cells, each with ``least`` reports or more, and whether any reports are left over.

    Raises ``ValueError`` for a ``least`` below 2: a cell of one is a person.
    """
    if least < 2:
        raise ValueError(f"a cell has at least 2 reports, not {least}")
    left = {key: count for key, count in counts.items() if count > 0}
    cells: dict[Key, int] = {}
    for level, letters, standing in _steps():
        sums: Counter[Key] = Counter()
        for key, count in left.items():
            sums[_wider(key, level, letters, standing)] += count
        parts = Counter(_wider(key, level, letters, standing) for key in left)
        # Beside a part that is none of the small ones nobody can tell what these come to.
        open_ended = {_wider(key, level, letters, standing) for key, count in left.items() if count >= least}
        told = {
            key: count
            for key, count in sums.items()
            if count >= least and _is_of(key, level) and (key in open_ended or not _is_fixed(count, parts[key], least))
        }
        for key, count in told.items():
            cells[key] = cells.get(key, 0) + count
        left = {key: count for key, count in left.items() if _wider(key, level, letters, standing) not in told}
    return cells, bool(left)


def _is_fixed(count: int, parts: int, least: int) -> bool:
    """Whether a sum says too much of its parts, each of which has fewer than ``least`` reports: it is more than half of what they
    could hold. Who knows this rule can then tell none of them from the table: tried on every table of small worlds, where any wider
    rule told some."""
    return parts > 1 and count > parts * (least - 1) // 2


def _steps() -> list[tuple[str, int | None, bool]]:
    """From the narrowest to the widest: the level, how many letters of the class are kept (None: all), whether the standing is."""
    steps: list[tuple[str, int | None, bool]] = [
        (level, letters, True) for level in LEVELS for letters in (None, MAJOR, 0)
    ]
    return [*steps, ("city", 0, False)]


def _wider(key: Key, level: str, letters: int | None, standing: bool) -> Key:
    matter = key.matter if letters is None else key.matter[:letters]
    return Key(key.place.within(level), matter, key.standing if standing else "")


def _is_of(key: Key, level: str) -> bool:
    """Whether the place is known as far as the level asks; at the level of the city all are taken."""
    return level == "city" or bool(getattr(key.place, level))


def coarse(count: int, *, least: int = LEAST) -> int:
    """A count of the month that runs, of the whole city, rounded down, and ``least`` below what it is at that: where the cells of
    the month later leave out a handful, the difference between the two does not tell how many. 0 below ``WORTH_TELLING``."""
    return 0 if count < WORTH_TELLING else max(0, count - least) // COARSE * COARSE
