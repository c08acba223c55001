"""The saved views that somebody has of a list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q

from gezhi.platform.access.actor import Actor
from gezhi.platform.saved_views.models import SavedView
from gezhi.platform.saved_views.policy import Office, office_of, offices_of
from gezhi.platform.steps.listing import ListTool

# Those of a person and of all their offices together.
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view. ``query`` is what ``ListTool.filters_from`` reads; ``office`` shares it, None: the reader's own."""

    id: int
    name: str
    query: str
    office: Office | None


def row_of(view: SavedView) -> ViewRow:
    """A view as it leaves the platform."""
    return ViewRow(view.pk, view.name, view.query, office_of(view))


def views_of(actor: Actor, tool: ListTool[Any, Any]) -> list[ViewRow]:
    """The person's own views of a list and those of their offices, their own first, by name. One query."""
    if actor.user_id is None:
        return []
    mine = Q(saved_by_id=actor.user_id, role="")
    shared = (
        Q(role=office.role.value, area_id=office.area_id, organisation_id=office.organisation_id)
        if office.organisation_id is not None
        else Q(role=office.role.value, area_id=office.area_id, organisation_id__isnull=True)
        for office in offices_of(actor)
    )
    found = SavedView.objects.filter(reduce(or_, shared, mine), list_name=tool.name)
    return [row_of(view) for view in found.order_by(F("area_id").asc(nulls_first=True), "name", "pk")[:MOST_SHOWN]]
