"""Tell people something, inside the transaction of what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gezhi.kernel.filled import Filled
from gezhi.platform.notices.models import Notice


def tell(people: Iterable[int], *, topic: str, kind: str, reference: str, words: Filled, now: datetime) -> int:
    """Tell each of these accounts; returns how many there are. ``words`` must hold no personal data."""
    kept = words.kept()
    rows = [
        Notice(person_id=person, topic=topic, kind=kind, reference=reference, words=kept, at=now)
        for person in sorted(set(people))
    ]
    return len(Notice.objects.bulk_create(rows))
