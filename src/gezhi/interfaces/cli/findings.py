"""What ``gezhi doctor`` finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Weight = Literal["ok", "note", "stops"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``note`` is a lack that something can do without; ``stops`` must be mended first."""

    subject: str
    weight: Weight
    found: str
    remedy: str = ""
