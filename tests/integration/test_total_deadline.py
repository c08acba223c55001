"""The deadline of the whole case beside those of its stages: set by class and condition, moved with them, found as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.class_table import Condition
from gezhi.contexts.cases.domain.clocks import due
from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import CASES, Filters, moved_deadlines, next_deadlines, running_deadlines
from gezhi.contexts.cases.use_cases import (
    accept_case,
    ask_extension,
    call_in,
    check_case,
    close_case,
    correct_case,
    dispatch_case,
    extend_case,
    handle_case,
    pause_case,
    reopen_case,
    resume_case,
)
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.contexts.escalation.domain.rules import RuleRow
from gezhi.contexts.escalation.models import Watch
from gezhi.interfaces.imports.class_book import CONDITIONS, read_book, write_book
from gezhi.platform.audit.verify import verify
from gezhi.platform.notices.models import Notice
from gezhi.platform.steps.consistency import differs_from_history
from gezhi.platform.worktime.city_calendar import city_calendar
from tests.factories.cases import MONDAY, SYSTEM, make_town, report
from tests.factories.clients import signed_in
from tests.factories.escalation import install, watch
from tests.integration.test_case_hands import Hands
from tests.integration.test_escalation import plans

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def table(total: str = "3ND"):
    """The table that ships, with a limit of the whole for the second condition of household waste alone."""
    return [
        replace(row, conditions=(Condition("4WH"), Condition("1WD", "成堆", "清净", total)))
        if row.code == "E0110"
        else row
        for row in shipped_classes()
    ]


def with_total(total: str = "3ND") -> None:
    install_classes(actor=SYSTEM, code=f"total {total}", name="总时限", rows=table(total), now=MONDAY)


@pytest.fixture
def hands():
    town = make_town()
    with_total()
    return Hands(town, condition=2)


def to_handling(hands: Hands) -> None:
    dispatch_case(hands.by("dispatcher"), organisation_id=hands.town.bodies["sanitation"].pk)
    accept_case(hands.by("officer"))


def test_only_a_condition_that_names_one_has_a_deadline_of_the_whole(hands):
    assert (hands.case.total_limit, hands.case.total_due) == ("3ND", due(MONDAY, "3ND", city_calendar()))
    assert hands.case.due_at == hands.case.dispatch_due < hands.case.total_due
    other = Case.objects.get(number=report(condition=1).number)
    assert (other.total_limit, other.total_due) == (None, None)
    assert catalogue().entry("E0110").conditions[1].total == "3ND"
    assert differs_from_history(other) == differs_from_history(hands.case) == {}
    assert list(verify()) == []


def test_it_is_the_one_that_counts_where_it_comes_first(hands):
    with_total("1WH")
    number = report(condition=2).number
    case = Case.objects.get(number=number)
    assert case.due_at == case.total_due < case.dispatch_due
    found = {one.stage: one for one in running_deadlines([case.pk])}
    assert found["total"].due_at == case.total_due
    assert (found["dispatch"].due_at, found["dispatch"].limit) == (case.dispatch_due, "2WH")
    late = Filters(open_only=True, overdue_at=case.total_due + HOUR / 60)
    assert CASES.count(hands.town.actor("operations"), late) == 1


def test_a_pause_and_an_extension_move_it_and_a_case_that_is_over_has_none(hands):
    to_handling(hands)
    began = hands.case.total_due
    pause_case(hands.by("dispatcher"))
    assert hands.case.due_at is None
    hands.minutes += 24 * 60
    resume_case(hands.by("dispatcher"))
    paused = hands.case.total_due
    assert paused == began + timedelta(hours=24, minutes=10)
    ask_extension(hands.by("officer"), limit="1WD")
    extend_case(hands.by("dispatcher"))
    assert hands.case.total_due == due(paused, "1WD", city_calendar())
    handle_case(hands.by("officer"), outcome=Outcome.RESOLVED)
    assert hands.case.total_due == due(paused, "1WD", city_calendar())
    check_case(hands.by("checker"))
    close_case(hands.by("dispatcher"))
    assert hands.case.due_at is None
    again = hands.by("dispatcher")
    reopen_case(again)
    assert hands.case.total_due == due(again.now, "3ND", city_calendar())
    assert differs_from_history(hands.case) == {}


def test_a_correction_sets_it_anew_from_the_report_and_a_part_has_none(hands):
    correct_case(hands.by("dispatcher"), class_code="E0113")
    assert (hands.case.total_limit, hands.case.total_due) == (None, None)
    correct_case(hands.by("dispatcher"), class_code="E0110", condition=2)
    assert hands.case.total_due == due(MONDAY, "3ND", city_calendar())
    to_handling(hands)
    call_in(hands.by("dispatcher"), organisation_id=hands.town.bodies["housing"].pk)
    part = Case.objects.get(parent__isnull=False)
    assert part.total_due is None
    command = replace(hands.by("dispatcher"), number=part.number)
    correct_case(command, address="别处")
    part.refresh_from_db()
    assert (part.condition, part.total_limit, part.total_due) == (2, None, None)


def test_a_rule_speaks_of_the_whole_even_while_the_stage_is_late(hands):
    install(RuleRow("total", "-1ND", "dispatchers"), RuleRow("total", "0", "operations", "attention"))
    assert watch(MONDAY + HOUR) == 0
    assert Watch.objects.get().fire_at == MONDAY + 2 * DAY
    assert hands.case.due_at < MONDAY + 2 * DAY, "the stage is late by then"
    assert watch(MONDAY + 2 * DAY) == 1
    assert watch(MONDAY + 2 * DAY + HOUR) == 0
    assert watch(MONDAY + 3 * DAY) == 1
    assert watch(MONDAY + 3 * DAY + HOUR) == 0
    assert list(Notice.objects.order_by("pk").values_list("person__username", flat=True)) == [
        "dispatcher",
        "operations",
    ]
    assert hands.case.needs_attention


def test_stage_and_whole_that_are_up_at_once_are_both_spoken_of(hands):
    install(RuleRow("total", "0", "operations", "note"), RuleRow("dispatch", "0", "dispatchers", "attention"))
    assert sum(watch(MONDAY + 4 * DAY + minute * HOUR / 60) for minute in range(3)) == 2
    assert watch(MONDAY + 4 * DAY + HOUR) == 0
    assert Notice.objects.count() == 2


def test_what_is_due_is_found_by_the_index_of_deadlines(hands):
    [plan] = plans(lambda: next_deadlines((MONDAY, 0), most=500))
    assert "cases_open_due" in plan
    assert [case_id for _due, case_id in next_deadlines(None, most=5)] == [hands.case.pk]


def test_another_calendar_is_compared_with_it_too(hands):
    calendar = city_calendar()
    assert moved_deadlines(calendar, calendar, now=MONDAY).looked_at == 1


def test_the_page_says_why_the_whole_is_due(hands):
    page = signed_in(hands.town, "dispatcher").get(f"/hub/cases/{hands.made.number}").content.decode()
    assert "总截止时间" in page
    assert "全流程限 3 个自然日，自 2026年3月2日 10:00 起计至结案" in page
    plain = signed_in(hands.town, "dispatcher").get(f"/hub/cases/{report(condition=1).number}").content.decode()
    assert "总截止时间" not in plain


def test_the_workbook_has_it_and_one_without_the_column_is_valid(hands, tmp_path):
    path = tmp_path / "classes.xlsx"
    write_book(path, table())
    read = read_book(path)
    assert (read.faults, sorted(read.rows, key=lambda row: row.code)) == ([], sorted(table(), key=lambda row: row.code))
    book = openpyxl.load_workbook(path)
    sheet = book[CONDITIONS.name]
    [column] = [cell.column for cell in sheet[1] if "总时限" in str(cell.value)]
    [cell] = [cell for row in sheet.iter_rows(min_row=2, min_col=column, max_col=column) for cell in row if cell.value]
    for wrong, words in (("soon", "no time limit"), ("0.5WD", "shorter")):
        cell.value = wrong
        book.save(path)
        [fault] = read_book(path).faults
        assert (fault.sheet, fault.cell) == (CONDITIONS.name, cell.coordinate)
        assert words in str(fault.said)
    sheet.delete_cols(column)
    book.save(path)
    old = read_book(path)
    assert old.faults == []
    assert {one.total for row in old.rows for one in row.conditions} == {""}
