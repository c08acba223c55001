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
from gezhi.platform.access.actor import system_actor
from gezhi.platform.access.models import ApiToken, Grant
from gezhi.platform.access.tokens import issue_token
from gezhi.platform.accounts.models import Session
from gezhi.platform.accounts.use_cases.end_account import EndReason, end_account
from gezhi.platform.outbox.publish import latest_id
from tests.factories.cases import make_town, report
from tests.integration.test_live import Browser, in_another_thread

SYSTEM = system_actor("test")
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


def end_account_of(user):
    end_account(actor=SYSTEM, user_id=user.pk, reason=EndReason.LEFT, now=clock.now())


def change_password(user):
    user.set_password("another-Passw0rd")
    user.save(update_fields=["password"])


WAYS = {
    "the role is ended": lambda user: end_grants(user.pk),
    "the role runs out": lambda user: Grant.objects.filter(user_id=user.pk).update(
        valid_to=clock.now() + timedelta(seconds=1)
    ),
    "the account is ended": end_account_of,
    "the password is changed": change_password,
    "the session is ended": lambda user: Session.objects.filter(user_id=user.pk).delete(),
    "the token is revoked": lambda user: ApiToken.objects.filter(user_id=user.pk).update(revoked_at=clock.now()),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.django_db(transaction=True)
def test_who_loses_a_right_hears_nothing_new_a_moment_later(client, way):
    town = make_town()
    user = town.users["dispatcher"]
    headers = headers_of(client, user)
    if "token" in way:
        token = issue_token(actor=SYSTEM, user_id=user.pk, name="t", now=clock.now())
        headers = {"authorization": f"Bearer {token}", "host": headers["host"]}

    async def listen():
        browser = Browser(headers=headers, query=f"since={await elsewhere(latest_id)}")
        running = asyncio.create_task(live.application(browser.scope, browser.receive, browser.sent.put))
        for _ in range(2):
            await browser.next()
        await asyncio.sleep(1.5)
        heard = await elsewhere(report)
        assert heard.number in (await browser.next())["body"].decode()
        await elsewhere(WAYS[way], user)
        await asyncio.sleep(2.5)
        later = await elsewhere(report)
        await asyncio.sleep(0.5)
        told = b"".join(browser.sent.get_nowait().get("body", b"") for _ in range(browser.sent.qsize())).decode()
        assert later.number not in told
        # Without any right left there is nothing to listen to; without this role, nothing of its area.
        assert running.done() != ("role" in way)
        browser.left.set()
        await asyncio.wait_for(running, 10)

    run(listen)


@pytest.mark.django_db(transaction=True)
def test_a_way_to_sign_in_that_is_not_known_opens_no_stream(client):
    headers = headers_of(client, make_town().users["operations"]) | {"authorization": "Basic b3A6b3A="}

    async def listen():
        browser = Browser(headers=headers, query="since=0")
        await asyncio.wait_for(live.application(browser.scope, browser.receive, browser.sent.put), 10)
        assert (await browser.next())["status"] == 401

    run(listen)
