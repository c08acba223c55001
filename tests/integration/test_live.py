"""Snapshot + events = fresh snapshot, for every event there is and for everyone who watches; and the stream itself."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
from django.db import connections

from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.queries import list_cases
from gezhi.contexts.cases.use_cases.import_cases import ImportedCase, import_cases
from gezhi.interfaces.live import app
from gezhi.interfaces.live.feed import apply, events_for
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import latest_id, purge
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, SYSTEM, make_town, report
from tests.factories.every_step import every_step

WATCHERS = ("worker", "stranger", "dispatcher", "far_dispatcher", "officer", "other_officer", "operations", "planner")


def snapshot(actor):
    return {row["number"]: msgspec.to_builtins(row) for row in list_cases(actor, limit=200).rows}


@pytest.mark.django_db
def test_snapshot_and_events_make_the_fresh_snapshot():
    town = make_town()
    actors = {name: town.actor(name) for name in WATCHERS}
    known = {name: snapshot(actor) for name, actor in actors.items()}
    position = dict.fromkeys(WATCHERS, 0)
    for step in every_step(town):
        step()
        for name, actor in actors.items():
            page = events_for(actor, CASE.live, since=position[name])
            assert not page.reset
            for event in page.events:
                apply(known[name], event)
            position[name] = page.last_id
            assert known[name] == snapshot(actor), f"{name} after {page.events[-1].type if page.events else 'nothing'}"
    raised = set(OutboxEvent.objects.values_list("type", flat=True))
    # Nothing is cancelled along any more; only histories tell of it.
    assert raised == {row.event for row in TRANSITIONS.values()} - {TRANSITIONS[Action.CANCELLED_ALONG].event}
    assert set(TRANSITIONS) == set(Action)


def import_one(external_id="1"):
    lon, lat = centre(0)
    row = ImportedCase(
        external_id=external_id, class_code="E0110", description="垃圾", reported_at=MONDAY, lon=lon, lat=lat
    )
    return import_cases(actor=SYSTEM, source="town-hotline", rows=[row], now=MONDAY)


@pytest.mark.django_db
def test_an_import_sends_everyone_to_a_fresh_snapshot_once():
    town = make_town()
    operations = town.actor("operations")
    report()
    import_one()
    page = events_for(operations, CASE.live, since=0)
    assert (page.events, page.reset, page.last_id) == ([], True, latest_id())
    after = report()
    page = events_for(operations, CASE.live, since=page.last_id)
    assert ([event.number for event in page.events], page.reset) == ([after.number], False)
    import_one()
    assert latest_id() == page.last_id, "a batch with nothing new tells nobody"


@pytest.mark.django_db
def test_a_listener_behind_the_outbox_is_told_to_start_afresh():
    town = make_town()
    for days in (9, 8, 1):
        report(now=MONDAY - timedelta(days=days))
    ids = list(OutboxEvent.objects.order_by("pk").values_list("pk", flat=True))
    operations = town.actor("operations")
    assert [event.id for event in events_for(operations, CASE.live, since=ids[0]).events] == ids[1:]
    assert purge(now=MONDAY) == 2
    assert events_for(operations, CASE.live, since=ids[0]).reset
    assert [event.id for event in events_for(operations, CASE.live, since=ids[1]).events] == ids[2:]
    assert purge(now=MONDAY + timedelta(days=9)) == 1
    assert latest_id() == ids[2]
    assert events_for(operations, CASE.live, since=ids[2]).events == []
    assert not events_for(operations, CASE.live, since=ids[2]).reset
    assert events_for(operations, CASE.live, since=ids[2] + 1_000).reset


class Browser:
    """Just enough of an ASGI client to read a stream."""

    def __init__(self, *, headers, query):
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": "/live/cases",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        self.sent = asyncio.Queue()
        self.left = asyncio.Event()

    async def receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def next(self):
        return await asyncio.wait_for(self.sent.get(), 10)


def in_another_thread(work):
    try:
        return work()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_the_stream_catches_up_then_follows_and_resumes(client):
    from asgiref.sync import sync_to_async

    from gezhi.interfaces.live import app as live

    town = make_town()
    client.force_login(town.users["operations"], backend="django.contrib.auth.backends.ModelBackend")
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    missed = report()

    async def listen():
        headers = {"cookie": cookie, "host": "127.0.0.1:8001", "origin": "http://127.0.0.1:8000"}
        browser = Browser(headers=headers, query="since=0")
        running = asyncio.create_task(live.application(browser.scope, browser.receive, browser.sent.put))
        start = await browser.next()
        assert start["status"] == 200
        assert (b"access-control-allow-origin", b"http://127.0.0.1:8000") in start["headers"]
        assert (await browser.next())["body"] == b": listening\n\n"
        first = (await browser.next())["body"].decode()
        assert f'"number":"{missed.number}"' in first
        made = await sync_to_async(in_another_thread)(report)
        second = (await browser.next())["body"].decode()
        assert f'"number":"{made.number}"' in second
        assert second.startswith("id: ")
        browser.left.set()
        await asyncio.wait_for(running, 10)

        resumed = Browser(headers={**headers, "last-event-id": first.split("\n")[0][4:]}, query="")
        running = asyncio.create_task(live.application(resumed.scope, resumed.receive, resumed.sent.put))
        await resumed.next()
        await resumed.next()
        assert (await resumed.next())["body"].decode() == second
        await sync_to_async(in_another_thread)(import_one)
        assert "event: reset" in (await resumed.next())["body"].decode()
        after = await sync_to_async(in_another_thread)(report)
        assert f'"number":"{after.number}"' in (await resumed.next())["body"].decode()
        resumed.left.set()
        await asyncio.wait_for(running, 10)

        stranger = Browser(headers={"host": "127.0.0.1:8001", "origin": "http://evil.example"}, query="since=0")
        await live.application(stranger.scope, stranger.receive, stranger.sent.put)
        refused = await stranger.next()
        assert refused["status"] == 401
        assert not [name for name, _ in refused["headers"] if name.startswith(b"access-control")]
        await live.stop_broadcaster()

    # In a thread of its own: after a browser test Playwright's loop counts as running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, listen()).result()


@pytest.mark.django_db(transaction=True)
def test_a_stream_ends_in_time_and_an_account_has_so_many_of_them(client, settings):
    from gezhi.interfaces.live import app as live

    settings.GEZHI_LIVE_STREAMS, settings.GEZHI_LIVE_SECONDS = 1, 0
    town = make_town()
    client.force_login(town.users["operations"], backend="django.contrib.auth.backends.ModelBackend")
    headers = {"cookie": f"sessionid={client.cookies['sessionid'].value}", "host": "127.0.0.1:8001"}

    async def listen():
        first = Browser(headers=headers, query="since=0")
        await asyncio.wait_for(live.application(first.scope, first.receive, first.sent.put), 10)
        messages = [first.sent.get_nowait() for _ in range(first.sent.qsize())]
        assert messages[0]["status"] == 200
        assert messages[-1]["more_body"] is False

        settings.GEZHI_LIVE_SECONDS = 60
        held = Browser(headers=headers, query="since=0")
        running = asyncio.create_task(live.application(held.scope, held.receive, held.sent.put))
        assert (await held.next())["status"] == 200
        assert (await held.next())["body"] == b": listening\n\n"
        second = Browser(headers=headers, query="since=0")
        await live.application(second.scope, second.receive, second.sent.put)
        assert (await second.next())["status"] == 429
        held.left.set()
        await asyncio.wait_for(running, 10)

        with_body = Browser(headers={**headers, "content-length": "5"}, query="since=0")
        await live.application(with_body.scope, with_body.receive, with_body.sent.put)
        assert (await with_body.next())["status"] == 413
        await live.stop_broadcaster()

    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, listen()).result()


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:8000", True),
        # Behind a proxy the scheme's own port.
        ("https://127.0.0.1", True),
        ("http://127.0.0.1:9999", False),
        ("http://127.0.0.1:8001", False),
        ("http://[::1]:8000", False),
        ("http://evil.example:8000", False),
    ],
)
def test_another_program_of_the_same_host_reads_no_stream(monkeypatch, origin, allowed):
    monkeypatch.setenv("GEZHI_WEB_PORT", "8000")
    headers = app._cors({}, {"host": "127.0.0.1:8001", "origin": origin})
    assert bool(headers) == allowed
