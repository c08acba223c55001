"""A database into which somebody else has been writing for too long: 503 and words, no fault of ours."""

from __future__ import annotations

import sqlite3

import pytest
from django.db import OperationalError
from django.test import Client

from gezhi.platform.busy import is_busy
from tests.factories.cases import make_town

pytestmark = pytest.mark.django_db


def locked(*_given: object, **_named: object) -> None:
    held = sqlite3.OperationalError("database is locked")
    held.sqlite_errorcode = sqlite3.SQLITE_BUSY
    raise OperationalError("database is locked") from held


@pytest.mark.parametrize(
    ("name", "address"),
    [("web.views.maps.find_places", "/map/places"), ("api.v1.reference.find_places", "/api/v1/places")],
)
def test_it_is_said_to_be_busy_and_when_to_come_again(monkeypatch, name, address):
    make_town()
    monkeypatch.setattr(f"gezhi.interfaces.{name}", locked)
    answer = Client().get(address, {"q": "长虹"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "稍候再试" in answer.content.decode()


def test_what_else_a_database_says_is_not_busy():
    missing = sqlite3.OperationalError("no such table")
    missing.sqlite_errorcode = sqlite3.SQLITE_ERROR
    assert not is_busy(missing)
    assert not is_busy(OSError("locked"))
