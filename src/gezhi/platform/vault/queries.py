"""What the vault tells the person whose data it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.platform.vault.models import PersonalDataAccess, PersonalRecord


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept about one subject: since when, until when, whether it is gone. Not the content."""

    purpose: str
    created_at: datetime
    expires_at: datetime
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the content."""

    at: datetime
    actor_label: str
    action: str
    reason: str


def held(*, subject_type: str, subject_id: str) -> list[Held]:
    """The records kept about a subject, newest first."""
    rows = PersonalRecord.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("-created_at")
    return [Held(*values) for values in rows.values_list("purpose", "created_at", "expires_at", "erased_at")]


def looks(*, subject_type: str, subject_id: str, limit: int = 100) -> list[Look]:
    """Who looked at these records, newest first."""
    rows = PersonalDataAccess.objects.filter(record__subject_type=subject_type, record__subject_id=subject_id)
    return [
        Look(*values) for values in rows.order_by("-at").values_list("at", "actor_label", "action", "reason")[:limit]
    ]


def holds_sealed() -> bool:
    """Whether there is any content that the vault key has sealed."""
    return PersonalRecord.objects.filter(sealed__isnull=False).exists()
