"""What the powers context tells the others beside the steps: one event for many powers that are entered at once."""

from __future__ import annotations

from datetime import datetime

from gezhi.platform.outbox.publish import publish

ENTERED_MANY = "powers.entered"


def powers_entered(*, rows: int, touched: dict[str, list[int]], now: datetime) -> int:
    """Publish that ``rows`` powers were entered at streets, which listeners read afresh. Returns the event's id.

    ``touched``: the areas of these streets (``steps.topics.touched_by``).
    """
    payload = {"rows": rows, "touched": touched}
    return publish(type=ENTERED_MANY, subject="register", district_id=None, payload=payload, now=now)
