"""The record of what happens to views that an office shares. What is one person's own is nobody else's business."""

from __future__ import annotations

from datetime import datetime

from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.record import record
from gezhi.platform.saved_views.models import SavedView


def record_shared(view: SavedView, *, actor: Actor, action: str, now: datetime) -> None:
    """Record a change of a shared view. Neither its name nor its filters: a search may hold what is personal."""
    if not view.role:
        return
    record(
        actor=actor,
        action=action,
        object_type="saved_view",
        object_id=view.pk,
        data={"list": view.list_name, "role": view.role, "area": view.area_id, "organisation": view.organisation_id},
        now=now,
    )
