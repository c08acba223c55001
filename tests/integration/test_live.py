"""Snapshot + events = fresh snapshot, for every event there is and for everyone who watches; and the stream itself."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from django.db import connections

from gezhi.contexts.cases.domain.states import Channel, Finding, Outcome
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import list_cases
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    add_words,
    appeal_timeout,
    ask_extension,
    ask_forced_close,
    ask_setting_aside,
    ask_verification,
    call_in,
    cancel_case,
    check_case,
    close_case,
    correct_case,
    dispatch_case,
    exempt_case,
    extend_case,
    force_close,
    hand_on,
    handle_case,
    merge_case,
    not_solved,
    note_case,
    pause_case,
    rate_case,
    rate_street,
    rate_unit,
    refuse_request,
    remind_case,
    reopen_case,
    resume_case,
    return_case,
    rework_case,
    set_aside,
    settle_case,
    support_appeal,
    unmerge_case,
    verify_case,
    withdraw_case,
)
from gezhi.contexts.cases.use_cases.import_cases import ImportedCase, import_cases
from gezhi.interfaces.live import app
from gezhi.interfaces.live.feed import apply, events_for
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import latest_id, purge
from gezhi.platform.steps.inputs import Pairs
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, SYSTEM, make_town, report

WATCHERS = ("worker", "stranger", "dispatcher", "far_dispatcher", "officer", "other_officer", "operations", "planner")


def snapshot(actor):
    return {row["number"]: msgspec.to_builtins(row) for row in list_cases(actor, limit=200).rows}


def every_step(town):
    """Steps that raise every event type once at least; cases move between bodies, people and grids on the way."""
    made, gone, wrong = report(), report(grid=1), report(grid=2)
    other = report(grid=3)
    resident = replace(ANONYMOUS, follow_codes=frozenset({made.follow_code, gone.follow_code}))
    sanitation, housing = town.bodies["sanitation"].pk, town.bodies["housing"].pk
    minutes = iter(range(1, 1_000, 5))

    def by(name, number, note=""):
        actor = resident if name == "resident" else town.actor(name)
        return Command(actor=actor, number=number, now=MONDAY + timedelta(minutes=next(minutes)), note=note)

    number = made.number
    yield lambda: withdraw_case(by("resident", gone.number))
    yield lambda: remind_case(by("operations", number))
    yield lambda: note_case(by("dispatcher", number, "已电话联系"))
    lon, lat = centre(0)
    yield lambda: correct_case(by("operations", wrong.number, "位置有误"), lon=lon, lat=lat)
    yield lambda: correct_case(by("dispatcher", number, "类别有误"), class_code="E0111")
    yield lambda: dispatch_case(by("dispatcher", number), organisation_id=housing)
    yield lambda: return_case(by("other_officer", number, "不属于本单位"))
    yield lambda: dispatch_case(by("dispatcher", number), assignee_id=town.users["worker"].pk)
    yield lambda: dispatch_case(by("dispatcher", number), organisation_id=sanitation)
    yield lambda: accept_case(by("officer", number))
    yield lambda: pause_case(by("dispatcher", number, "等配件"))
    yield lambda: resume_case(by("officer", number))
    yield lambda: handle_case(by("officer", number), outcome=Outcome.RESOLVED)
    yield lambda: rework_case(by("checker", number, "仍有残留"))
    yield lambda: handle_case(by("officer", number), outcome=Outcome.RESOLVED)
    yield lambda: check_case(by("checker", number))
    yield lambda: close_case(by("dispatcher", number))
    yield lambda: rate_case(by("resident", number), solved=False, score=2)
    yield lambda: reopen_case(by("dispatcher", number, "未解决"))
    yield lambda: cancel_case(by("operations", other.number, "重复上报"))
    yield from steps_of_two_people(town, by, report(), report(), report())
    yield from steps_of_many(town, by, report(), report(), report())
    yield from steps_on_the_spot(town, by)
    yield from steps_of_bodies(town, by, report())


def steps_of_many(town, by, main, second, third):
    """Reports that go together, and part."""
    reporter = replace(ANONYMOUS, follow_codes=frozenset({second.follow_code}))
    sanitation = town.bodies["sanitation"].pk
    yield lambda: merge_case(by("dispatcher", second.number), into=main.number)
    yield lambda: unmerge_case(by("dispatcher", second.number, "不是同一处"))
    yield lambda: merge_case(by("dispatcher", second.number), into=main.number)
    yield lambda: add_words(replace(by("resident", second.number, "又多了一堆"), actor=reporter))
    yield lambda: dispatch_case(by("dispatcher", main.number), organisation_id=sanitation)
    yield lambda: accept_case(by("officer", main.number))
    yield lambda: handle_case(by("officer", main.number), outcome=Outcome.RESOLVED)
    yield lambda: check_case(by("checker", main.number))
    yield lambda: close_case(by("dispatcher", main.number))
    yield lambda: reopen_case(by("dispatcher", main.number, "又有了"))
    yield lambda: merge_case(by("dispatcher", third.number), into=main.number)
    yield lambda: cancel_case(by("dispatcher", main.number, "已由市里统一办理"))
    again = report()
    mine = replace(reporter, follow_codes=frozenset({again.follow_code}))
    yield lambda: ask_forced_close(by("operations", closing(again, by, sanitation), "权属不明"))
    yield lambda: force_close(by("dispatcher", again.number, "权属不明"), outcome=Outcome.NOT_POSSIBLE)
    yield lambda: not_solved(replace(by("dispatcher", again.number), actor=mine))


def steps_of_bodies(town, by, made):
    """What the hub calls another body in for."""
    sanitation, housing = town.bodies["sanitation"].pk, town.bodies["housing"].pk
    yield lambda: dispatch_case(by("dispatcher", made.number), organisation_id=sanitation)
    yield lambda: call_in(by("dispatcher", made.number, "请派人拆除围挡"), organisation_id=housing)
    part = Case.objects.get(parent__number=made.number).number
    yield lambda: accept_case(by("other_officer", part))
    yield lambda: handle_case(by("other_officer", part), outcome=Outcome.RESOLVED)
    for _time in (1, 2):
        yield lambda: check_case(by("checker", part))
        yield lambda: close_case(by("dispatcher", part))
        if _time == 1:
            yield lambda: reopen_case(by("dispatcher", part, "没拆完"))
            yield lambda: dispatch_case(by("dispatcher", part), organisation_id=housing)
            yield lambda: accept_case(by("other_officer", part))
            yield lambda: handle_case(by("other_officer", part), outcome=Outcome.RESOLVED)
    yield lambda: accept_case(by("officer", made.number))
    yield lambda: handle_case(by("officer", made.number), outcome=Outcome.RESOLVED)
    yield lambda: check_case(by("checker", made.number))
    yield lambda: close_case(by("dispatcher", made.number))
    mine = replace(ANONYMOUS, follow_codes=frozenset({made.follow_code}))
    scores = Pairs({part: "5"})
    yield lambda: rate_case(replace(by("resident", made.number), actor=mine), solved=True, score=4, bodies=scores)
    yield lambda: rate_unit(by("dispatcher", part), score=5)
    yield lambda: rate_street(by("other_officer", part), score=3)


def closing(made, by, body_id):
    """A case that a body has, by its number."""
    dispatch_case(by("dispatcher", made.number), organisation_id=body_id)
    return made.number


def steps_on_the_spot(town, by):
    """What a worker does alone."""
    made, noticed = report(), report(town.actor("worker"), channel=Channel.PATROL)
    yield lambda: ask_verification(by("dispatcher", made.number))
    yield lambda: verify_case(by("worker", made.number), finding=Finding.EXISTS)
    yield lambda: dispatch_case(by("dispatcher", made.number), assignee_id=town.users["worker"].pk)
    yield lambda: hand_on(by("worker", made.number, "换班"), assignee_id=town.users["colleague"].pk)
    yield lambda: settle_case(by("worker", noticed.number, "已扶正"))


def steps_of_two_people(town, by, late, forced, unreasonable):
    """What one asks for and another decides."""
    sanitation = town.bodies["sanitation"].pk

    def week_later(name, note=""):
        return replace(by(name, late.number, note), now=MONDAY + timedelta(days=30))

    for made in (late, forced):
        yield lambda made=made: dispatch_case(by("dispatcher", made.number), organisation_id=sanitation)
        yield lambda made=made: accept_case(by("officer", made.number))
    yield lambda: ask_extension(by("officer", late.number, "等材料"), limit="1WD")
    yield lambda: extend_case(by("dispatcher", late.number))
    yield lambda: ask_forced_close(by("operations", forced.number, "权属不明"))
    yield lambda: refuse_request(by("dispatcher", forced.number, "再核一次"))
    yield lambda: ask_forced_close(by("operations", forced.number, "权属不明"))
    yield lambda: force_close(by("dispatcher", forced.number, "权属不明，已转区里"), outcome=Outcome.NOT_POSSIBLE)
    yield lambda: ask_setting_aside(by("dispatcher", unreasonable.number, "已起诉"))
    yield lambda: set_aside(by("operations", unreasonable.number, "此事由法院审理，请等判决"))
    yield lambda: handle_case(week_later("officer"), outcome=Outcome.RESOLVED)
    yield lambda: check_case(week_later("checker"))
    yield lambda: close_case(week_later("dispatcher"))
    yield lambda: appeal_timeout(week_later("officer", "材料停产"))
    yield lambda: support_appeal(week_later("dispatcher", "属实"))
    yield lambda: exempt_case(week_later("operations", "属实"))


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
    assert raised == {row.event for row in TRANSITIONS.values()}
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
