"""A reader that takes a byte now and then: the kernel sees it alive, the stream is given up all the same."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async

from gezhi.interfaces.live import app, broadcast
from gezhi.platform.outbox.publish import latest_id
from tests.factories.cases import make_town, report
from tests.integration.test_live import Browser, import_one, in_another_thread


class Stalled(Browser):
    """It takes the head and the first words, and then nothing."""

    taken = 0

    async def take(self, message):
        if self.taken == 2:
            await asyncio.Event().wait()
        self.taken += 1
        await self.sent.put(message)


@pytest.mark.django_db(transaction=True)
def test_a_stream_that_is_not_read_is_given_up_and_keeps_its_place_until_the_connection_is_gone(
    client, settings, monkeypatch
):
    settings.GEZHI_LIVE_STREAMS, settings.GEZHI_STALLED_SECONDS = 1, 0
    monkeypatch.setattr(broadcast, "TICK_SECONDS", 0.05)
    town = make_town()
    client.force_login(town.users["operations"], backend="django.contrib.auth.backends.ModelBackend")
    headers = {"cookie": f"sessionid={client.cookies['sessionid'].value}", "host": "127.0.0.1:8001"}

    async def statuses():
        stalled = Stalled(headers=headers, query="since=0")
        running = asyncio.create_task(app.application(stalled.scope, stalled.receive, stalled.take))
        await stalled.next()
        await stalled.next()
        center = await app.broadcaster()
        (listener,) = center.listeners
        for _ in range(3):
            await sync_to_async(in_another_thread)(report)
        while not listener.stalled:
            await asyncio.sleep(0.01)
        await sync_to_async(in_another_thread)(report)
        await asyncio.sleep(0.3)
        assert listener.waiting == 0, "nothing is kept for it any more"

        second = Browser(headers=headers, query="since=0")
        await app.application(second.scope, second.receive, second.sent.put)
        assert (await second.next())["status"] == 429
        assert not running.done()
        stalled.left.set()
        await asyncio.wait_for(running, 10)
        third = Browser(headers=headers, query="since=0")
        running = asyncio.create_task(app.application(third.scope, third.receive, third.sent.put))
        assert (await third.next())["status"] == 200
        third.left.set()
        await asyncio.wait_for(running, 10)
        await app.stop_broadcaster()

    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, asyncio.wait_for(statuses(), 30)).result()


@pytest.mark.django_db(transaction=True)
def test_what_happens_while_a_reset_is_on_its_way_comes_after_it(client):
    town = make_town()
    client.force_login(town.users["operations"], backend="django.contrib.auth.backends.ModelBackend")
    headers = {"cookie": f"sessionid={client.cookies['sessionid'].value}", "host": "127.0.0.1:8001"}

    async def stream():
        browser = Browser(headers=headers, query="since=0")
        go_on = asyncio.Event()

        async def take(message):
            await browser.sent.put(message)
            if b"event: reset" in message.get("body", b""):
                await go_on.wait()

        running = asyncio.create_task(app.application(browser.scope, browser.receive, take))
        await browser.next()
        await browser.next()
        await sync_to_async(in_another_thread)(import_one)
        assert b"event: reset" in (await browser.next())["body"]
        made = await sync_to_async(in_another_thread)(report)
        newest = await sync_to_async(in_another_thread)(latest_id)
        center = await app.broadcaster()
        while center.last_id < newest:
            await asyncio.sleep(0.01)
        go_on.set()
        assert f'"number":"{made.number}"' in (await browser.next())["body"].decode()
        browser.left.set()
        await asyncio.wait_for(running, 10)
        await app.stop_broadcaster()

    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, asyncio.wait_for(stream(), 30)).result()
