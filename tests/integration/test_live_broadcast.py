"""What the broadcaster hands out at once to all is, for each listener, what the listener alone would be told."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.kind import CASE
from gezhi.interfaces.live import feed
from gezhi.interfaces.live.broadcast import Broadcaster
from gezhi.interfaces.live.feed import events_for, frame_of
from gezhi.interfaces.live.listener import Listener
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import latest_id, read_after
from gezhi.platform.steps.topics import touches
from tests.factories.cases import make_town
from tests.integration.test_live import WATCHERS, every_step, import_one


def everything_on(listener: Listener) -> bytes:
    messages = []
    while message := listener.take():
        messages.append(message)
    return b"".join(messages)


@pytest.mark.django_db
def test_everybody_is_told_what_is_theirs():
    town = make_town()
    center = Broadcaster()
    listeners = {}
    for name in WATCHERS:
        # Nobody serves these streams: they are looked at.
        listeners[name] = Listener(town.actor(name), CASE.live, None)
        center.serve(listeners[name], town.actor(name))
    for step in every_step(town):
        step()
    for event in read_after(0):
        center._hand_out(event)
    told = {}
    for name, listener in listeners.items():
        page = events_for(town.actor(name), CASE.live, since=0)
        assert not page.reset
        told[name] = everything_on(listener)
        assert told[name] == b"".join(frame_of(CASE.live, event) for event in page.events)
    assert len(set(told.values())) > len(WATCHERS) // 2, "they see different things"
    assert any(b'"visible":false' in text for text in told.values())

    before = latest_id()
    import_one()
    for event in read_after(before):
        center._hand_out(event)
    touched = OutboxEvent.objects.filter(pk__gt=before, type__in=CASE.live.resets).get()
    for name, listener in listeners.items():
        assert listener.behind == touches(CASE.live, town.actor(name), touched), name
    assert {listener.behind for listener in listeners.values()} == {True, False}
    for listener in listeners.values():
        center.give_up(listener)
    assert not any(audience._places for audience in center._audiences.values())


@pytest.mark.django_db
def test_what_was_missed_comes_in_messages_of_bounded_size(monkeypatch):
    town = make_town()
    for step in every_step(town):
        step()
    operations = town.actor("operations")
    whole = events_for(operations, CASE.live, since=0)
    frames = [frame_of(CASE.live, event) for event in whole.events]
    monkeypatch.setattr(feed, "DRAIN_BYTES", 4 * len(frames[0]))
    monkeypatch.setattr(feed, "QUEUE_BYTES", 9 * len(frames[0]))
    since, messages, pages = 0, [], 0
    while since < whole.last_id:
        page = feed.missed(operations, CASE.live, since=since, until=whole.last_id)
        assert not page.reset
        assert page.last_id > since
        messages, since, pages = messages + page.messages, page.last_id, pages + 1
    assert b"".join(messages) == b"".join(frames)
    assert all(0 < len(message) <= 4 * len(frames[0]) for message in messages)
    assert pages > 1
    until = whole.events[2].id
    page = feed.missed(operations, CASE.live, since=0, until=until)
    assert b"".join(page.messages) == b"".join(frames[:3])
    assert page.last_id >= until
