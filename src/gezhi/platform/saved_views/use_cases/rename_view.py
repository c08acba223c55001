"""Give a saved view another name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import require
from gezhi.platform.saved_views.one_view import locked_view
from gezhi.platform.saved_views.queries import ViewRow, row_of
from gezhi.platform.saved_views.record import record_shared
from gezhi.platform.saved_views.use_cases.save_view import readable, require_free
from gezhi.platform.steps.listing import ListTool


def rename_view(*, actor: Actor, tool: ListTool[Any, Any], view_id: int, name: str, now: datetime) -> ViewRow:
    """Rename one's own view or one of one's office.

    Raises ``NotFound`` for any other, ``InvalidInput`` for a bad name, ``Conflict`` for one that is given already.
    """
    with transaction.atomic():
        view = locked_view(actor, view_id, list_name=tool.name)
        require(actor, "rename_view", view)
        view.name = readable(name)
        require_free(view)
        view.save(update_fields=["name"])
        record_shared(view, actor=actor, action="views.renamed", now=now)
    return row_of(view)
