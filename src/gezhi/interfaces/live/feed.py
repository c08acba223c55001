"""Outbox events as one listener may see them.

An event carries a case's row after the step and the scope columns before it. A listener who sees the row now gets it; one
who saw it before and does not now is told to drop it; everybody else gets nothing. So snapshot + events = fresh snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gezhi.contexts.cases.events import IMPORTED
from gezhi.contexts.cases.queries import row_visible
from gezhi.platform.access.actor import Actor
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import latest_id, purged_up_to, read_after

PAGE = 500


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event for one listener. ``case`` is None where the case has left the listener's sight."""

    id: int
    type: str
    visible: bool
    case: dict[str, Any] | None
    number: str


@dataclass(frozen=True, slots=True)
class LivePage:
    """Events in order. ``reset``: some are gone from the outbox, or too much happened at once; take a fresh snapshot."""

    events: list[LiveEvent]
    last_id: int
    reset: bool


def is_step(event: OutboxEvent) -> bool:
    """Whether the event is a step of one case."""
    return event.type.startswith("case.")


def seen_by(actor: Actor, event: OutboxEvent) -> LiveEvent | None:
    """The event as this actor may see it; None where it is none of the actor's business."""
    row = event.payload["case"]
    if row_visible(actor, row):
        return LiveEvent(event.pk, event.type, True, row, event.subject)
    if row_visible(actor, event.payload["was"]):
        return LiveEvent(event.pk, event.type, False, None, event.subject)
    return None


def events_for(actor: Actor, *, since: int) -> LivePage:
    """The next page of events after ``since`` for this actor. Two or three queries."""
    if actor.user_id is None and not actor.is_system:
        return LivePage([], since, False)
    newest = latest_id()
    if since > newest or since < purged_up_to():
        return LivePage([], newest, True)
    events = read_after(since, limit=PAGE)
    if any(event.type == IMPORTED for event in events):
        return LivePage([], newest, True)
    found = [seen for seen in (seen_by(actor, event) for event in events if is_step(event)) if seen]
    return LivePage(found, events[-1].pk if events else since, False)


def apply(rows: dict[str, dict[str, Any]], event: LiveEvent) -> None:
    """What a client does with an event: replace or drop the row, keyed by its number. The reference for every client."""
    if event.visible and event.case is not None:
        rows[event.number] = event.case
    else:
        rows.pop(event.number, None)
