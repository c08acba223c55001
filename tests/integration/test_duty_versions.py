"""Versions of the duty table: at once or at their time, taken back, as a workbook; and which cases another one sends elsewhere."""

from __future__ import annotations

import re
import zipfile
from dataclasses import asdict, replace
from datetime import timedelta

import openpyxl
import pytest
from click.testing import CliRunner

from gezhi.contexts.areas.queries import ancestors_of
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.jobs import put_tables_in_force
from gezhi.contexts.cases.models import Case, DutyTable
from gezhi.contexts.cases.place import place_of
from gezhi.contexts.cases.queries import (
    Preview,
    cases_elsewhere,
    decides_nothing,
    duty_rows_of,
    duty_versions,
    reaches_nobody,
    settled_at,
    who_settles,
)
from gezhi.contexts.cases.use_cases import call_in, dispatch_case
from gezhi.contexts.cases.use_cases.install_duties import (
    DutyRow,
    install_duties,
    put_due_duties_in_force,
    withdraw_duties,
)
from gezhi.contexts.organisations.use_cases.change_organisation import end_organisation
from gezhi.interfaces.cli.main import main
from gezhi.interfaces.imports.duty_book import read_duty_book, write_duty_book
from gezhi.kernel import clock
from gezhi.kernel.errors import InvalidInput, NotAllowed, NotFound
from gezhi.platform.audit.verify import verify
from tests.factories.cases import MONDAY, SYSTEM, make_town, report
from tests.integration.test_case_hands import Hands

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=3)
CLASSES = ("E0101", "E0113", "E0110", "C0101", "S0599")


@pytest.fixture
def town():
    return make_town()


def body_of(case_class: str, town, **more) -> str:
    place = ancestors_of(town.areas["420602001002"].pk)
    return (
        catalogue()
        .route(class_code=case_class, place=place, condition=None, **{"at": MONDAY, **more})
        .organisation_name
    )


def install(rows, **more) -> DutyTable:
    return install_duties(actor=SYSTEM, name="新版", rows=rows, now=MONDAY, **more)


def other(rows: list[DutyRow], prefix: str, **values) -> list[DutyRow]:
    """The same rows with one more, or with other values in the one of this prefix."""
    if all(row.class_prefix != prefix for row in rows):
        return [*rows, replace(rows[0], class_prefix=prefix, **values)]
    return [replace(row, **values) if row.class_prefix == prefix else row for row in rows]


def test_a_version_ahead_waits_takes_force_in_its_time_and_can_be_taken_back(town):
    before = body_of("E0113", town)
    rows = other(duty_rows_of(), "E0113", organisation_kind="street_office", organisation_level="street")
    made = install(rows, effective_from=LATER)
    assert (made.waiting, made.in_force) == (True, False)
    assert body_of("E0113", town) == before
    assert put_due_duties_in_force(actor=SYSTEM, now=LATER - timedelta(seconds=1)) == []
    with clock.using(clock.SimulatedClock(LATER)):
        assert put_tables_in_force.call() == 1
    assert body_of("E0113", town) != before
    assert [one.number for one in duty_versions() if one.in_force] == [made.number]
    gone = install(rows, effective_from=LATER)
    withdraw_duties(actor=SYSTEM, number=gone.number, now=MONDAY)
    assert put_due_duties_in_force(actor=SYSTEM, now=LATER + timedelta(days=9)) == []
    with pytest.raises(NotFound):
        withdraw_duties(actor=SYSTEM, number=gone.number, now=MONDAY)
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("values", "field", "word"),
    [
        ({"dispatch_limit": "soon"}, "dispatch_limit", "soon"),
        ({"handle_limit": "5XD"}, "handle_limit", "5XD"),
        ({"check_limit": ""}, "check_limit", "missing"),
        ({"dispatch_limit": "999999999WH"}, "dispatch_limit", "two years"),
        ({"dispatch_limit": "-1WH"}, "dispatch_limit", "two years"),
        ({"check_limit": "0WH"}, "check_limit", "two years"),
        ({"class_prefix": "e01"}, "class_prefix", "e01"),
        ({"class_prefix": "Ｅ０１"}, "class_prefix", "Ｅ０１"),
        ({"class_prefix": "\u200bE01"}, "class_prefix", "capital"),
        ({"organisation_kind": ""}, "organisation_kind", "organisation"),
        ({"organisation_level": "village"}, "organisation_level", "village"),
        ({"condition": 0}, "condition", "from 1"),
        ({"note": "长" * 201}, "note", "200"),
        ({"class_prefix": "E" * 13}, "class_prefix", "12"),
    ],
)
def test_a_row_at_fault_is_named_and_nothing_is_installed(town, values, field, word):
    rows = duty_rows_of()
    rows[2] = replace(rows[2], **values)
    with pytest.raises(InvalidInput) as refused:
        install(rows)
    assert refused.value.field == field
    assert "row 3" in str(refused.value)
    assert word in str(refused.value)
    assert DutyTable.objects.count() == 1


def test_two_rows_that_decide_the_same_are_refused(town):
    rows = duty_rows_of()
    with pytest.raises(InvalidInput, match=f"row {len(rows) + 1}.*row 2"):
        install([*rows, replace(rows[1], note="again")])


def test_who_may_not_installs_nothing(town):
    with pytest.raises(NotAllowed):
        install_duties(actor=town.actor("worker"), name="x", rows=duty_rows_of(), now=MONDAY)


def test_a_row_that_names_the_condition_wins_over_one_that_does_not(town):
    entry = next(row for row in catalogue().classes.values() if row.is_minor and len(row.limits) > 1)
    rows = duty_rows_of()
    named = replace(
        rows[0],
        class_prefix=entry.code,
        organisation_kind="street_office",
        organisation_level="street",
        handle_limit="9ND",
    )
    install(
        [
            *[row for row in rows if row.class_prefix != entry.code],
            named,
            replace(named, condition=2, handle_limit="8ND"),
        ]
    )
    place = ancestors_of(town.areas["420602001002"].pk)

    def limit(condition):
        return catalogue().route(class_code=entry.code, place=place, condition=condition, at=MONDAY).handle_limit

    assert [limit(None), limit(1), limit(2)] == ["9ND", "9ND", "8ND"]


def test_the_preview_lists_exactly_what_a_full_second_routing_sends_elsewhere(town):
    numbers = [report(class_code=code) for code in CLASSES * 3]
    assert len(numbers) == 15
    rows = other(duty_rows_of(), "E0113", organisation_kind="street_office", organisation_level="street")
    seen = Preview()
    listed = {
        one.case_id: (one.before.organisation_id, one.after.organisation_id)
        for one in cases_elsewhere(rows, since=MONDAY - timedelta(days=1), until=LATER, preview=seen)
    }
    assert (seen.looked_at, seen.elsewhere, seen.to_nobody) == (15, 3, 0)
    before = {case.pk: routed(case) for case in Case.objects.all()}
    install(rows)
    after = {case.pk: routed(case) for case in Case.objects.all()}
    assert listed == {pk: (before[pk], after[pk]) for pk in before if before[pk] != after[pk]}


def routed(case: Case) -> int | None:
    route = catalogue().route(
        class_code=case.class_code, place=place_of(case), condition=case.condition, at=case.reported_at
    )
    return route.organisation_id


def test_the_preview_counts_what_falls_to_the_hub_and_keeps_to_its_days(town):
    report(class_code="E0113")
    rows = other(duty_rows_of(), "E0113", organisation_kind="nobody_such", organisation_level="street")
    seen = Preview()
    (one,) = cases_elsewhere(rows, since=MONDAY - timedelta(days=1), until=LATER, preview=seen)
    assert (one.after.organisation_id, seen.to_nobody) == (None, 1)
    assert not list(cases_elsewhere(rows, since=LATER, until=LATER + timedelta(days=1), preview=Preview()))


def test_parts_of_joint_cases_are_given_by_hand_and_go_nowhere_else(town):
    hands = Hands(town, class_code="E0113")
    dispatch_case(hands.by("dispatcher"), organisation_id=town.bodies["sanitation"].pk)
    call_in(hands.by("dispatcher"), organisation_id=town.bodies["housing"].pk)
    rows = other(duty_rows_of(), "E0113", organisation_kind="utility", organisation_level="district")
    seen = Preview()
    (one,) = cases_elsewhere(rows, since=MONDAY - timedelta(days=1), until=LATER, preview=seen)
    assert (one.number, seen.looked_at, seen.elsewhere) == (hands.made.number, 1, 1)


def test_rows_that_reach_nobody_or_decide_nothing_are_told(town):
    rows = [
        DutyRow("E01", "2WH", "2WH", organisation_kind="street_office", organisation_level="street"),
        DutyRow("E02", "2WH", "2WH", organisation_kind="nobody_such", organisation_level="street"),
        DutyRow("E03", "2WH", "2WH", organisation_id=10**9),
        DutyRow("X9", "2WH", "2WH", organisation_kind="street_office", organisation_level="street"),
        DutyRow("E04", "2WH", "2WH", organisation_kind="street_office", organisation_level="street", condition=99),
    ]
    assert reaches_nobody(rows) == [1, 2]
    assert decides_nothing(rows) == [3, 4]


def test_a_row_for_the_citys_own_area_is_the_twin_of_one_without_an_area(town, tmp_path):
    city = town.areas["4206"].pk
    rows = [*duty_rows_of(), replace(duty_rows_of()[0], area_id=city, note="全市")]
    with pytest.raises(InvalidInput, match="what row 1 says"):
        install(rows)
    write_duty_book(tmp_path / "duties.xlsx", rows)
    (fault,) = read_duty_book(tmp_path / "duties.xlsx").faults
    assert "what row 2 says" in str(fault.said)


def test_a_body_that_has_ended_is_given_nothing_by_the_row_that_names_it(town):
    body, place = town.bodies["utility"].pk, ancestors_of(town.areas["420602001001"].pk)
    install([DutyRow("E01", "2WH", "2WH", organisation_id=body, note="专办")])
    before = settled_at(place, now=MONDAY).settled
    end_organisation(actor=SYSTEM, organisation_id=body, last_day=MONDAY.date() - timedelta(days=1), now=MONDAY)
    catalogue.forget()
    route = catalogue().route(class_code="E0110", place=place, condition=None, at=MONDAY)
    assert (route.organisation_id, route.organisation_name, route.duty_id is None) == (None, "", False)
    assert f"organisation {body}: in use no more" in route.reason
    assert Case.objects.get(number=report(class_code="E0110").number).suggested_organisation_id is None
    assert before > settled_at(place, now=MONDAY).settled == 0


def test_who_settles_says_the_row_that_decides_and_those_behind_it(town):
    place = ancestors_of(town.areas["420602001002"].pk)
    answer = who_settles(class_code="E0113", place=place, now=MONDAY)
    assert answer.decided is not None
    assert answer.decided.class_prefix == "E0113"
    assert [duty.class_prefix for duty in answer.others] == ["E01", ""]
    assert answer.route.duty_id == answer.decided.id
    assert answer.version is not None
    with pytest.raises(InvalidInput):
        who_settles(class_code="E01", place=place, now=MONDAY)


def test_a_workbook_is_read_back_to_the_same_rows(town, tmp_path):
    area, body = town.areas["420602001"], next(iter(catalogue().bodies))
    rows = [
        *duty_rows_of(),
        DutyRow(
            "E0113", "1UH", "2WH", organisation_id=body, area_id=area.pk, condition=2, handle_limit="5WD", note="=夜间"
        ),
    ]
    write_duty_book(tmp_path / "duties.xlsx", rows)
    book = read_duty_book(tmp_path / "duties.xlsx")
    assert book.faults == []
    assert [asdict(row) for row in book.rows] == [asdict(row) for row in rows]


def test_each_bad_cell_of_a_workbook_is_named(town, tmp_path):
    path = tmp_path / "duties.xlsx"
    write_duty_book(path, duty_rows_of()[:6])
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for cell, value in (("C3", "429999"), ("D4", "NO-SUCH"), ("B5", "second"), ("G6", "whenever")):
        sheet[cell] = value
    book.save(path)
    assert [(fault.cell, str(fault.said)) for fault in read_duty_book(path).faults] == [
        ("C3", "there is no area '429999'"),
        ("D4", "there is no organisation 'NO-SUCH'"),
        ("B5", "'second' is no number of a filing condition: write 1, 2 …, or leave it empty"),
        ("G6", "'whenever' is no time limit of up to two years: write 4WH, 2UH, 5WD or 7ND"),
    ]
    for cell in ("C3", "D4", "B5"):
        sheet[cell] = None
    book.save(path)
    (fault,) = read_duty_book(path).faults
    assert (fault.cell, "whenever" in str(fault.said)) == ("G6", True)


def test_the_command_line_writes_previews_installs_lists_answers_and_withdraws(town, tmp_path):
    run = CliRunner().invoke
    file = str(tmp_path / "duties.xlsx")
    assert run(main, ["tables", "duties", file]).exit_code == 0
    report(class_code="E0113")
    same = run(main, ["import", "duties", file, "--name", "同", "--preview", "366"])
    assert same.output.splitlines()[-1].startswith("0 of ")
    waits = run(main, ["import", "duties", file, "--name", "明年", "--from", "2099-01-01"])
    assert "wait as version 2" in waits.output
    listed = run(main, ["tables", "list"]).output
    assert "duties 1" in listed
    assert [line.split()[2] for line in listed.splitlines() if line.startswith("duties 2")] == ["waits"]
    assert run(main, ["tables", "withdraw-duties", "2"]).exit_code == 0
    assert run(main, ["tables", "withdraw-duties", "2"]).exit_code == 2
    told = run(main, ["tables", "who", "E0113", "420602001002"])
    assert (told.exit_code, "behind it" in told.output) == (0, True)
    assert run(main, ["tables", "who", "E0113", "1"]).exit_code == 2


def test_rows_beyond_what_a_sheet_says_of_its_size_are_read(town, tmp_path):
    rows, path, stale = duty_rows_of(), tmp_path / "duties.xlsx", tmp_path / "stale.xlsx"
    write_duty_book(path, rows)
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(stale, "w") as other:
        for name in book.namelist():
            content = book.read(name)
            if name.startswith("xl/worksheets/"):
                content, changed = re.subn(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:J30"', content)
                assert changed == 1
            other.writestr(name, content)
    assert len(read_duty_book(stale).rows) == len(rows)


def test_a_heading_that_stands_twice_is_named_and_wipes_nothing(town, tmp_path):
    path = tmp_path / "duties.xlsx"
    write_duty_book(path, duty_rows_of())
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["J1"] = "类别前缀 class_prefix"
    book.save(path)
    (fault,) = read_duty_book(path).faults
    assert (fault.cell, "twice" in str(fault.said)) == ("J1", True)


def test_all_that_is_wrong_is_named_at_once_and_rows_as_the_sheet_counts_them(town, tmp_path):
    path = tmp_path / "duties.xlsx"
    write_duty_book(path, duty_rows_of()[:12])
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for cell, value in (("C4", "429999"), ("F6", "village"), ("E8", "环卫"), ("G7", "2XX"), ("A10", sheet["A9"].value)):
        sheet[cell] = value
    book.save(path)
    faults = {fault.cell: str(fault.said) for fault in read_duty_book(path).faults}
    assert faults.keys() == {"C4", "F6", "E8", "G7", "A10"}
    assert faults["A10"].endswith("what row 9 says")


def test_every_bad_row_of_a_csv_is_named(town, tmp_path):
    path = tmp_path / "duties.csv"
    lines = [
        "class_prefix,organisation_kind,organisation_level,dispatch_limit,check_limit",
        "E01,sanitation,district,2WH,2WH",
        "E02,sanitation,village,2WH,2WH",
        "E03,sanitation,district,-1WH,2WH",
        "e04,sanitation,district,2WH,2WH",
    ]
    path.write_text("\n".join(lines), "utf-8")
    told = CliRunner().invoke(main, ["import", "duties", str(path), "--name", "x"])
    assert told.exit_code == 2
    assert "row 4" in told.output
    path.write_text("\n".join([*lines[:3], lines[4]]), "utf-8")
    told = CliRunner().invoke(main, ["import", "duties", str(path), "--name", "x"]).output
    assert "row 3" in told
    assert "row 4" in told


def test_a_version_that_was_taken_back_is_called_so_also_after_its_day(town):
    number = install(duty_rows_of(), effective_from=LATER).number
    withdraw_duties(actor=SYSTEM, number=number, now=MONDAY)
    assert [(one.number, one.withdrawn) for one in duty_versions()] == [(number, True), (1, False)]


@pytest.mark.parametrize("days", [-2, 40_000])
def test_a_day_that_is_past_or_far_ahead_is_a_slip_of_the_pen(town, days):
    with pytest.raises(InvalidInput):
        install(duty_rows_of(), effective_from=MONDAY + timedelta(days=days))
    with pytest.raises(InvalidInput):
        install_duties(actor=SYSTEM, name=" ", rows=duty_rows_of(), now=MONDAY)
    assert DutyTable.objects.count() == 1


def test_a_row_for_the_citys_own_area_overrides_no_closer_class(town):
    broad = replace(duty_rows_of()[0], class_prefix="E", area_id=town.areas["4206"].pk)
    before = body_of("E0113", town)
    install([*duty_rows_of(), broad])
    assert body_of("E0113", town) == before


def test_rows_for_smaller_areas_within_the_place_are_told(town):
    grid = town.areas["420602001002001"].pk if "420602001002001" in town.areas else town.areas["420602001001001"].pk
    inner = replace(duty_rows_of()[0], class_prefix="E0113", area_id=grid)
    install([*duty_rows_of(), inner])
    street = ancestors_of(town.areas["420602001"].pk)
    answer = who_settles(class_code="E0113", place=street, now=MONDAY)
    assert [duty.area_id for duty in answer.inside] == [grid]
    assert who_settles(class_code="E0113", place=ancestors_of(grid), now=MONDAY).inside == ()
    assert answer.numbers[answer.inside[0].id] == len(duty_rows_of()) + 1
