"""A city's own class and duty tables: in force as a whole, or refused with every bad row named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.models import Case, ClassScheme, DutyTable
from gezhi.contexts.cases.queries import guess_class
from gezhi.contexts.cases.use_cases import Command, reopen_case
from gezhi.contexts.cases.use_cases.import_cases import ImportedCase, import_cases
from gezhi.contexts.cases.use_cases.install_shipped_tables import install_shipped_tables
from gezhi.interfaces.cli.main import main
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, SYSTEM, make_town, report

pytestmark = pytest.mark.django_db

CLASSES = "code,name,name_en,extension,limits,fallback\nE01,市容,Appearance,0,,\nE0110,垃圾,Waste,0,2WH 1WD,1\n"
DUTIES = (
    "class_prefix,organisation,dispatch_limit,check_limit,area\nE,street,1WH,2WH,420602001001\n,sanitation,2WH,2WH,\n"
)


def run(tmp_path, kind, text, *options):
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8-sig"))
    return CliRunner().invoke(main, ["import", kind, str(path), "--name", "本市", *options])


def test_a_new_city_starts_with_the_shipped_tables_and_keeps_its_own():
    assert install_shipped_tables(actor=SYSTEM, now=MONDAY) == ["classes", "duties"]
    assert install_shipped_tables(actor=SYSTEM, now=MONDAY) == []
    assert catalogue().entry("E0110").limits == ("4WH",)


def test_what_nobody_could_class_gets_the_class_that_the_table_marks(tmp_path):
    make_town()
    assert guess_class("?") == "S0599"
    assert run(tmp_path, "classes", CLASSES, "--code", "own").exit_code == 0
    assert guess_class("?") == "E0110"
    # A file of an earlier release has no such column, and its class for this purpose a fixed code.
    older = "code,name,name_en,extension,limits\nS05,其他,Other,0,\nS0599,其他诉求,Other,0,5WD\n"
    assert run(tmp_path, "classes", older, "--code", "older").exit_code == 0
    assert guess_class("?") == "S0599"


def test_a_case_of_a_class_that_is_no_longer_in_force_is_reopened(tmp_path):
    town = make_town()
    lon, lat = centre(0)
    closed = ImportedCase("1", "E0129", "旧案", MONDAY, closed_at=MONDAY + timedelta(hours=1), lon=lon, lat=lat)
    import_cases(actor=SYSTEM, source="register", rows=[closed], now=MONDAY)
    case = Case.objects.get()
    assert run(tmp_path, "classes", CLASSES, "--code", "own").exit_code == 0
    reopen_case(Command(town.actor("operations"), case.number, MONDAY + timedelta(days=1), note="back again"))
    case.refresh_from_db()
    assert (case.status, case.handle_limit) == ("reported", "5WD")


def test_a_citys_tables_take_force(tmp_path):
    make_town()
    assert run(tmp_path, "classes", CLASSES, "--code", "own").exit_code == 0
    assert catalogue().entry("E0110").limits == ("2WH", "1WD")
    result = run(tmp_path, "duties", DUTIES)
    assert (result.exit_code, result.output) == (0, "2 duties are in force as version 2\n")
    # The small area's row wins over the general one.
    assert report(grid=0).organisation == "street"
    assert report(grid=3).organisation == "sanitation"
    assert ClassScheme.objects.filter(in_force=True).count() == DutyTable.objects.filter(in_force=True).count() == 1


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("classes", "code,name\nE01,x\n", "no column name_en, extension, limits"),
        ("classes", CLASSES + "E0111,积存,Old,0,soon\nE0112,,x,0,1WD\n", "row 4: limits: "),
        ("classes", CLASSES + "E0111,积存,Old,0,soon\nE0112,,x,0,1WD\n", "row 5: class E0112 has no name"),
        ("classes", CLASSES + "E0110,again,x,0,1WD\n", "twice"),
        ("classes", CLASSES + "E0999,x,x,0,1WD\n", "no major class E09"),
        ("classes", CLASSES + "E0113,x,x,maybe,1WD\n", "extension is 0 or 1"),
        ("classes", CLASSES.replace("1WD,1", "1WD,0"), "mark one minor class"),
        ("classes", CLASSES + "E0111,积存,Old,0,1WD,1\n", "mark one minor class"),
        ("classes", CLASSES.replace("1WD,1", "1WD,yes"), "fallback is 0 or 1"),
        ("classes", "编码,名称\n".encode("gbk"), "not UTF-8"),
        ("duties", "class_prefix,dispatch_limit,check_limit\nE,1WH,1WH\n", "row 2: names neither"),
        ("duties", DUTIES.replace("sanitation", "nobody"), "row 3: there is no organisation 'nobody'"),
        ("duties", DUTIES.replace("420602001001", "999"), "row 2: there is no area '999'"),
        ("duties", DUTIES.replace("1WH", "1 fortnight"), "row 2: dispatch_limit: "),
    ],
)
def test_bad_tables_are_refused_by_row_and_nothing_changes(tmp_path, kind, text, words):
    make_town()
    result = run(tmp_path, kind, text, *(["--code", "own"] if kind == "classes" else []))
    assert result.exit_code == 2
    assert words in result.output
    assert ClassScheme.objects.count() == DutyTable.objects.count() == 1
