"""End a grant: the right stops now, the record that it was held stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gezhi.kernel.errors import NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.models import Grant
from gezhi.platform.access.necessary import require_others
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_changes
from gezhi.platform.audit.record import record


def end_grant(*, actor: Actor, grant_id: int, now: datetime) -> None:
    """End a grant at ``now``.

    Raises ``NotAllowed`` for anyone but a security administrator of its area, ``NotFound``, and ``Conflict``
    (``last_holder``) for the last one of an administration of the whole city.
    """
    with transaction.atomic():
        grant = Grant.objects.not_ended(now).select_for_update().filter(pk=grant_id).first()
        if grant is None:
            require_in(actor, "end_grant")
            raise NotFound("no_grant", f"there is no grant {grant_id} in force")
        require_in(actor, "end_grant", [grant.area_id])
        require_others([grant], now=now)
        grant.valid_to = now
        with seal_changes(Grant.objects.filter(pk=grant_id)):
            grant.save(update_fields=["valid_to"])
        record(
            actor=actor,
            action="access.ended",
            object_type="grant",
            object_id=grant_id,
            data={"user": grant.user_id, "role": grant.role, "area": grant.area_id},
            now=now,
        )
