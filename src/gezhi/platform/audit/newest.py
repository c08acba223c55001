"""When the record last grew."""

from __future__ import annotations

from datetime import datetime

from gezhi.platform.audit.models import AuditRecord


def newest_record() -> datetime | None:
    """The time of the newest audit record; None where there is none."""
    return AuditRecord.objects.order_by("-id").values_list("at", flat=True).first()
