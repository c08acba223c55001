"""Versions of the class table: in force at once or at their time, taken back, as a workbook; running cases keep theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.class_table import Attribute, AttributeKind, Condition
from gezhi.contexts.cases.jobs import put_tables_in_force
from gezhi.contexts.cases.models import Case, ClassScheme
from gezhi.contexts.cases.queries import class_rows_of, class_versions, is_class, suggest_classes
from gezhi.contexts.cases.use_cases.install_classes import (
    install_classes,
    put_due_classes_in_force,
    shipped_classes,
    withdraw_classes,
)
from gezhi.interfaces.cli.main import main
from gezhi.interfaces.imports.class_book import ATTRIBUTES, CLASSES, CONDITIONS, read_book, write_book
from gezhi.kernel import clock
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.audit.verify import verify
from tests.factories.cases import MONDAY, SYSTEM, make_town, report

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=3)


def table():
    """The table that ships, of one class richer and of one poorer."""
    told = Attribute("bin_kind", "桶别", "Kind of bin", AttributeKind.CHOICE, True, ("厨余", "其他"))
    rows = [row for row in shipped_classes() if row.code != "E0129"]
    return [
        replace(row, conditions=(Condition("2WH", "桶外有垃圾", "桶外无垃圾"), Condition("1WD")), attributes=(told,))
        if row.code == "E0110"
        else row
        for row in rows
    ]


def install(code: str, **more):
    return install_classes(actor=SYSTEM, code=code, name=code, rows=table(), now=MONDAY, **more)


def in_force() -> str:
    return ClassScheme.objects.get(in_force=True).code


def test_a_version_ahead_waits_and_takes_force_when_its_time_has_come():
    make_town()
    before = in_force()
    assert install("next", effective_from=LATER).waiting
    assert (in_force(), is_class("E0129")) == (before, True)
    assert put_due_classes_in_force(actor=SYSTEM, now=LATER - timedelta(seconds=1)) == []
    assert put_due_classes_in_force(actor=SYSTEM, now=LATER) == ["next"]
    assert (in_force(), is_class("E0129")) == ("next", False)
    assert put_due_classes_in_force(actor=SYSTEM, now=LATER) == []
    entry = catalogue().entry("E0110")
    assert entry.conditions == (Condition("2WH", "桶外有垃圾", "桶外无垃圾"), Condition("1WD"))
    assert entry.attributes[0].choices == ("厨余", "其他")
    assert list(verify()) == []
    assert list(AuditRecord.objects.filter(object_type="class_scheme").values_list("action", flat=True))[-2:] == [
        "cases.classes_installed",
        "cases.classes_in_force",
    ]


def test_of_two_that_are_due_the_later_one_holds_and_the_job_does_it():
    make_town()
    for code, days in (("second", 2), ("first", 1)):
        install(code, effective_from=MONDAY + timedelta(days=days))
    with clock.using(clock.SimulatedClock(LATER)):
        assert put_tables_in_force.call() == 2
    assert in_force() == "second"
    assert ClassScheme.objects.filter(waiting=True).count() == 0


def test_a_version_that_waits_is_taken_back_and_one_in_force_is_not():
    make_town()
    install("next", effective_from=LATER)
    withdraw_classes(actor=SYSTEM, code="next", now=MONDAY)
    assert put_due_classes_in_force(actor=SYSTEM, now=LATER) == []
    for code in ("next", in_force(), "never"):
        with pytest.raises(NotFound):
            withdraw_classes(actor=SYSTEM, code=code, now=MONDAY)
    assert list(verify()) == []


def test_a_running_case_keeps_its_class_and_limits():
    make_town()
    number = report(now=MONDAY, class_code="E0129").number
    before = Case.objects.get(number=number)
    install("next")
    after = Case.objects.get(number=number)
    assert (after.class_code, after.handle_limit, after.handle_due) == (
        before.class_code,
        before.handle_limit,
        before.handle_due,
    )
    with pytest.raises(InvalidInput):
        report(now=MONDAY, class_code="E0129")


def test_only_an_administrator_installs_and_nothing_is_written_of_a_bad_table():
    town = make_town()
    with pytest.raises(NotAllowed):
        install_classes(actor=town.actor("dispatcher"), code="x", name="x", rows=table(), now=MONDAY)
    with pytest.raises(NotAllowed):
        put_due_classes_in_force(actor=town.actor("system_admin"), now=MONDAY)
    bad = [*table(), replace(table()[-1], code="Z0101")]
    with pytest.raises(InvalidInput, match="no major class Z01"):
        install_classes(actor=SYSTEM, code="x", name="x", rows=bad, now=MONDAY)
    install("x")
    with pytest.raises(Conflict):
        install("x")
    assert next(one.code for one in class_versions()) == "x"


def test_a_workbook_is_read_back_to_the_same_rows(tmp_path: Path):
    make_town()
    install("rich")
    rows = class_rows_of()
    write_book(tmp_path / "a.xlsx", rows)
    book = read_book(tmp_path / "a.xlsx")
    assert (book.faults, book.rows) == ([], rows)
    # A clerk may reword a heading, move a column, add a sheet.
    edited = openpyxl.load_workbook(tmp_path / "a.xlsx")
    edited[CLASSES.name]["B1"] = "类别名称 name"
    edited[CLASSES.name].insert_cols(1)
    edited.create_sheet("备注")
    edited.save(tmp_path / "b.xlsx")
    assert read_book(tmp_path / "b.xlsx") == book


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "where", "words"),
    [
        (CLASSES, "A3", "e!", "A3", "capital letter"),
        (CLASSES, "D3", "maybe", "D3", "1 or 0"),
        (CLASSES, "B3", None, "B3", "no name"),
        (CLASSES, "A1", "xx", "", "no column 代码 code"),
        (CONDITIONS, "C2", "soon", "C2", "no time limit"),
        (CONDITIONS, "A2", "E7777", "A2", "there is no class 'E7777'"),
        (ATTRIBUTES, "E2", "colour", "E2", "one of"),
        (ATTRIBUTES, "G2", "only", "G2", "2 to 40"),
        (ATTRIBUTES, "B2", "Bin Kind", "B2", "small letters"),
    ],
)
def test_each_bad_cell_is_named(tmp_path: Path, sheet, cell, value, where, words):
    write_book(tmp_path / "a.xlsx", table())
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book[sheet.name][cell] = value
    book.save(tmp_path / "a.xlsx")
    found = read_book(tmp_path / "a.xlsx").faults
    assert (sheet.name, where, True) in {(one.sheet, one.cell, words in str(one.said)) for one in found}


@pytest.mark.parametrize("content", [b"", b"code,name\n", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        read_book(tmp_path / "a.xlsx")
    assert caught.value.code == "file_unreadable"


def test_the_command_line_writes_reads_lists_and_withdraws(tmp_path: Path):
    make_town()
    file = tmp_path / "classes.xlsx"
    run = CliRunner().invoke
    assert run(main, ["tables", "classes", str(file)]).exit_code == 0
    ahead = ["--from", "2099-01-01"]
    done = run(main, ["import", "classes", str(file), "--code", "later", "--name", "以后", *ahead])
    assert (done.exit_code, "wait as 'later'" in done.output) == (0, True), done.output
    assert "later" in run(main, ["tables", "list"]).output
    assert run(main, ["tables", "withdraw", "later"]).exit_code == 0
    assert run(main, ["tables", "withdraw", "later"]).exit_code == 2
    assert (
        run(main, ["import", "classes", str(file), "--code", "own", "--name", "本市", "--from", "soon"]).exit_code == 2
    )
    assert run(main, ["import", "classes", str(file), "--code", "own", "--name", "本市"]).exit_code == 0
    assert in_force() == "own"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("灯不亮", "C0137"),
        ("漏水", "E0501"),
        ("红绿灯坏了", "C0213"),
        ("下水道返臭", "E0503"),
        ("建筑垃圾", "E0111"),
        ("有人占道卖菜", "E0406"),
        ("traffic light broken", "C0213"),
        ("water leak", "E0501"),
    ],
)
def test_what_people_say_reaches_its_class(said: str, code: str):
    install_classes(actor=SYSTEM, code="own", name="own", rows=shipped_classes(), now=MONDAY)
    assert suggest_classes(said)[0].code == code


def test_a_city_says_what_its_people_call_a_thing():
    rows = [replace(row, words="熄火灯;黑灯") if row.code == "C0137" else row for row in shipped_classes()]
    install_classes(actor=SYSTEM, code="own", name="own", rows=rows, now=MONDAY)
    assert [one.code for one in suggest_classes("这一段黑灯")][:1] == ["C0137"]
    # Its own words are all that it has: those that ship do not come in by the back door.
    assert "C0137" not in [one.code for one in suggest_classes("灯不亮")]


def test_a_table_from_before_words_were_kept_has_those_that_ship():
    rows = [replace(row, words="", words_en="") for row in shipped_classes()]
    install_classes(actor=SYSTEM, code="own", name="own", rows=rows, now=MONDAY)
    assert suggest_classes("灯不亮")[0].code == "C0137"
