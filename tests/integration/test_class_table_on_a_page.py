"""An administrator takes the class table as a workbook, edits it, has it checked, and puts it in force from a day on."""

from __future__ import annotations

import csv
import io
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gezhi.contexts.cases.models import ClassScheme
from gezhi.interfaces.imports.class_book import CLASSES, CONDITIONS
from gezhi.kernel.clock import now
from gezhi.platform.work.models import WorkState
from tests.factories.cases import make_town, report
from tests.factories.clients import signed_in
from tests.factories.work import files_of, work_one

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/staff/work/new/"


@pytest.fixture
def town(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return make_town()


def file_of(client, page: str) -> bytes:
    (content,) = files_of(client, page).values()
    return content


def exported(client) -> openpyxl.Workbook:
    page = client.post(f"{NEW}export_class_table", {"key": str(uuid4())}).url
    assert work_one().state == WorkState.DONE
    return openpyxl.load_workbook(io.BytesIO(file_of(client, page)))


def sent(client, book: openpyxl.Workbook, **more):
    content = io.BytesIO()
    book.save(content)
    file = SimpleUploadedFile("classes.xlsx", content.getvalue(), content_type="application/octet-stream")
    form = {"file": file, "code": "next", "name": "新版", "key": str(uuid4()), **more}
    return client.post(f"{NEW}check_class_file", form)


def row_of(book: openpyxl.Workbook, sheet: str, code: str) -> int:
    return next(cell.row for cell in book[sheet]["A"] if cell.value == code)


def test_the_table_goes_out_is_edited_checked_and_put_in_force(town):
    client = signed_in(town, "system_admin")
    report(now=now(), class_code="E0129")
    book = exported(client)
    book[CLASSES.name].delete_rows(row_of(book, CLASSES.name, "E0129"))
    while any(cell.value == "E0129" for cell in book[CONDITIONS.name]["A"]):
        book[CONDITIONS.name].delete_rows(row_of(book, CONDITIONS.name, "E0129"))
    book[CONDITIONS.name].cell(row_of(book, CONDITIONS.name, "E0110"), 4).value = "桶外无垃圾"
    page = sent(client, book).url
    told = work_one().result
    assert told["can_be_installed"]
    assert (told["faults"], told["new"], told["gone"], told["changed"], told["open_cases"]) == (0, 0, 1, 1, 1)
    rows = list(csv.reader(io.StringIO(file_of(client, page).decode("utf-8-sig"))))
    assert [rows[2][0], rows[2][2]] == ["E0129", "已取消"]
    assert rows[1][0::3] == ["E0110", "立案条件与时限"]
    assert ClassScheme.objects.get(in_force=True).code != "next"
    client.post(page + "/again", {"kind": "install_class_file", "key": str(uuid4())})
    done = work_one()
    assert (done.state, done.result["installed"]) == (WorkState.DONE, True)
    begun = timezone.localtime(ClassScheme.objects.get(code="next").effective_from)
    assert done.result["in_force_from"] == f"{begun:%Y-%m-%d %H:%M}"
    assert ClassScheme.objects.get(in_force=True).code == "next"


def test_every_bad_cell_is_told_and_nothing_is_offered(town):
    client = signed_in(town, "system_admin")
    book = exported(client)
    row = row_of(book, CONDITIONS.name, "E0110")
    book[CONDITIONS.name].cell(row, 3).value = "soon"
    book[CLASSES.name].cell(row_of(book, CLASSES.name, "E0111"), 2).value = None
    page = sent(client, book).url
    assert work_one().result["faults"] == 2
    shown = client.get(page).content.decode()
    assert "install_class_file" not in shown
    rows = list(csv.reader(io.StringIO(file_of(client, page).decode("utf-8-sig"))))
    assert {tuple(line[:2]) for line in rows[1:]} == {
        (CONDITIONS.name, f"C{row}"),
        (CLASSES.name, f"B{row_of(book, CLASSES.name, 'E0111')}"),
    }
    assert any("时限" in line[2] for line in rows)


def test_a_day_ahead_is_told_and_a_code_that_is_taken_or_a_date_that_is_none_is_refused_at_once(town):
    client = signed_in(town, "system_admin")
    book = exported(client)
    taken = {"code": ClassScheme.objects.get(in_force=True).code}
    days = ({"effective": day} for day in ("soon", "2020-01-01", "3000-01-01"))
    for wrong in (taken, {"name": " "}, *days):
        assert sent(client, book, **wrong).status_code in {409, 422}
    page = sent(client, book, effective="2099-01-01").url
    work_one()
    client.post(page + "/again", {"kind": "install_class_file", "key": str(uuid4())})
    assert work_one().result["in_force_from"] == "2099-01-01 00:00"
    assert ClassScheme.objects.get(code="next").waiting


def test_a_dispatcher_neither_takes_nor_brings_a_table(town):
    client = signed_in(town, "dispatcher")
    for kind in ("export_class_table", "check_class_file", "install_class_file"):
        assert client.post(NEW + kind, {"key": str(uuid4())}).status_code == 403
