"""From when a version of a table may be in force."""

from __future__ import annotations

from datetime import datetime, timedelta

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled

# Whoever writes today's date means at once; what lies further back or ahead is a slip of the pen.
_BACK, _AHEAD = timedelta(days=1), timedelta(days=100 * 366)


def require_likely(start: datetime | None, *, now: datetime) -> None:
    """Raises ``InvalidInput`` for a day that is past, or more than a hundred years ahead. Both instants are aware."""
    if start is not None and not now - _BACK < start < now + _AHEAD:
        said = filled("%(day)s is past, or more than a hundred years ahead", day=f"{start:%Y-%m-%d}")
        raise InvalidInput("unlikely_start", said, field="effective")
