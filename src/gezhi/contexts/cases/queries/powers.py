"""The catalogue of delegated powers."""

from __future__ import annotations

from gezhi.contexts.cases.models import Power


def count_powers() -> int:
    """How many delegated powers are in the catalogue and in effect."""
    return Power.objects.filter(valid_to__isnull=True).count()
