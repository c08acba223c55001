"""What is personal of an object lies in the vault, for a purpose and a time that its kind declares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gezhi.kernel.ids import uuid7
from gezhi.platform.retention.in_force import days_of
from gezhi.platform.steps.kind import Kind
from gezhi.platform.vault.vault import keep


def given_of(data: Mapping[str, str]) -> dict[str, str]:
    """What is kept of the fields of a form: those that are not empty."""
    return {name: value for name, value in data.items() if value}


def keep_personal(kind: Kind[Any], number: str, data: Mapping[str, str], *, now: datetime) -> UUID | None:
    """Keep what was given (empty values are not); returns the record's id for the kind's column, None where nothing was."""
    given = given_of(data)
    if not given:
        return None
    record_id = uuid7()
    keep(
        data=given,
        purpose=kind.purpose,
        subject_type=kind.name,
        subject_id=number,
        expires_at=now + timedelta(days=days_of(f"personal.{kind.name}", otherwise=kind.keep_days)),
        now=now,
        record_id=record_id,
    )
    return record_id
