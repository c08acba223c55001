"""A stream serves whom it serves by the clock, however slowly it is read, and costs nobody else their news."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async

from gezhi.contexts.cases.kind import CASE
from gezhi.interfaces.live import app as live
from gezhi.interfaces.live import feed
from gezhi.interfaces.live.feed import missed
from gezhi.kernel import clock
from gezhi.platform.access.models import Grant
from gezhi.platform.outbox.publish import latest_id
from tests.factories.cases import make_town, report
from tests.integration.test_live import Browser, in_another_thread

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Slow(Browser):
    """Takes a message when it is told to."""

    def __init__(self, *, headers, query):
        super().__init__(headers=headers, query=query)
        self.takes = asyncio.Semaphore(0)

    async def send(self, message):
        await self.takes.acquire()
        self.sent.put_nowait(message)

    async def take(self):
        self.takes.release()
        return await self.next()


def run(work):
    async def whole():
        try:
            await work()
        finally:
            await live.stop_broadcaster()

    # In a thread of its own: after a browser test Playwright's loop counts as running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, whole()).result()


def headers_of(client, user):
    client.force_login(user, backend=BACKEND)
    return {"cookie": f"sessionid={client.cookies['sessionid'].value}", "host": "127.0.0.1:8001"}


def end_grants(user_id):
    Grant.objects.filter(user_id=user_id).update(valid_to=clock.now() - timedelta(seconds=1))


async def elsewhere(work, *arguments):
    return await sync_to_async(in_another_thread)(lambda: work(*arguments))


@pytest.mark.parametrize("busy_with", ["what was missed", "what is new"])
@pytest.mark.django_db(transaction=True)
def test_a_slow_reader_gets_nothing_after_its_right_has_ended(client, monkeypatch, busy_with):
    monkeypatch.setattr(live, "REAUTHENTICATE_SECONDS", 0.0)
    # Each event is a message of its own.
    monkeypatch.setattr(feed, "DRAIN_BYTES", 1)
    town = make_town()
    user = town.users["dispatcher"]
    headers = headers_of(client, user)
    before = [report() for _ in range(3)] if busy_with == "what was missed" else []

    async def listen():
        slow = Slow(headers=headers, query="since=0")
        running = asyncio.create_task(live.application(slow.scope, slow.receive, slow.send))
        assert (await slow.take())["status"] == 200
        assert (await slow.take())["body"] == b": listening\n\n"
        new = [] if before else [await elsewhere(report) for _ in range(3)]
        first = (await slow.take())["body"].decode()
        assert (before or new)[0].number in first
        # What is on its way now was theirs when it was sent.
        await elsewhere(end_grants, user.pk)
        later = await elsewhere(report)
        rest = []
        for _ in range(10):
            slow.takes.release()
        await asyncio.sleep(0.5)
        rest += [slow.sent.get_nowait() for _ in range(slow.sent.qsize())]
        told = b"".join(message.get("body", b"") for message in rest).decode()
        assert later.number not in told
        assert (before or new)[-1].number not in told or busy_with == "what is new"
        slow.left.set()
        await asyncio.wait_for(running, 10)

    run(listen)


@pytest.mark.django_db(transaction=True)
def test_who_leaves_while_it_catches_up_is_read_for_no_more(client, monkeypatch):
    monkeypatch.setattr(feed, "PAGE", 1)
    town = make_town()
    headers = headers_of(client, town.users["operations"])
    for _ in range(6):
        report()
    asked = []

    def counted(*arguments, **named):
        asked.append(named["since"])
        return missed(*arguments, **named)

    monkeypatch.setattr(live, "missed", counted)

    async def listen():
        slow = Slow(headers=headers, query="since=0")
        running = asyncio.create_task(live.application(slow.scope, slow.receive, slow.send))
        for _ in range(3):
            await slow.take()
        slow.left.set()
        slow.takes.release()
        await asyncio.wait_for(running, 10)
        assert len(asked) <= 3

    run(listen)


@pytest.mark.django_db(transaction=True)
def test_who_missed_very_much_takes_a_fresh_snapshot_at_once(client, monkeypatch):
    monkeypatch.setattr(live, "MOST_MISSED", 2)
    town = make_town()
    headers = headers_of(client, town.users["operations"])
    for _ in range(3):
        report()

    async def listen():
        browser = Browser(headers=headers, query="since=0")
        running = asyncio.create_task(live.application(browser.scope, browser.receive, browser.sent.put))
        await browser.next()
        await browser.next()
        reset = (await browser.next())["body"].decode()
        assert reset.startswith(f"id: {await elsewhere(latest_id)}\nevent: reset")
        browser.left.set()
        await asyncio.wait_for(running, 10)

    run(listen)


@pytest.mark.django_db(transaction=True)
def test_an_account_opens_twice_as_many_streams_in_a_minute_as_it_may_have(client, settings):
    settings.GEZHI_LIVE_STREAMS = 2
    town = make_town()
    headers = headers_of(client, town.users["operations"])

    async def status():
        browser = Browser(headers=headers, query="since=0")
        browser.left.set()
        await asyncio.wait_for(live.application(browser.scope, browser.receive, browser.sent.put), 10)
        return (await browser.next())["status"]

    async def listen():
        assert [await status() for _ in range(5)] == [200, 200, 200, 200, 429]

    run(listen)


@pytest.mark.django_db
def test_what_was_missed_never_reaches_beyond_what_was_asked_for():
    town = make_town()
    for _ in range(4):
        report()
    last = latest_id()
    operations = town.actor("operations")
    page = missed(operations, CASE.live, since=last - 3, until=last - 2)
    assert (page.last_id, page.reset) == (last - 2, False)
    # Of these events none is theirs; the end is told all the same.
    assert missed(town.actor("far_dispatcher"), CASE.live, since=last - 3, until=last - 1).last_id == last - 1
