"""Who settles what, and why: a page for anybody, and the link to it from a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import duty_rows_of
from gezhi.contexts.cases.use_cases.install_duties import install_duties
from gezhi.contexts.powers.use_cases.register_powers import PowerRow, register_powers
from tests.factories.cases import MONDAY, SYSTEM, make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


def where(town) -> dict[str, int]:
    codes = {"district": "420602", "street": "420602001", "community": "420602001002"}
    return {level: town.areas[code].pk for level, code in codes.items()}


def test_the_empty_page_asks_and_an_answer_names_body_rule_and_limits(client, town):
    assert "data-tone" not in client.get("/who").content.decode().split("<main")[1]
    page = client.get("/who", {"class_code": "E0113", **where(town)}, headers={"accept-language": "en"})
    assert page.status_code == 200
    words = page.content.decode()
    place = page.context["place_name"]
    body = page.context["body"]
    assert body is not None
    assert body.name_en in words or body.name in words
    assert place in words
    assert "working hours" in words
    assert "2 rows behind it" in words
    assert "version 1" in words


def test_a_point_is_answered_as_its_community_is(client, town):
    by_list = client.get("/who", {"class_code": "E0113", **where(town)}).context["body"]
    by_point = client.get("/who", {"class_code": "E0113", "lon": 112.1035, "lat": 32.0005}).context["body"]
    assert by_list == by_point


@pytest.mark.parametrize(
    "query",
    [
        {"class_code": "E0113"},
        {"class_code": "E9999", "lon": 112.1035, "lat": 32.0005},
        {"class_code": "E0113", "lon": 1, "lat": 1},
        {"class_code": "E0113", "community": 10**9},
        {"class_code": "", "lon": 112.1035, "lat": 32.0005},
        {"class_code": "E0113", "condition": "two", "lon": 112.1035, "lat": 32.0005},
    ],
)
def test_what_cannot_be_answered_is_said_and_nothing_is_made_up(client, town, query):
    page = client.get("/who", query)
    assert page.status_code == 422
    assert "answer" not in page.context
    assert page.context["form"].errors


def test_where_no_row_reaches_anybody_the_hub_is_named(client, town):
    rows = [
        replace(row, organisation_kind="law_firm", organisation_level="district")
        if row.class_prefix == "E0113"
        else row
        for row in duty_rows_of()
    ]
    install_duties(actor=SYSTEM, name="x", rows=rows, now=MONDAY)
    page = client.get("/who", {"class_code": "E0113", **where(town)}, headers={"accept-language": "en"})
    assert page.context["body"] is None
    assert "No organisation in use is meant by this row." in page.content.decode()


def test_powers_in_effect_are_told_and_those_that_ended_are_not(client, town):
    power = PowerRow(
        "P-1", "对违法搭建的行政处罚", "housing", "street", date(2026, 1, 1), class_prefix="E01", legal_basis="例"
    )
    later = replace(power, code="P-2", name="尚未生效", valid_from=date(2099, 1, 1))
    register_powers(actor=SYSTEM, rows=[power, later], now=MONDAY)
    words = client.get("/who", {"class_code": "E0113", **where(town)}).content.decode()
    assert "对违法搭建的行政处罚" in words
    assert "尚未生效" not in words


def test_a_case_leads_to_the_answer_for_its_class_and_place(client, town):
    report(class_code="E0113")
    case = Case.objects.get()
    page = signed_in(town, "dispatcher").get(f"/hub/cases/{case.number}").content.decode()
    link = page.split('href="/who?')[1].split('"')[0].replace("&amp;", "&")
    answer = client.get(f"/who?{link}").context["answer"]
    assert answer.route.organisation_id == case.suggested_organisation_id
    place = answer_place(case)
    assert answer.route == catalogue().route(class_code="E0113", place=place, condition=case.condition, at=MONDAY)


def answer_place(case: Case):
    from gezhi.contexts.cases.place import place_of

    return place_of(case)


def test_a_larger_area_alone_is_half_the_way_and_no_mistake(client, town):
    page = client.get("/who", {"class_code": "E0113", "district": town.areas["420602"].pk})
    assert page.status_code == 200
    assert page.context["halfway"]
    assert "answer" not in page.context
    assert [one["chosen"] for one in page.context["lists"]] == [town.areas["420602"].pk, None, None]


def test_a_case_in_a_grid_with_a_row_of_its_own_is_answered_by_that_row(client, town):
    report(class_code="E0113")
    grid = Case.objects.get().grid_id
    own = replace(duty_rows_of()[0], class_prefix="E0113", area_id=grid, organisation_level="street")
    install_duties(actor=SYSTEM, name="x", rows=[*duty_rows_of(), own], now=MONDAY)
    case = Case.objects.get()
    page = signed_in(town, "dispatcher").get(f"/hub/cases/{case.number}").content.decode()
    link = page.split('href="/who?')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(f"/who?{link}").context["answer"].decided.area_id == grid
    # A grid of another community is none of this place.
    elsewhere = {"class_code": "E0113", "grid": grid, **where(town)}
    if Case.objects.get().community_id != elsewhere["community"]:
        assert client.get("/who", elsewhere).context["answer"].decided.area_id != grid


def test_filing_conditions_can_be_chosen_and_one_that_is_none_is_refused(client, town):
    entry = next(row for row in catalogue().classes.values() if row.is_minor and len(row.limits) > 1)
    asked = {"class_code": entry.code, **where(town)}
    page = client.get("/who", asked)
    assert [one.chosen for one in page.context["conditions"]][:2] == [True, False]
    second = client.get("/who" + page.context["conditions"][1].address)
    assert [one.chosen for one in second.context["conditions"]][:2] == [False, True]
    assert second.context["answer"].route.handle_limit == entry.limits[1]
    assert client.get("/who", {**asked, "condition": 99}).status_code == 422


def test_only_a_community_is_taken_as_one(client, town):
    for code in ("420602", "420602001", "420602001001001"):
        page = client.get("/who", {"class_code": "E0113", "community": town.areas[code].pk})
        assert page.status_code == 422, code


def test_however_many_rows_speak_of_it_the_queries_stay_the_same(client, town):
    asked = {"class_code": "E0113", **where(town)}
    client.get("/who", asked)
    with CaptureQueriesContext(connection) as few:
        client.get("/who", asked)
    grids = [area.pk for area in town.areas.values() if area.level == "grid"]
    own = [
        replace(duty_rows_of()[0], class_prefix=prefix, area_id=pk)
        for pk in grids
        for prefix in ("E", "E0", "E01", "E0113")
    ]
    install_duties(actor=SYSTEM, name="x", rows=[*duty_rows_of(), *own], now=MONDAY)
    client.get("/who", asked)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/who", asked)
    assert len(page.context["inside"]) >= 4
    # One more: that for the areas.
    assert len(many) <= len(few) + 1
