"""Whether anybody may follow a case by a code."""

from __future__ import annotations

from gezhi.contexts.cases.models import Case


def holds_follow_codes() -> bool:
    """Whether a case has a follow code."""
    return Case.objects.filter(follow_digest__isnull=False).exists()
