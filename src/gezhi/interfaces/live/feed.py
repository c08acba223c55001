"""Outbox events of a topic as one listener may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from gezhi.interfaces.live.listener import DRAIN_BYTES, QUEUE_BYTES
from gezhi.platform.access.actor import Actor
from gezhi.platform.outbox.publish import latest_id, purged_up_to, read_after
from gezhi.platform.steps.topics import LiveEvent, Topic, seen_by, touches

PAGE = 500
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class LivePage:
    """Events in order. ``reset``: some are gone from the outbox, or too much happened at once; take a fresh snapshot."""

    events: list[LiveEvent]
    last_id: int
    reset: bool


def events_for(actor: Actor, topic: Topic, *, since: int) -> LivePage:
    """The next page of a topic's events after ``since`` for this actor. Two or three queries."""
    if actor.user_id is None and not actor.is_system:
        return LivePage([], since, False)
    newest = latest_id()
    if since > newest or since < purged_up_to():
        return LivePage([], newest, True)
    events = read_after(since, limit=PAGE)
    if any(event.type in topic.resets and touches(topic, actor, event) for event in events):
        return LivePage([], newest, True)
    steps = (seen_by(topic, actor, event) for event in events if event.type in topic.steps)
    return LivePage([step for step in steps if step], events[-1].pk if events else since, False)


def told(topic: Topic, event: LiveEvent) -> dict[str, object]:
    """An event as a client reads it."""
    return {"type": event.type, "visible": event.visible, "number": event.number, topic.row: event.row}


def frame_of(topic: Topic, event: LiveEvent) -> bytes:
    """An event as it goes over a stream."""
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.id, topic.row.encode(), _encoder.encode(told(topic, event)))


@dataclass(frozen=True, slots=True)
class Missed:
    """Events as messages of a stream, up to ``last_id``. ``reset``: as of a ``LivePage``."""

    messages: list[bytes]
    last_id: int
    reset: bool


def missed(actor: Actor, topic: Topic, *, since: int, until: int) -> Missed:
    """What an actor missed after ``since``, ``until`` included: a page at most, and not much more than a queue may hold."""
    page = events_for(actor, topic, since=since)
    messages, size, last_id = [b""], 0, since
    for event in page.events:
        if event.id > until:
            break
        if size > QUEUE_BYTES:
            return Missed(messages, last_id, False)
        frame = frame_of(topic, event)
        if messages[-1] and len(messages[-1]) + len(frame) > DRAIN_BYTES:
            messages.append(b"")
        messages[-1] += frame
        size, last_id = size + len(frame), event.id
    # The page may reach beyond what was asked for; whoever is told more than that would be ahead of the outbox.
    reached = page.last_id if page.reset else min(page.last_id, max(since, until))
    return Missed([message for message in messages if message], reached, page.reset)


def apply(rows: dict[str, Mapping[str, object]], event: LiveEvent) -> None:
    """What a client does with an event: replace or drop the row, keyed by its number. The reference for every client."""
    if event.visible and event.row is not None:
        rows[event.number] = event.row
    else:
        rows.pop(event.number, None)
