"""Foreign rows become cases with a history; bad rows are named; a second run changes nothing."""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.states import CaseStatus, LocationQuality
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.queries.imported import imported_cases
from gezhi.contexts.cases.use_cases.import_cases import import_cases
from gezhi.contexts.organisations.models import Organisation
from gezhi.demo.replay.run import make_cast, replay, verify
from gezhi.interfaces.cli.main import main
from gezhi.kernel.errors import NotAllowed
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.audit import verify as audit
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.steps.consistency import all_that_differ
from tests.factories.areas import START, centre
from tests.factories.cases import MONDAY, SYSTEM, make_town

pytestmark = pytest.mark.django_db

MAPPING = """
source = "town-hotline"
time_zone = "Asia/Shanghai"
[columns]
id = "no"
reported_at = "reported"
closed_at = "closed"
due_at = "due"
status = "state"
class = "kind"
description = ["kind", "words"]
closing_note = "result"
address = "address"
longitude = "lon"
latitude = "lat"
organisation = "office"
area = "grid"
[formats]
time = ["%Y/%m/%d %H:%M", "iso"]
[status]
closed = ["已结"]
[classes.map]
"垃圾" = "E0110"
"路灯" = "C0137"
[organisations.map]
"环卫所" = "sanitation"
"""
HEADER = [
    "no",
    "reported",
    "closed",
    "due",
    "state",
    "kind",
    "words",
    "result",
    "address",
    "lon",
    "lat",
    "office",
    "grid",
]
GRID = "420602001001001"


def row(number, **changes):
    lon, lat = centre(0)
    values = {
        "no": str(number),
        "reported": "2026/03/02 10:00",
        "closed": "2026-03-02T16:30:00",
        "due": "2026/03/03 10:00",
        "state": "已结",
        "kind": "垃圾",
        "words": "路边有垃圾",
        "result": "已清运",
        "address": f"胜利街{number}号",
        "lon": str(lon),
        "lat": str(lat),
        "office": "环卫所",
        "grid": GRID,
    }
    return values | changes


@pytest.fixture
def files(tmp_path):
    (tmp_path / "town.toml").write_text(MAPPING, "utf-8")

    def write(*rows):
        path = tmp_path / "hotline.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, fieldnames=HEADER)
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def run(path, *options):
    mapping, rejects = str(path.parent / "town.toml"), str(path.parent / "rejects.csv")
    arguments = ["import", "cases", str(path), "--mapping", mapping, "--rejects", rejects, "--json", *options]
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, json.loads(result.stdout) if result.stdout else {}, result.stderr


def test_a_closed_row_becomes_a_closed_case_with_two_history_rows(files):
    town = make_town()
    code, figures, _ = run(files(row(1)))
    assert code == 0
    assert (figures["rows"], figures["imported"], figures["rejected"], figures["doubtful_location"]) == (1, 1, 0, 0)
    assert (figures["located_share"], figures["area_agreement"]) == (1.0, 1.0)
    case = Case.objects.get(external_source="town-hotline", external_id="1")
    assert case.status == CaseStatus.CLOSED
    assert case.description == "垃圾 · 路边有垃圾"
    assert case.grid_id == town.areas[GRID].pk
    assert case.number == "20260302000001"
    assert case.reported_at == MONDAY
    assert (case.closed_at - case.reported_at).total_seconds() == 6.5 * 3600
    assert case.organisation.kind == Organisation.Kind.SANITATION
    steps = list(CaseStep.objects.filter(case=case).order_by("version"))
    assert [(step.action, step.to_status, step.note) for step in steps] == [
        ("report", "dispatched", "imported from town-hotline"),
        ("close", "closed", "已清运"),
    ]
    assert list(all_that_differ()) == []
    assert list(audit.verify()) == []


def test_an_open_row_is_somebodys_task_and_an_import_is_one_piece_of_news(files):
    make_town()
    run(files(row(1, state="处理中", closed=""), row(2, state="处理中", closed="", office="", due="")))
    first, second = Case.objects.order_by("external_id")
    assert (first.status, first.due_at) == (CaseStatus.DISPATCHED, first.handle_due)
    assert (second.status, second.due_at) == (CaseStatus.REPORTED, second.dispatch_due)
    assert second.handle_due is not None
    [news] = OutboxEvent.objects.all()
    assert (news.type, news.payload["rows"]) == ("cases.imported", 2)
    touched = news.payload["touched"]
    assert set(touched["street_id"]) == {case.street_id for case in (first, second) if case.street_id}
    assert touched["organisation_id"] == [first.organisation_id]


BAD = {
    "no id": ({"no": ""}, "no", "no id"),
    "long id": ({"no": "7" * 81}, "no", "at most 80"),
    "no time": ({"reported": ""}, "reported", "no reporting time"),
    "odd time": ({"reported": "yesterday"}, "reported", "not a time"),
    "old time": ({"reported": "1012/03/02 10:00"}, "reported", "before 1970"),
    "closed without time": ({"closed": ""}, "closed", "without a closing time"),
    "closed too early": ({"closed": "2026/03/01 10:00"}, "closed", "before it was reported"),
    "unknown class": ({"kind": "飞碟"}, "kind", "no class"),
    "odd longitude": ({"lon": "east"}, "lon", "not a number"),
    "endless latitude": ({"lat": "inf"}, "lat", "not a number"),
    "half a position": ({"lat": ""}, "lat", "half a position"),
    "NUL": ({"words": "a\0b"}, "words", "NUL"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_is_named_and_the_good_ones_go_in(files, name):
    make_town()
    changes, column, reason = BAD[name]
    path = files(row(1), row(2, **changes), row(3))
    code, figures, _ = run(path)
    assert code == 1
    assert (figures["imported"], figures["rejected"]) == (2, 1)
    with (path.parent / "rejects.csv").open(encoding="utf-8-sig", newline="") as handle:
        (rejected,) = csv.DictReader(handle)
    assert (rejected["row"], rejected["column"]) == ("3", column)
    assert reason in rejected["reason"]
    assert Case.objects.count() == 2


def test_the_same_id_twice_in_a_file_is_a_fault_of_the_second(files):
    make_town()
    code, figures, _ = run(files(row(1), row(1)))
    assert (code, figures["imported"], figures["rejected"]) == (1, 1, 1)
    assert figures["reasons"] == {"no: the same id stands in row 2": 1}


def test_all_or_nothing_writes_nothing_if_a_row_is_bad(files):
    make_town()
    code, figures, _ = run(files(row(1), row(2, kind="飞碟")), "--all-or-nothing")
    assert (code, figures["imported"]) == (1, 0)
    assert Case.objects.count() == CaseStep.objects.count() == 0
    assert run(files(row(1)), "--all-or-nothing")[0] == 0
    assert Case.objects.count() == 1


def test_a_second_run_adds_only_what_is_new(files):
    make_town()
    run(files(row(1), row(2)))
    heads = CaseStep.objects.count()
    code, figures, _ = run(files(row(1), row(2), row(3)))
    assert (code, figures["imported"], figures["existing"]) == (0, 1, 2)
    assert CaseStep.objects.count() == heads + 2
    assert list(audit.verify()) == []


@pytest.mark.parametrize(
    ("lon", "lat"),
    [("0", "0"), ("0.0", "0.0"), ("", ""), ("112", "32"), ("32.01", "112.01"), ("400", "95"), ("120.5", "30.5")],
)
def test_a_position_that_cannot_be_one_leaves_the_case_without_location(files, lon, lat):
    make_town()
    code, figures, _ = run(files(row(1, lon=lon, lat=lat)))
    assert (code, figures["unlocated"], figures["located_share"]) == (0, 1, 0.0)
    case = Case.objects.get()
    assert case.location_quality == LocationQuality.UNLOCATED
    assert (case.lon, case.grid_id, case.district_id) == (None, None, None)
    assert case.city_id is not None
    assert case.source_lon == (float(lon) if lon else None)


def test_a_default_point_is_found_and_its_rows_are_not_trusted(files):
    make_town()
    hall, elsewhere = centre(1), centre(2)
    lost = [row(n, lon=str(hall[0]), lat=str(hall[1])) for n in range(30)]
    known = [row(100 + n, lon=str(elsewhere[0] + n * 1e-6), lat=str(elsewhere[1])) for n in range(70)]
    _, figures, _ = run(files(*lost, *known))
    assert figures["doubtful_location"] == 30
    assert figures["default_points"] == [{"lon": hall[0], "lat": hall[1], "rows": 30, "addresses": 30}]
    doubtful = Case.objects.filter(location_quality=LocationQuality.DOUBTFUL)
    assert doubtful.count() == 30
    assert not doubtful.exclude(grid=None, district=None).exists()
    assert not doubtful.filter(lon=None).exists()


def test_a_default_point_that_the_mapping_names_needs_no_crowd(files):
    make_town()
    lon, lat = centre(0)
    path = files(row(1))
    (path.parent / "town.toml").write_text(MAPPING + f"[location]\ndefault_points = [[{lon}, {lat}]]\n", "utf-8")
    assert run(path)[1]["doubtful_location"] == 1


def test_without_areas_nothing_can_be_imported(files):
    code, _, words = run(files(row(1)))
    assert code == 2
    assert "no areas yet" in words


def test_only_the_system_imports():
    with pytest.raises(NotAllowed):
        import_cases(actor=ANONYMOUS, source="x", rows=[], now=MONDAY)


def test_a_replay_lives_the_cases_through_in_order_of_time(files):
    make_town()
    open_row = row(3, state="处理中", closed="", reported="2026/03/02 10:30", office="")
    run(files(row(1), row(2, reported="2026/03/02 11:00", lon="0", lat="0"), open_row))
    rows = list(imported_cases())
    cast = make_cast(actor=SYSTEM, now=START)
    catalogue.forget()  # a process holds the bodies for some seconds; a replay is a process of its own
    outcomes = replay(iter(rows), cast=cast, advance=lambda _count: None)
    verify(outcomes)
    assert outcomes.clean
    assert (outcomes.cases, outcomes.closed) == (3, 2)
    assert outcomes.actions == {"report": 3, "dispatch": 3, "accept": 3, "handle": 2, "check": 2, "close": 2}
    lived = Case.objects.filter(external_source=None)
    assert sorted(lived.values_list("status", flat=True)) == ["closed", "closed", "handling"]
    assert set(lived.values_list("closed_at", flat=True)) == {rows[0].closed_at, None}
    chains = set(CaseStep.objects.filter(case__in=lived).values_list("chain", flat=True))
    assert len(chains) == 2, "the district's chain, and that of cases without a place"
    for name in chains:
        steps = CaseStep.objects.filter(case__in=lived, chain=name).order_by("seq")
        times = list(steps.values_list("at", flat=True))
        assert times == sorted(times)
