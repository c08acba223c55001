"""Bodies that a row of the duty table proposes to call in at the dispatch: ticked in the form, never automatic."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import openpyxl
import pytest

from gezhi.contexts.areas.queries import ancestors_of
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.duty_table import DutyRow, faults_of_duties
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import duty_rows_of
from gezhi.contexts.cases.use_cases import dispatch_and_call
from gezhi.interfaces.imports.duty_book import DUTIES, read_duty_book, write_duty_book
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.audit.verify import verify
from gezhi.platform.steps.consistency import all_that_differ
from tests.factories.cases import MONDAY, make_town, report
from tests.factories.clients import signed_in
from tests.integration.test_case_hands import Hands
from tests.integration.test_duty_versions import install

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """A town whose duty table proposes, for household waste, to call housing in by its code and a utility by its kind."""
    town = make_town()
    row = next(row for row in duty_rows_of() if row.class_prefix == "E01")
    together = f"{town.bodies['housing'].code}；utility；sanitation；civil_affairs"
    install([*duty_rows_of(), replace(row, class_prefix="E0110", together=together)])
    return town


def called(town) -> set[int]:
    return {town.bodies["housing"].pk, town.bodies["utility"].pk}


def test_the_route_names_those_in_use_and_never_the_one_that_leads(town):
    place = ancestors_of(town.areas["420602001001"].pk)
    route = catalogue().route(class_code="E0110", place=place, condition=None, at=MONDAY)
    assert route.organisation_id == town.bodies["sanitation"].pk
    assert {key for key, _name in route.together} == called(town)
    assert catalogue().route(class_code="E0113", place=place, condition=None, at=MONDAY).together == ()


def test_a_dispatch_calls_in_those_who_are_ticked_and_nobody_by_itself(town):
    client = signed_in(town, "dispatcher")
    number = report(now=now()).number
    form = client.get(f"/hub/cases/{number}/forms/dispatch").content.decode()
    assert form.count('name="called"') == 2
    assert form.count("checked") >= 2
    sent = {
        "version": 1,
        "key": str(uuid4()),
        "to": f"o{town.bodies['sanitation'].pk}",
        "called": town.bodies["housing"].pk,
    }
    for _time in (1, 2):
        answer = client.post(f"/hub/cases/{number}/dispatch", sent)
        assert answer.status_code < 400, answer.content.decode()
    [part] = Case.objects.filter(parent__number=number)
    assert part.organisation_id == town.bodies["housing"].pk
    assert part.description.startswith("按权责清单请协办")
    whole = Case.objects.get(number=number)
    assert (whole.status, whole.part_count) == ("dispatched", 1)
    again = client.get(f"/hub/cases/{number}/forms/dispatch").content.decode()
    assert again.count('name="called"') == 1, "who has an open part is proposed no more"
    plain = report(now=now()).number
    client.post(f"/hub/cases/{plain}/dispatch", {**sent, "key": str(uuid4()), "called": []})
    assert not Case.objects.filter(parent__number=plain).exists()
    assert list(verify()) == []
    assert list(all_that_differ()) == []


def test_where_a_body_cannot_be_called_in_the_case_is_not_dispatched_either(town):
    hands = Hands(town)
    with pytest.raises(InvalidInput):
        dispatch_and_call(
            hands.by("dispatcher"),
            organisation_id=town.bodies["sanitation"].pk,
            assignee_id=None,
            bodies=[town.bodies["housing"].pk, 10**9],
            asks="请协办",
        )
    assert (hands.case.status, hands.case.part_count) == ("reported", 0)


def test_whoever_gets_the_case_is_not_called_in_beside_it(town):
    hands = Hands(town)
    housing = town.bodies["housing"].pk
    dispatch_and_call(
        hands.by("dispatcher"), organisation_id=housing, assignee_id=None, bodies=[housing], asks="请协办"
    )
    assert (hands.case.organisation_id, hands.case.part_count) == (housing, 0)


def test_the_answer_to_who_settles_it_names_them(town, client):
    page = client.get(f"/who?class_code=E0110&community={town.areas['420602001001'].pk}").content.decode()
    assert "协办单位" in page
    assert town.bodies["housing"].name in page


def test_bodies_go_out_and_in_by_the_workbook_and_each_bad_cell_is_named(town, tmp_path):
    path, rows = tmp_path / "duties.xlsx", duty_rows_of()
    write_duty_book(path, rows)
    assert read_duty_book(path).rows == rows
    book = openpyxl.load_workbook(path)
    sheet = book[DUTIES.name]
    letter = next(cell.column_letter for cell in sheet[1] if "协办单位" in str(cell.value))
    sheet[f"{letter}2"], sheet[f"{letter}3"] = "nobody", "utility、housing"
    book.save(path)
    read = read_duty_book(path)
    assert [(fault.cell, "nobody" in str(fault.said)) for fault in read.faults] == [(f"{letter}2", True)]
    assert read.rows[1].together == "utility；housing"


def test_half_a_city_is_not_proposed():
    row = DutyRow("E01", "2WH", "2WH", organisation_kind="sanitation", organisation_level="district")
    many = replace(row, together="；".join(f"body{place}" for place in range(6)))
    assert [fault.field for fault in faults_of_duties([many])] == ["together"]
