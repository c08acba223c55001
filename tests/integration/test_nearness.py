"""What a stranger may learn of open cases: things in the street, by the cell of a net, on a day. Nothing of persons."""

from __future__ import annotations

import random
import re
from dataclasses import asdict, fields
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client

from gezhi.contexts.cases.domain.nearness import bounds_of, cell_of
from gezhi.contexts.cases.domain.photos import metres_between
from gezhi.contexts.cases.queries import classes, nearby_open
from gezhi.contexts.cases.queries.nearby import Nearby
from gezhi.contexts.cases.use_cases.install_classes import shipped_classes
from gezhi.kernel.clock import now
from tests.factories.areas import centre
from tests.factories.cases import make_town, report

PLACES = [(112.1, 32.0), (-73.98, 40.75), (0.0, 0.0), (-0.0001, -0.0001), (179.999, -62.0), (86.0, 53.5)]


@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_a_cell_is_never_smaller_than_a_hundred_metres(lon, lat):
    cell = cell_of(lon, lat)
    west, south, east, north = bounds_of(cell)
    assert west <= lon <= east
    assert south <= lat <= north
    assert 200 < metres_between(west, lat, east, lat) < 245
    assert 200 < metres_between(lon, south, lon, north) < 245


def test_cells_leave_no_gap_and_never_overlap():
    chance = random.Random(7)  # noqa: S311
    for _ in range(2_000):
        lon, lat = chance.uniform(111, 113), chance.uniform(31, 33)
        cell = cell_of(lon, lat)
        west, south, east, north = bounds_of(cell)
        # The hair's breadth around is not the cell's.
        assert cell_of((west + east) / 2, (south + north) / 2) == cell


def test_no_class_of_the_shipped_table_that_concerns_persons_is_public():
    public = {row.code for row in shipped_classes() if row.is_public}
    assert {"E0110", "E0192", "C0137"} <= public
    assert {code for code in public if code.startswith(("S01", "S02", "S04", "S05"))} == set()
    # Complaints about what somebody does, and homes.
    assert public & {"E0101", "E0105", "E0128", "E0138", "E0184", "E0198", "E0199", "E0401", "E0596", "S0304"} == set()
    assert not any(row.is_public for row in shipped_classes() if len(row.code) == 3)


@pytest.mark.django_db
class TestTold:
    @pytest.fixture(autouse=True)
    def _town(self):
        self.town = make_town()

    def test_every_class_that_is_not_public_is_told_to_nobody(self):
        lon, lat = centre(0)
        minors = [entry for entry in classes() if entry.is_minor]
        for entry in minors:
            report(now=now(), class_code=entry.code)
        told = nearby_open(lon=lon, lat=lat, now=now(), limit=1_000)
        assert {case.class_code for case in told} == {entry.code for entry in minors if entry.is_public}
        client = Client()
        pages = [
            client.get(path, {"lon": lon, "lat": lat}).content.decode().split("<form")[0]
            for path in ("/report/nearby", "/report/what")
        ]
        for entry in minors:
            if not entry.is_public:
                assert all(entry.name not in page for page in pages), entry.name

    def test_nothing_told_is_a_place_or_a_distance(self):
        assert {field.name for field in fields(Nearby)} == {"class_code", "status", "reported_on"}
        report(now=now())
        lon, lat = centre(0)
        page = Client().get("/report/nearby", {"lon": lon, "lat": lat}).content.decode()
        assert "暴露生活垃圾" in page
        assert not re.search(r"\d+(\.\d+)?\s*(米|m away|metres)", page)

    def test_the_answer_is_the_same_at_every_point_of_a_cell_and_empty_outside_it(self):
        chance = random.Random(3)  # noqa: S311
        report(now=now())
        case_lon, case_lat = centre(0)
        home = cell_of(case_lon, case_lat)
        west, south, east, north = bounds_of(home)
        answers = set()
        for _ in range(200):
            lon = chance.uniform(2 * west - east, 2 * east - west)
            lat = chance.uniform(2 * south - north, 2 * north - south)
            answer = str([asdict(case) for case in nearby_open(lon=lon, lat=lat, now=now())])
            answers.add((cell_of(lon, lat) == home, answer))
        assert len(answers) == 2
        assert (False, "[]") in answers

    def test_a_week_later_it_is_told_no_more(self):
        report(now=now())
        lon, lat = centre(0)
        assert len(nearby_open(lon=lon, lat=lat, now=now())) == 1
        assert nearby_open(lon=lon, lat=lat, now=now() + timedelta(days=8)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/report/nearby?lon=112.1&lat=32.0",
        "/report/what?lon=112.1&lat=32.0",
        "/follow/0000ABCD0000/data",
        "/follow/0000ABCD0000/pictures/01890000-0000-7000-8000-000000000000",
    ],
)
def test_what_shows_others_matters_is_throttled_and_leaves_reporting_free(path, settings):
    make_town()
    caches["requests"].clear()
    settings.GEZHI_RATE_ANONYMOUS = "2/h"
    client = Client()
    answers = [client.get(path).status_code for _ in range(3)]
    assert answers[2] == 429
    assert 429 not in answers[:2]
    assert client.get("/follow").status_code == 200
    caches["requests"].clear()
