"""An administrator takes the duty table as a workbook, edits it, sees which cases would go elsewhere, and puts it in force."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gezhi.contexts.cases.models import Case, DutyTable
from gezhi.kernel import clock
from gezhi.platform.work.models import WorkState
from tests.factories.cases import MONDAY, make_town, report
from tests.factories.clients import signed_in
from tests.factories.work import files_of, work_one

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/staff/work/new/"


@pytest.fixture
def town(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return make_town()


def exported(client) -> openpyxl.Workbook:
    page = client.post(f"{NEW}export_duty_table", {"number": "", "key": str(uuid4())}).url
    assert work_one().state == WorkState.DONE
    (content,) = files_of(client, page).values()
    return openpyxl.load_workbook(io.BytesIO(content))


def send(client, kind: str, book: openpyxl.Workbook, **more):
    content = io.BytesIO()
    book.save(content)
    file = SimpleUploadedFile("duties.xlsx", content.getvalue(), content_type="application/octet-stream")
    return client.post(f"{NEW}{kind}", {"file": file, "name": "新版", "key": str(uuid4()), **more})


def row_of(sheet, prefix: str) -> int:
    return next(cell.row for cell in sheet["A"] if cell.value == prefix)


def rows_in(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]


def test_from_export_through_preview_to_a_version_in_force(town):
    report(class_code="E0113")
    report(class_code="E0101")
    client = signed_in(town, "system_admin")
    book = exported(client)
    sheet = book.worksheets[0]
    moved = row_of(sheet, "E0113")
    sheet[f"E{moved}"], sheet[f"F{moved}"] = "street_office", "street"
    sheet[f"A{row_of(sheet, 'E0101')}"] = "X0101"
    with clock.using(clock.SimulatedClock(MONDAY + timedelta(days=1))):
        page = send(client, "check_duty_file", book).url
        run = work_one()
        assert run.state == WorkState.DONE, run.fault
        told, found = run.result, files_of(client, page)
    assert (told["can_be_installed"], told["faults"]) == (True, 0)
    assert (told["changed"], told["new"], told["gone"]) == (1, 1, 1)
    assert (told["cases"], told["elsewhere"], told["to_hub"]) == (2, 2, 0)
    assert DutyTable.objects.count() == 1
    changes, idle, elsewhere = (
        rows_in(found[name]) for name in ("changes.csv", "idle-rows.csv", "cases-elsewhere.csv")
    )
    assert len(changes) == 3
    assert f"A{row_of(sheet, 'X0101')}" in {cell for cell, _value, _why in idle}
    assert len(idle) == told["idle"]
    assert {line[0] for line in elsewhere} == set(Case.objects.values_list("number", flat=True))
    assert send(client, "install_duty_file", book).status_code == 302
    assert work_one().result["number"] == 2
    assert DutyTable.objects.get(in_force=True).number == 2


def test_bad_cells_are_named_in_a_file_and_nothing_is_installed(town):
    client = signed_in(town, "system_admin")
    book = exported(client)
    book.worksheets[0]["G3"] = "soon"
    page = send(client, "install_duty_file", book).url
    told = work_one().result
    (wrong,) = told.pop("wrong")
    assert told == {"rows": 71, "installed": False, "number": 0, "in_force_from": ""}
    assert (wrong["cell"], "soon" in wrong["fault"]) == ("G3", True)
    (content,) = files_of(client, page).values()
    ((_sheet, cell, fault),) = rows_in(content)
    assert (cell, "soon" in fault) == ("G3", True)
    assert DutyTable.objects.count() == 1


@pytest.mark.parametrize("more", [{"name": "  "}, {"effective": "tomorrow"}, {"effective": "2020-01-01"}])
def test_what_is_wrong_with_the_form_is_said_before_the_file_is_read(town, more):
    client = signed_in(town, "system_admin")
    assert send(client, "check_duty_file", exported(client), **more).status_code == 422


def test_nobody_else_can_install_one(town):
    assert signed_in(town, "dispatcher").get(f"{NEW}install_duty_file").status_code in (302, 403, 404)


def test_a_check_that_found_faults_tells_no_figures_that_it_never_had(town):
    client = signed_in(town, "system_admin")
    book = exported(client)
    book.worksheets[0]["G3"] = "soon"
    page = send(client, "check_duty_file", book).url
    told = work_one().result
    assert (told["faults"], told["can_be_installed"], told["cases"], told["elsewhere"]) == (1, False, None, None)
    assert "30" not in client.get(page).content.decode().split('id="run"')[1].split("</dl>")[0]


def test_every_bad_cell_of_a_row_stands_on_the_page_and_the_row_is_still_one_of_the_file(town):
    client = signed_in(town, "system_admin")
    book = exported(client)
    sheet = book.worksheets[0]
    sheet["D3"], sheet["G3"], sheet["K3"] = "no-such-body", "soon", "summer"
    sheet["C4"] = "no-such-area"
    for row in range(10, 65):
        sheet[f"I{row}"] = "later"
    page = send(client, "check_duty_file", book).url
    told = work_one().result
    assert (told["rows"], told["faults"], len(told["wrong"])) == (71, 59, 50)
    assert {"C4", "D3", "G3", "K3"} <= {one["cell"] for one in told["wrong"]}
    shown = client.get(page, headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "共 59 处" in shown
    assert "按现状不能使用" in shown
    assert "no-such-body" in shown


def test_a_row_with_an_area_that_is_not_there_repeats_no_other(town):
    client = signed_in(town, "system_admin")
    book = exported(client)
    sheet = book.worksheets[0]
    last = sheet.max_row + 1
    for column in range(1, 14):
        sheet.cell(last, column, sheet.cell(3, column).value)
    sheet.cell(last, 3, "no-such-area")
    send(client, "check_duty_file", book)
    assert [one["cell"] for one in work_one().result["wrong"]] == [f"C{last}"]
