"""Write one audit record: the door for every use case outside cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.chain import append
from gezhi.platform.audit.models import AuditRecord

CHAIN = "audit"


def record(
    *, actor: Actor, action: str, object_type: str, object_id: object, data: dict[str, Any] | None = None, now: datetime
) -> None:
    """Append the record of one change of state. Call inside the transaction of the change.

    ``data`` must be plain JSON and must hold no personal data: the record outlives every erasure.
    """
    row = {
        "at": now,
        "actor_id": actor.user_id,
        "actor_label": actor.label,
        "action": action,
        "object_type": object_type,
        "object_id": str(object_id),
        "data": data or {},
    }
    append(CHAIN, AuditRecord, [row])
