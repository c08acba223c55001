"""Instants as people write them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled


def instant(text: str, *, field: str) -> datetime:
    """An instant as somebody writes it, in the city's time where none is told. Raises ``InvalidInput`` (``bad_instant``)."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        said = filled("'%(text)s' is no date: write 2026-12-01 or 2026-12-01T08:00", text=text)
        raise InvalidInput("bad_instant", said, field=field) from error
    return found if found.tzinfo else timezone.make_aware(found)
