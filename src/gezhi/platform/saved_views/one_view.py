"""A saved view to be changed, locked."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from gezhi.kernel.errors import NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import may
from gezhi.platform.saved_views.models import SavedView


def locked_view(actor: Actor, view_id: int, *, list_name: str) -> SavedView:
    """The view, with whoever saved it locked. Raises ``NotFound`` for one that the actor does not see, too."""
    view = SavedView.objects.filter(pk=view_id, list_name=list_name).first()
    if view is None or not may(actor, "see_view", view):
        raise NotFound("no_view", f"there is no saved view {view_id}")
    get_user_model().objects.select_for_update().get(pk=view.saved_by_id)
    locked = SavedView.objects.select_for_update().filter(pk=view_id).first()
    if locked is None:
        raise NotFound("no_view", f"there is no saved view {view_id}")
    return locked
