"""Where a map begins: with the city for residents, with their own areas for those who work there."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.factories.areas import CELL, SOUTH, WEST
from tests.factories.cases import make_town

pytestmark = pytest.mark.django_db


def start_of(user, address):
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    found = re.search(r'<area-map mode="pin" start="([^"]*)"', client.get(address).content.decode())
    return None if found is None else [float(part) for part in found[1].split(",")]


def test_a_map_begins_where_somebody_works():
    town = make_town()
    grid = [WEST, SOUTH, WEST + CELL, SOUTH + CELL]
    assert start_of(town.users["worker"], "/worker/notice") == pytest.approx(grid, abs=1e-6)
    assert start_of(town.users["dispatcher"], "/report") == pytest.approx(
        [WEST, SOUTH, WEST + 4 * CELL, SOUTH + CELL], abs=1e-6
    )
    assert start_of(town.users["operations"], "/report") is None
    assert start_of(town.users["resident"], "/report") is None
    assert start_of(None, "/report") is None
