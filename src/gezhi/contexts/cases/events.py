"""What the cases context tells the others beside the steps of its cases: one event for a batch that is imported."""

from __future__ import annotations

from datetime import datetime

from gezhi.platform.outbox.publish import publish

IMPORTED = "cases.imported"


def cases_imported(*, source: str, rows: int, touched: dict[str, list[int]], now: datetime) -> int:
    """Publish that ``rows`` cases came in at once: too many to tell one by one, so listeners take a fresh snapshot. Returns
    the event's id.

    ``touched``: the areas and bodies of these cases (``steps.topics.touched_by``); who sees none of them hears nothing.
    """
    payload = {"rows": rows, "touched": touched}
    return publish(type=IMPORTED, subject=source, district_id=None, payload=payload, now=now)
