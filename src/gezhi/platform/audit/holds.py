"""Whether anything was ever sealed with the audit key."""

from __future__ import annotations

from gezhi.platform.audit.models import ChainHead


def holds_chains() -> bool:
    """Whether a chain has a row."""
    return ChainHead.objects.filter(seq__gt=0).exists()
