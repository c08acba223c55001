"""The public page: counts of whole months by place and matter, with no person, no small count and no account."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, Contact, call_in, cancel_case, dispatch_case
from gezhi.contexts.openfigures.models import Cell, Month, Running
from gezhi.contexts.openfigures.use_cases.count_month import count_months
from gezhi.kernel.clock import now
from gezhi.kernel.errors import NotAllowed
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from tests.factories.cases import MONDAY, SYSTEM, make_town, report

pytestmark = pytest.mark.django_db
APRIL = datetime(2026, 4, 2, tzinfo=UTC)


@pytest.fixture
def town():
    return make_town()


def many(count, grid=0, at=MONDAY, **fields):
    return [report(grid=grid, now=at + timedelta(minutes=number), **fields) for number in range(count)]


def counted(at=APRIL):
    return count_months(actor=SYSTEM, now=at)


def test_a_month_is_counted_once_when_it_is_over_and_stays(town):
    made = many(7)
    assert counted(MONDAY + timedelta(days=3)) == 0, "not while it runs"
    assert counted() == 1
    (cell,) = Cell.objects.all()
    assert (cell.grid, cell.matter, cell.standing, cell.count) == (town.areas["420602001001001"].pk, "E0110", "open", 7)
    many(5)
    command = Command(actor=town.actor("dispatcher"), number=made[0].number, now=APRIL, note="重复")
    cancel_case(command)
    assert counted() == 0
    assert Cell.objects.get().count == 7


def test_parts_are_no_reports_and_the_month_that_runs_is_told_in_tens(town):
    made = many(62)
    at = MONDAY + timedelta(hours=1)
    command = Command(actor=town.actor("dispatcher"), number=made[0].number, now=at, note="请协助")
    dispatch_case(command, organisation_id=town.bodies["sanitation"].pk)
    call_in(command, organisation_id=town.bodies["housing"].pk)
    assert Case.objects.count() == 63
    counted(MONDAY + timedelta(days=1))
    assert Running.objects.get().at_least == 50
    counted()
    assert sum(Cell.objects.values_list("count", flat=True)) == 62


def test_the_page_needs_no_account_and_shows_no_small_count(client, town):
    many(6, contact=Contact(name="王小明", phone="13812341234"), description="李家门口的垃圾", address="三单元")
    many(3, grid=2)
    counted()
    answer = client.get("/public")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2026年3月" in page
    for secret in ("王小明", "138", "李家", "三单元", Case.objects.first().number):
        assert secret not in page
    assert "本月另有少量上报未列出" in page
    assert '<td class="num">6</td>' in page
    assert '<td class="num">3</td>' not in page
    street = town.areas["420602001"].pk
    inside = client.get(f"/public?area={street}").content.decode()
    assert inside.count('<td class="num">—</td>') == 1
    assert "<svg" in inside
    assert "By place and matter" in client.get("/public", headers={"Accept-Language": "en"}).content.decode()


def test_what_is_asked_for_and_is_not_there(client, town):
    assert client.get("/public").status_code == 200, "before anything was counted"
    assert client.get("/public/reports.csv").status_code == 404
    many(6)
    counted()
    for query in ("month=2026-02", "month=x", "area=999999", "area=x"):
        assert client.get(f"/public?{query}").status_code == 404
    assert client.get("/public?matter=E0110;&standing=x&page=0").status_code == 200


def test_files_hold_the_cells_and_nothing_else(client, town):
    many(6)
    many(8, grid=2, class_code="E0112")
    counted()
    answer = client.get("/public/reports.csv?month=2026-03")
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    assert [(row["service_code"], row["level"], row["count"]) for row in rows] == [
        ("E0112", "grid", "8"),
        ("E0110", "grid", "6"),
    ]
    assert "public" in answer.headers["Cache-Control"]
    answer = client.get("/public/reports.json?month=2026-03&matter=E01")
    told = json.loads(answer.content)
    assert [one["properties"]["count"] for one in told["features"]] == [8, 6]
    assert told["features"][0]["geometry"]["type"] == "Point"
    assert answer.headers["Content-Type"] == "application/geo+json"


def test_a_page_of_many_cells_asks_as_few_queries_as_one_of_few(client, town):
    many(6)
    counted()
    month, grid = Month.objects.get(), town.areas["420602001001001"].pk

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get("/public").status_code == 200
        return len(caught)

    queries()
    few = queries()
    one = Cell.objects.get()
    Cell.objects.bulk_create(
        Cell(
            month=month, city=one.city, district=one.district, street=one.street, community=one.community, grid=grid,
            matter=f"X{number:04}", standing="open", count=5,
        )
        for number in range(400)
    )  # fmt: skip
    assert queries() == few


def test_the_list_and_the_month_are_read_by_index(town):
    with connection.cursor() as cursor:
        plan = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute(f"{plan} SELECT id FROM openfigures_cell WHERE month_id = 1 ORDER BY count DESC, id LIMIT 50")
        told = " ".join(str(row) for row in cursor.fetchall())
        if connection.vendor == "sqlite":
            assert "openfigures_largest" in told
            assert "SCAN" not in told
        cursor.execute(
            f"{plan} SELECT count(*) FROM cases_case WHERE reported_at >= '2026-03-01' AND reported_at < '2026-04-01'"
        )
        told = " ".join(str(row) for row in cursor.fetchall())
        if connection.vendor == "sqlite":
            assert "cases_newest" in told


def test_only_the_system_counts(town):
    for actor in (ANONYMOUS, town.actor("operations")):
        with pytest.raises(NotAllowed):
            count_months(actor=actor, now=now())
    assert count_months(actor=system_actor("open figures"), now=now()) == 0
