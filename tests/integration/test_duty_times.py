"""Rows of the duty table that hold in some months and hours only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.utils.timezone import get_default_timezone

from gezhi.contexts.areas.queries import ancestors_of
from gezhi.contexts.cases.domain.duty_table import DutyRow, faults_of_duties
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import Preview, cases_elsewhere, duty_rows_of, who_settles
from gezhi.interfaces.imports.duty_book import DUTIES, DutyBook, read_duty_book, write_duty_book
from gezhi.platform.audit.verify import verify
from tests.factories.cases import make_town, report
from tests.integration.test_duty_versions import body_of, install

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


NIGHT_MARKET = DutyRow(
    "E0401",
    "1UH",
    "2WH",
    organisation_kind="public_security",
    organisation_level="district",
    months="5-10",
    hours="18-2",
)
EVENING = datetime(2026, 7, 6, 19, tzinfo=get_default_timezone())


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (EVENING, "night"),
        (EVENING.replace(hour=23, minute=59), "night"),
        (EVENING.replace(hour=1), "night"),
        (EVENING.replace(hour=2), "always"),
        (EVENING.replace(hour=17, minute=59), "always"),
        (EVENING.replace(month=11), "always"),
    ],
)
def test_a_row_may_hold_in_some_months_and_hours_only(town, at, kind):
    always = body_of("E0401", town)
    install([*duty_rows_of(), replace(NIGHT_MARKET, organisation_id=town.bodies["housing"].pk)])
    assert body_of("E0401", town, at=at) == {"night": town.bodies["housing"].name, "always": always}[kind]
    number = report(class_code="E0401", now=at).number
    assert Case.objects.get(number=number).dispatch_limit == ("1UH" if kind == "night" else "2WH")
    assert list(verify()) == []


def test_rows_of_a_matter_that_hold_at_the_same_time_are_refused():
    row = NIGHT_MARKET
    fine = [
        row,
        replace(row, hours="2-18"),
        replace(row, months="11-4"),
        replace(row, months="", hours=""),
        replace(row, condition=2),
    ]
    assert faults_of_duties(fine) == []
    for field, clash in (
        ("hours", replace(row, hours="1-3")),
        ("months", replace(row, months="12,5", hours="")),
        ("hours", replace(row, months="", hours="23-24")),
    ):
        [fault] = faults_of_duties([row, clash])
        assert (fault.place, fault.field) == (1, field)
        assert "row 1" in str(fault.said)
    assert len(faults_of_duties([*fine, fine[3]])) == 1


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("months", "13"),
        ("months", "0-3"),
        ("months", "may"),
        ("months", "5-"),
        ("months", ","),
        ("months", "1-" + "2" * 50),
        ("hours", "18"),
        ("hours", "25-26"),
        ("hours", "6-6"),
        ("hours", "18:00-24:00"),
        ("hours", "-3"),
    ],
)
def test_what_is_no_time_is_named(field, text):
    assert {fault.field for fault in faults_of_duties([replace(NIGHT_MARKET, **{field: text})])} == {field}


def test_times_go_out_and_in_by_the_workbook_and_each_bad_cell_is_named(town, tmp_path):
    path = tmp_path / "duties.xlsx"
    rows = [NIGHT_MARKET, replace(NIGHT_MARKET, hours="8-11,14-17"), replace(NIGHT_MARKET, months="", hours="")]
    write_duty_book(path, rows)
    assert read_duty_book(path) == DutyBook(rows, read_duty_book(path).cells, [])
    book = openpyxl.load_workbook(path)
    sheet = book[DUTIES.name]
    months, hours = (
        next(cell.column_letter for cell in sheet[1] if name in str(cell.value)) for name in ("适用月份", "适用时段")
    )
    sheet[f"{months}2"], sheet[f"{hours}2"] = "5月－10月", "18时到2时"
    book.save(path)
    assert read_duty_book(path).rows == rows
    sheet[f"{months}2"], sheet[f"{hours}3"] = "夏天", "晚上"
    book.save(path)
    assert {fault.cell for fault in read_duty_book(path).faults} == {f"{months}2", f"{hours}3"}
    sheet.delete_cols(openpyxl.utils.column_index_from_string(months), 2)
    sheet.delete_rows(2, 2)
    book.save(path)
    assert read_duty_book(path).rows == rows[2:]


def test_the_preview_routes_each_case_by_the_time_of_its_report(town):
    evening, noon = (report(class_code="E0401", now=EVENING.replace(hour=hour)).number for hour in (19, 12))
    rows = [*duty_rows_of(), replace(NIGHT_MARKET, organisation_id=town.bodies["housing"].pk)]
    until = EVENING + timedelta(days=1)
    found = list(cases_elsewhere(rows, since=EVENING - timedelta(days=1), until=until, preview=Preview()))
    assert [one.number for one in found] == [evening]
    assert noon != evening


def test_the_answer_tells_when_a_row_holds(town, client):
    install(
        [*duty_rows_of(), replace(NIGHT_MARKET, months="", hours="0-24", organisation_id=town.bodies["housing"].pk)]
    )
    place = ancestors_of(town.areas["420602001002"].pk)
    answer = who_settles(class_code="E0401", place=place, now=EVENING)
    assert answer.decided is not None
    assert answer.decided.hours == "0-24"
    install([*duty_rows_of()[:-1], replace(NIGHT_MARKET, organisation_id=town.bodies["housing"].pk)])
    noon = who_settles(class_code="E0401", place=place, now=EVENING.replace(hour=12))
    assert noon.decided is not None
    assert not noon.decided.hours
    assert next(duty.hours for duty in noon.others) == "18-2"
    page = client.get(f"/who?class_code=E0401&community={town.areas['420602001002'].pk}").content.decode()
    assert "仅 5–10 月 18–2 时" in page
