"""What the vault tells the person whose data it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

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
    own: bool
    by_program: bool
    actor_id: int | None = None


@dataclass(frozen=True, slots=True)
class OwnLooks:
    """The person's own looks: how many, the last of them."""

    count: int
    last: datetime | None


def held(*, subject_type: str, subject_id: str) -> list[Held]:
    """The records kept about a subject, newest first."""
    rows = PersonalRecord.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("-created_at")
    return [Held(*values) for values in rows.values_list("purpose", "created_at", "expires_at", "erased_at")]


def looks(*, subject_type: str, subject_id: str, own_label: str, limit: int = 100) -> list[Look]:
    """Who looked at these records or erased them, newest first. The person's own looks are left out (``own_looks``):
    each visit of this very list is one, and they would bury the others."""
    rows = _accesses(subject_type, subject_id).exclude(_own(own_label)).order_by("-at", "-pk")
    return [
        Look(
            at,
            label,
            action,
            reason,
            own=label == own_label,
            by_program=actor_id is None and label != own_label,
            actor_id=actor_id,
        )
        for at, label, action, reason, actor_id in rows.values_list(
            "at", "actor_label", "action", "reason", "actor_id"
        )[:limit]
    ]


def own_looks(*, subject_type: str, subject_id: str, own_label: str) -> OwnLooks:
    """How often the person looked at their own records, and when last."""
    return OwnLooks(
        **_accesses(subject_type, subject_id).filter(_own(own_label)).aggregate(count=Count("pk"), last=Max("at"))
    )


def _accesses(subject_type: str, subject_id: str) -> QuerySet[PersonalDataAccess]:
    return PersonalDataAccess.objects.filter(record__subject_type=subject_type, record__subject_id=subject_id)


def _own(own_label: str) -> Q:
    return Q(actor_label=own_label, actor_id__isnull=True, action="read")


def that_exist(record_ids: Sequence[Any]) -> set[str]:
    """Which of these records are there, erased or not: their ids in hexadecimal."""
    if not record_ids:
        return set()
    return {key.hex for key in PersonalRecord.objects.filter(pk__in=record_ids).values_list("pk", flat=True)}


def holds_sealed() -> bool:
    """Whether there is any content that the vault key has sealed."""
    return PersonalRecord.objects.filter(sealed__isnull=False).exists()


def count_due(*, subject_type: str, now: datetime) -> int:
    """How many records about such subjects have reached their end and are not erased yet. One query."""
    return PersonalRecord.objects.filter(
        subject_type=subject_type, expires_at__lte=now, erased_at__isnull=True, sealed__isnull=False
    ).count()
