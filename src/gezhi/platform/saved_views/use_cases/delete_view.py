"""Delete a saved view."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import require
from gezhi.platform.saved_views.models import SavedView
from gezhi.platform.saved_views.one_view import locked_view
from gezhi.platform.saved_views.queries import ViewRow, row_of
from gezhi.platform.saved_views.record import record_shared
from gezhi.platform.steps.listing import ListTool


def delete_view(*, actor: Actor, tool: ListTool[Any, Any], view_id: int, now: datetime) -> ViewRow:
    """Delete one's own view or one of one's office; what it was is handed back, so that it can be saved again.

    Raises ``NotFound`` for any other.
    """
    with transaction.atomic():
        view = locked_view(actor, view_id, list_name=tool.name)
        require(actor, "delete_view", view)
        was = row_of(view)
        record_shared(view, actor=actor, action="views.deleted", now=now)
        SavedView.objects.filter(pk=view.pk).delete()
    return was
