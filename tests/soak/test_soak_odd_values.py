"""Every parameter of every route with all sixty odd values, and twenty thousand walks through everything at random."""

from __future__ import annotations

import logging
import os
import random
import time
from collections import Counter
from dataclasses import replace

import pytest
from django.db import connection

from gezhi.platform.files import drawing
from tests.factories.cases import make_town
from tests.factories.odd_requests import HEADS, PEOPLE, Server, connection_kept, draw_here
from tests.factories.odd_values import ODD

pytestmark = pytest.mark.django_db
SEED = int(os.environ.get("GEZHI_SOAK_SEED", "1"))
WALKS = 20_000
WALKERS = (None, "dispatcher", "security_admin")


@pytest.fixture
def server(settings, tmp_path, monkeypatch):
    settings.GEZHI_HOME = tmp_path
    # Pictures that are none are drawn here: thousands of processes would say no more.
    monkeypatch.setattr(drawing._Drawer, "draw", draw_here)
    logging.disable(logging.CRITICAL)
    with connection_kept():
        yield Server(make_town())
    logging.disable(logging.NOTSET)


def test_all_odd_values_of_every_parameter(server):
    """By a stranger, a dispatcher and an administrator in turn: three seeds in a row have each value sent by each."""
    start = time.monotonic()
    sent, wrong = server.faults(server.values(people=WALKERS, turn=SEED))
    print(f"\nodd values, {connection.vendor}: {sent} requests in {time.monotonic() - start:.0f} s, {len(wrong)} × 5xx")
    assert wrong == []


def test_odd_headers_and_cookies(server):
    """Each header and cookie of each route with two odd values, drawn anew by the seed."""
    start, chance = time.monotonic(), random.Random(SEED)  # noqa: S311
    sent, wrong = server.faults(server.heads(chance, of_each=2))
    print(
        f"\nodd headers, {connection.vendor}: {sent} requests in {time.monotonic() - start:.0f} s, {len(wrong)} × 5xx"
    )
    assert wrong == []


def test_walks_at_random(server):
    """Any route, any method, several odd values and heads at once, by anybody."""
    start, chance, people, wrong = time.monotonic(), random.Random(SEED), Counter(), []  # noqa: S311
    goods = [value for value in server.good.values() if isinstance(value, str)]
    for number in range(WALKS):
        ask = chance.choice(server.asks)
        places = list(ask.places())
        for kind, name in chance.sample(places, min(len(places), chance.choice((0, 1, 1, 2, 4)))):
            ask = ask.with_value(kind, name, chance.choice((*ODD, *goods)))
        for kind, name in chance.sample(HEADS, chance.choice((0, 0, 1, 3))):
            ask = ask.with_value(kind, name, chance.choice(ODD))
        if chance.random() < 0.1:
            ask = replace(
                ask, method=chance.choice(("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "²"))
            )
        person = WALKERS[number % len(WALKERS)]
        people[str(person)] += 1
        if (status := server.status(ask, person)) >= 500:
            wrong.append(f"{status} {person} {ask!r}"[:500])
    figures = ", ".join(f"{name} {count}" for name, count in people.items())
    print(f"\nwalks, {connection.vendor}: {WALKS} in {time.monotonic() - start:.0f} s ({figures}), {len(wrong)} × 5xx")
    assert wrong == []
    assert set(WALKERS) <= set(PEOPLE)
