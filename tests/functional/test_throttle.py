"""How often one address and one account may ask: counted each for itself, told in words, over when the minute is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client

from gezhi.contexts.cases.models import Case
from gezhi.interfaces.throttle import ByAddress
from gezhi.kernel import clock
from tests.factories.areas import centre
from tests.factories.cases import make_town

MINUTE = datetime(2026, 3, 2, 1, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _two_a_minute(settings):
    caches["requests"].clear()
    settings.GEZHI_RATE_ANONYMOUS = "2/m"
    settings.GEZHI_RATE_SIGNED_IN = "3/m"
    yield
    caches["requests"].clear()


@pytest.fixture
def at():
    """The simulated time of the test: 20 seconds after a full minute."""
    simulated = clock.SimulatedClock(MINUTE + timedelta(seconds=20))
    with clock.using(simulated):
        yield simulated


def ask(client, address="192.0.2.1", **headers):
    return client.get("/api/v1/classes", REMOTE_ADDR=address, headers=headers)


@pytest.mark.django_db
def test_an_address_that_asks_too_often_waits_for_the_next_minute(at):
    client = Client()
    assert [ask(client).status_code for _ in range(4)] == [200, 200, 429, 429]
    refused = ask(client)
    assert refused["Content-Type"] == "application/problem+json"
    assert (refused.json()["code"], refused["Retry-After"]) == ("too_many_requests", "40")
    assert ask(client, "192.0.2.2").status_code == 200, "another address counts for itself"
    at.move_to(MINUTE + timedelta(seconds=60))
    assert ask(client).status_code == 200


@pytest.mark.django_db
def test_a_forged_address_buys_nothing(at, settings):
    client = Client()
    answers = [ask(client, **{"X-Forwarded-For": f"198.51.100.{number}"}).status_code for number in range(4)]
    assert answers == [200, 200, 429, 429]


@pytest.mark.django_db
def test_behind_a_proxy_the_address_that_it_saw_counts(at, settings):
    settings.GEZHI_PROXIES = 1
    client = Client()
    heard = {"X-Forwarded-For": "203.0.113.5, 198.51.100.1"}
    forged = {"X-Forwarded-For": "203.0.113.6, 198.51.100.1"}
    assert [ask(client, **headers).status_code for headers in (heard, forged, heard)] == [200, 200, 429]
    assert ask(client, **{"X-Forwarded-For": "198.51.100.2"}).status_code == 200


@pytest.mark.django_db
def test_accounts_count_each_for_itself_and_not_for_their_address(at):
    town = make_town()
    clients = []
    for name in ("dispatcher", "worker"):
        client = Client()
        client.force_login(town.users[name], backend="django.contrib.auth.backends.ModelBackend")
        clients.append(client)
    assert [ask(clients[0]).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert ask(clients[1]).status_code == 200
    assert ask(Client()).status_code == 200


@pytest.mark.django_db
def test_reports_by_the_page_are_limited_too_and_the_refusal_is_a_page(at):
    make_town()
    lon, lat = centre(0)
    client = Client()
    for expected in (302, 302, 429, 429):
        form = {"lon": lon, "lat": lat, "description": "路边垃圾", "class_code": "E0110", "key": uuid4()}
        answer = client.post("/report/send", form, REMOTE_ADDR="192.0.2.1")
        assert answer.status_code == expected
    assert answer["Retry-After"] == "40"
    assert "请稍候再试" in answer.content.decode()
    assert Case.objects.count() == 2
    assert client.get("/follow", {"code": "ABCD-EFGH-JKLM"}, REMOTE_ADDR="192.0.2.1").status_code == 429


@pytest.mark.django_db
def test_looking_places_up_keeps_nobody_from_reporting(at, settings):
    make_town()
    settings.GEZHI_RATE_SEARCH = "4/m"
    client, here = Client(), {"REMOTE_ADDR": "192.0.2.1"}
    lon, lat = centre(0)

    def asked(address, **query):
        return client.get(address, query, **here).status_code

    assert [asked("/api/v1/places", q=f"a{n}") for n in range(3)] == [200, 200, 429]
    assert [asked("/api/v1/classes") for _ in range(3)] == [200, 200, 429]
    pages = [("/map/places", {"q": "a"}), ("/map/place", {"lon": lon, "lat": lat})] * 2
    assert [asked(address, **query) for address, query in pages] == [200] * 4
    assert [asked(address, **query) for address, query in pages[:2]] == [429, 429]
    assert asked("/report", q="a", find="1") == 429
    assert asked("/report") == 200
    report = {"class_code": "E0110", "description": "路边垃圾", "lon": lon, "lat": lat}
    for expected in (201, 201, 429):
        answer = client.post("/api/v1/cases", report, content_type="application/json", **here)
        assert answer.status_code == expected, answer.content
    # A code is looked up as seldom as ever, by whichever door.
    assert client.get("/api/v1/follow", headers={"X-Follow-Code": "ABCD-EFGH-JKLM"}, **here).status_code == 429


def test_threads_lose_no_request(settings, at):
    settings.GEZHI_RATE_ANONYMOUS = "50/m"
    limit = ByAddress()

    def one(_):
        with clock.using(at):
            request = SimpleNamespace(META={"REMOTE_ADDR": "192.0.2.9"}, auth=SimpleNamespace(user_id=None))
            return limit.allow_request(request)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(400))) == 50
