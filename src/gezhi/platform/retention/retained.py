"""What the program keeps: why, for how long, on which basis. Each app names its own where it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gezhi.kernel.steps import Words
from gezhi.platform.registry import Registry


@dataclass(frozen=True, slots=True)
class Retained:
    """Something that is kept. ``days``: for how long unless the city decides otherwise; None: for good. ``least``, ``most``:
    what the city may choose; both 0: nothing. ``would_go``: how many would go at an instant if it were kept for so many days.
    ``from_then``: another time holds for what comes in from then on; what is there keeps the end that it was given."""

    what: Words
    why: Words
    basis: Words
    days: int | None
    least: int = 0
    most: int = 0
    would_go: Callable[[int, datetime], int] | None = None
    from_then: bool = False

    @property
    def chosen_by_city(self) -> bool:
        """Whether the city decides how long."""
        return self.most > 0


RETAINED: Registry[Retained] = Registry("what is kept")
