"""The saved views that somebody has of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet

from gezhi.kernel.errors import NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, holders_of
from gezhi.platform.access.policies import may
from gezhi.platform.prepared import Inquiry, Prepared, Rows, Slot
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


def others_who_see(actor: Actor, tool: ListTool[Any, Any], view_id: int, *, now: datetime) -> int:
    """How many others see a view of the actor's: those who hold its office at ``now``; none of one's own.

    Raises ``NotFound`` for a view that the actor does not see.
    """
    view = SavedView.objects.filter(pk=view_id, list_name=tool.name).first()
    if view is None or not may(actor, "see_view", view):
        raise NotFound("no_view", f"there is no saved view {view_id}")
    office = office_of(view)
    if office is None:
        return 0
    return len(holders_of(office.role, office.area_id, office.organisation_id, now=now) - {actor.user_id})


def views_of(actor: Actor, tool: ListTool[Any, Any]) -> list[ViewRow]:
    """The person's own views of a list and those of their offices, their own first, by name. One query."""
    return asked_views(actor, tool).alone()


def asked_views(actor: Actor, tool: ListTool[Any, Any]) -> Inquiry[list[ViewRow]]:
    """The same, to be asked along with more."""
    if actor.user_id is None:
        return Inquiry([], lambda _rows: [])
    offices = list(offices_of(actor))
    values: dict[str, Any] = {"user_id": actor.user_id, "list_name": tool.name}
    for place, office in enumerate(offices):
        values |= {f"role_{place}": office.role.value, f"area_{place}": office.area_id}
        if office.organisation_id is not None:
            values[f"body_{place}"] = office.organisation_id
    query = _seen_in(tuple(office.organisation_id is not None for office in offices))
    return Inquiry([(query, values)], lambda rows: _view_rows(rows[0]))


def _view_rows(rows: Rows) -> list[ViewRow]:
    # Of each office alone the views of its area; one's own have none.
    ordered = sorted(rows, key=lambda row: (row[4] or 0, row[1], row[0]))
    return [
        ViewRow(pk, name, query, Office(Role(role), area_id, organisation_id) if role else None)
        for pk, name, query, role, area_id, organisation_id in ordered
    ]


@lru_cache(maxsize=64)
def _seen_in(of_bodies: tuple[bool, ...]) -> Prepared:
    """The views of somebody with so many offices; ``of_bodies`` says which of them are a body's."""
    slots: dict[str, Slot] = {"user_id": int, "list_name": str}
    for place, of_body in enumerate(of_bodies):
        slots |= {f"role_{place}": str, f"area_{place}": int} | ({f"body_{place}": int} if of_body else {})

    def build(user_id: int, list_name: str, **marks: Any) -> QuerySet[SavedView, Any]:
        shared = (
            Q(role=marks[f"role_{place}"], area_id=marks[f"area_{place}"])
            & (Q(organisation_id=marks[f"body_{place}"]) if of_body else Q(organisation_id__isnull=True))
            for place, of_body in enumerate(of_bodies)
        )
        seen = SavedView.objects.filter(reduce(or_, shared, Q(saved_by_id=user_id, role="")), list_name=list_name)
        first = seen.order_by(F("area_id").asc(nulls_first=True), "name", "pk")[:MOST_SHOWN]
        return first.values_list("pk", "name", "query", "role", "area_id", "organisation_id")

    return Prepared(build, **slots)
