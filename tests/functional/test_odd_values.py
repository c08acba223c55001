"""Every parameter, header and cookie of every route with values that nobody should send: never a 5xx.

A sample by seed; ``tests/soak/test_soak_odd_values.py`` sends them all.
"""

from __future__ import annotations

import random

import pytest

from gezhi.platform.files import drawing
from tests.factories.cases import make_town
from tests.factories.odd_requests import PEOPLE, Server, connection_kept, draw_here

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings, tmp_path, monkeypatch):
    settings.GEZHI_HOME = tmp_path
    monkeypatch.setattr(drawing._Drawer, "draw", draw_here)
    with connection_kept():
        yield Server(make_town())


@pytest.fixture
def chance():
    return random.Random(9)  # noqa: S311


def test_good_values_are_answered(server):
    answers = {(ask.method, ask.name, person): server.status(ask, person) for ask in server.asks for person in PEOPLE}
    assert {key: status for key, status in answers.items() if status >= 500} == {}
    welcome = {name for (_, name, _), status in answers.items() if status < 400}
    assert {
        "hub",
        "hub-case",
        "worker",
        "operations",
        "access-explain",
        "follow-case",
        "map-place",
    } <= welcome


def test_odd_values_of_every_parameter_are_answered(server, chance):
    sent, wrong = server.faults(server.values(chance, of_each=3))
    assert wrong == []
    assert sent > 600


def test_odd_headers_and_cookies_of_every_route_are_answered(server, chance):
    sent, wrong = server.faults(server.heads(chance, names=8, of_each=1))
    assert wrong == []
    assert sent > 500
