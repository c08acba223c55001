"""The map of a list: the same cases, and a part of the map as a filter."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import CASES, MAX_POINTS, Filters, case_points, list_cases
from gezhi.contexts.cases.queries import points as points_of
from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.kernel.clock import now
from gezhi.kernel.datum import Bounds
from gezhi.kernel.errors import InvalidInput
from tests.factories.areas import CELL, centre
from tests.factories.cases import MONDAY, make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    found = make_town()
    for cell in range(4):
        lon, lat = centre(cell)
        report(lon=lon, lat=lat, now=MONDAY)
    report(lon=None, lat=None, area_id=found.areas["420602001001"].pk, now=MONDAY)
    return found


def box_of_cell(cell: int) -> Bounds:
    lon, lat = centre(cell)
    return Bounds(lon - CELL / 4, lat - CELL / 4, lon + CELL / 4, lat + CELL / 4)


def shown(client: Client, **query: str) -> dict:
    response = client.get("/hub/points", {"queue": "all", **query})
    assert response.status_code == 200
    return response.json()


def test_the_map_has_the_cases_of_the_list_and_no_other(town):
    client = signed_in(town, "operations")
    found = shown(client)
    placed = Case.objects.filter(lon__isnull=False)
    assert {row[0]: (row[1], row[2]) for row in found["cases"]} == {c.number: (c.lon, c.lat) for c in placed}
    assert "5" not in found["words"]["told"]
    assert "4" in found["words"]["told"]
    assert "1" in found["words"]["told"]
    assert set(found["statuses"]) == {"reported"}
    assert set(found["classes"]) == {c.class_code for c in placed}
    one = placed.first()
    dispatch_case(
        Command(actor=town.actor("dispatcher"), number=one.number, now=MONDAY),
        organisation_id=town.bodies["sanitation"].pk,
    )
    assert {row[0] for row in shown(client, queue="dispatch")["cases"]} == {c.number for c in placed} - {one.number}


def test_nobody_sees_a_point_of_a_case_that_is_not_theirs(town):
    everything = {row[0] for row in shown(signed_in(town, "operations"))["cases"]}
    actor = town.actor("dispatcher")
    theirs = {row["number"] for row in list_cases(actor).rows if row["lon"] is not None}
    assert {row[0] for row in shown(signed_in(town, "dispatcher"))["cases"]} == theirs <= everything
    for person in ("resident", None):
        assert signed_in(town, person).get("/hub/points").status_code in {302, 403}


@pytest.mark.parametrize("cell", range(4))
def test_a_part_of_the_map_narrows_list_map_count_and_api_alike(town, cell):
    box = box_of_cell(cell)
    text = f"{box.min_lon:.5f},{box.min_lat:.5f},{box.max_lon:.5f},{box.max_lat:.5f}"
    (inside,) = [c.number for c in Case.objects.filter(lon__isnull=False) if box.contains(c.lon, c.lat)]
    client = signed_in(town, "operations")
    assert [row[0] for row in shown(client, box=text)["cases"]] == [inside]
    page = client.get("/hub", {"queue": "all", "box": text}).content.decode()
    assert page.count('class="list-row" id="row-') == 1
    assert "地图所示范围" in page
    assert [item["number"] for item in client.get("/api/v1/cases", {"box": text}).json()["items"]] == [inside]
    actor = town.actor("operations")
    assert CASES.count(actor, Filters(box=box)) == 1
    filters = CASES.filters_from(f"box={text}", actor=actor, now=now())
    assert CASES.filters_from(CASES.query_of(filters, actor=actor, now=now()), actor=actor, now=now()) == filters


def test_a_box_closely_around_a_place_holds_it_in_list_map_count_and_api(town):
    case = Case.objects.filter(lon__isnull=False).first()
    client, actor = signed_in(town, "operations"), town.actor("operations")
    for lon, lat in ((112.100004, 32.000004), (112.100006, 32.000006), (112.1, 32.0), (112.3, 32.00001)):
        Case.objects.filter(pk=case.pk).update(lon=lon, lat=lat)
        text = f"{lon - 2e-6:.7f},{lat - 2e-6:.7f},{lon + 2e-6:.7f},{lat + 2e-6:.7f}"
        assert [row[0] for row in shown(client, box=text)["cases"]] == [case.number]
        assert [item["number"] for item in client.get("/api/v1/cases", {"box": text}).json()["items"]] == [case.number]
        assert client.get("/api/v1/cases/count", {"box": text}).json()["count"] == 1
        # What an export and a saved view are made of.
        filters = CASES.filters_from({"box": [text]}, actor=actor, now=now())
        assert CASES.count(actor, filters) == 1
        # Read and written again and again it does not grow.
        again = filters
        for _ in range(3):
            again = CASES.filters_from(CASES.query_of(again, actor=actor, now=now()), actor=actor, now=now())
        assert again == filters


@pytest.mark.parametrize(
    "text",
    ["1,2,3", "112.2,32,112.1,33", "112,33,113,32", "a,b,c,d", "112,32,113,91", "nan,32,113,33", "1,2,3,4,5", ","],
)
def test_what_is_no_part_of_the_map_is_named(town, text):
    client = signed_in(town, "operations")
    for address in ("/hub/points", "/hub/rows"):
        assert client.get(address, {"queue": "all", "box": text}).status_code == 422
    answer = client.get("/api/v1/cases", {"box": text})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_box")
    with pytest.raises(InvalidInput):
        CASES.filters_from({"box": [text]}, actor=town.actor("operations"), now=now())


def test_many_cases_are_cut_and_it_is_said(town, monkeypatch):
    monkeypatch.setattr(points_of, "MAX_POINTS", 3)
    found = case_points(town.actor("operations"), filters=Filters(), sort="newest", now=now())
    assert MAX_POINTS == 2_000
    assert found.more
    assert len(found.points) + found.without_place == 3
    assert "只显示" in shown(signed_in(town, "operations"))["words"]["told"]


def test_the_page_of_the_map_keeps_the_lists_filters(town):
    page = signed_in(town, "operations").get("/hub/map", {"queue": "all", "class_prefix": "E01"}).content.decode()
    address = page.split('<case-map points="')[1].split('"')[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(address).query) == {"queue": ["all"], "class_prefix": ["E01"]}
    assert page.count('class="list-row" id="row-') == 5
    assert 'data-showing="map"' in page


def test_a_workers_tasks_have_a_map_with_the_same_cases(town):
    worker = town.users["worker"]
    numbers = [c.number for c in Case.objects.order_by("pk")]
    for number in (numbers[0], numbers[4]):
        command = Command(actor=town.actor("dispatcher"), number=number, now=MONDAY)
        dispatch_case(command, assignee_id=worker.pk)
    client = signed_in(town, "worker")
    found = client.get("/worker/points").json()
    assert [row[0] for row in found["cases"]] == [numbers[0]]
    assert "1 件没有位置" in found["words"]["told"]
    page = client.get("/worker/map").content.decode()
    assert 'points="/worker/points"' in page
    assert 'pressed="/worker/pressed"' in page
    assert 'href="/worker/map"' in client.get("/worker").content.decode()
    # Another's tasks are no part of it.
    assert signed_in(town, "colleague").get("/worker/points").json()["cases"] == []
    assert signed_in(town, "dispatcher").get("/worker/points").status_code == 403


def test_what_a_worker_has_done_has_a_map_too(town):
    number = Case.objects.order_by("pk").values_list("number", flat=True)[0]
    worker = town.users["worker"]
    dispatch_case(Command(actor=town.actor("dispatcher"), number=number, now=MONDAY), assignee_id=worker.pk)
    client = signed_in(town, "worker")
    assert "/worker/map?done=1" not in client.get("/worker/done").content.decode()
    Case.objects.filter(number=number).update(handled_by=worker.pk)
    assert "/worker/map?done=1" in client.get("/worker/done").content.decode()
    assert [row[0] for row in client.get("/worker/points", {"done": "1"}).json()["cases"]] == [number]
    assert 'points="/worker/points?done=1"' in client.get("/worker/map", {"done": "1"}).content.decode()
