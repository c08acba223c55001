"""One step on several cases of the list: each by itself, and what was not possible is told with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import Command, accept_case, dispatch_case, note_case, remind_case
from gezhi.kernel.clock import now
from gezhi.kernel.roles import Role
from tests.factories.cases import MONDAY, Town, grant, make_town, make_user, report
from tests.factories.clients import case_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def hub(town: Town) -> Client:
    client = Client()
    client.force_login(town.users["dispatcher"])
    return client


def sent(hub: Client, step: str, numbers: list[str], **more: str) -> str:
    versions = {f"version-{case.number}": str(case.version) for case in Case.objects.filter(number__in=numbers)}
    form = {"step": step, "number": numbers, "key": "k", **versions, **more}
    return hub.post("/hub/several", form, headers={"HX-Request": "true"}).content.decode()


def test_each_goes_to_whom_the_duty_table_names(town: Town, hub: Client) -> None:
    numbers = [report().number for _ in range(3)]
    page = hub.get("/hub/several", {"number": numbers}).content.decode()
    assert "派遣 3 件" in page
    assert "已派遣 · 3 件" in sent(hub, "dispatch", numbers, to="suggested")
    for case in Case.objects.filter(number__in=numbers):
        assert (case.status, case.organisation_id) == ("dispatched", case.suggested_organisation_id)


def test_what_changed_meanwhile_is_left_and_told_and_the_others_go(town: Town, hub: Client) -> None:
    numbers = [report().number for _ in range(2)]
    versions = {f"version-{case.number}": str(case.version) for case in Case.objects.all()}
    note_case(Command(actor=town.actor("dispatcher"), number=numbers[0], now=MONDAY, note="已电话核实"))
    form = {"step": "dispatch", "number": numbers, "to": "suggested", **versions}
    page = hub.post("/hub/several", form, headers={"HX-Request": "true"}).content.decode()
    assert "已派遣 · 1 件" in page
    assert "1 件未变动" in page
    assert Case.objects.get(number=numbers[0]).status == "reported"
    assert Case.objects.get(number=numbers[1]).status == "dispatched"


def test_asked_again_nothing_is_done_twice(town: Town, hub: Client) -> None:
    numbers = [report().number for _ in range(2)]
    first = sent(hub, "dispatch", numbers, to="suggested")
    before = {case.number: case.version for case in Case.objects.all()}
    form = {f"version-{number}": str(version - 1) for number, version in before.items()}
    again = sent(hub, "dispatch", numbers, to="suggested", **form)
    assert "已派遣 · 2 件" in first
    assert "已派遣 · 2 件" in again
    assert {case.number: case.version for case in Case.objects.all()} == before


def test_reports_of_one_matter_follow_the_one_that_is_chosen(town: Town, hub: Client) -> None:
    main, *others = (report().number for _ in range(3))
    assert "2 件" in sent(hub, "merge", [main, *others], into=main)
    assert set(Case.objects.filter(status="merged").values_list("number", flat=True)) == set(others)


def test_nobody_acts_on_a_case_of_another_street(town: Town, hub: Client) -> None:
    mine, other = report().number, report(grid=3).number
    Case.objects.filter(number=other).update(street=None, community=None, grid=None, district=None)
    page = sent(hub, "dispatch", [mine, other], to="suggested")
    assert "已派遣 · 1 件" in page
    assert Case.objects.get(number=other).status == "reported"


def test_whoever_has_them_is_reminded(town: Town, hub: Client) -> None:
    numbers = [report().number for _ in range(2)]
    for number in numbers:
        dispatch_case(
            Command(actor=town.actor("dispatcher"), number=number, now=MONDAY), assignee_id=town.users["worker"].pk
        )
        accept_case(Command(actor=town.actor("worker"), number=number, now=MONDAY))
    assert "已催办 · 2 件" in sent(hub, "remind", numbers, note="请尽快")
    assert set(Case.objects.filter(number__in=numbers).values_list("remind_count", flat=True)) == {1}


def test_what_was_reminded_of_lately_is_told_before_and_the_others_are_reminded(town: Town, hub: Client) -> None:
    numbers = [case_at(town, "handling").number for _ in range(2)]
    remind_case(Command(actor=town.actor("dispatcher", now=now()), number=numbers[0], now=now()))
    page = hub.get("/hub/several", {"number": numbers}, headers={"HX-Request": "true"}).content.decode()
    assert "1 件在四小时内已催办，本次不催" in page
    until = timezone.localtime(CaseStep.objects.get(action="remind").at + timedelta(hours=4))
    assert f"{until:%H:%M} 后可再催" in strip_tags(page)
    form = page[page.index('value="remind"') :].partition("</form>")[0]
    assert f'value="{numbers[1]}"' in form
    assert numbers[0] not in form
    everywhere = hub.get("/hub/several", {"number": numbers[:1]}, headers={"HX-Request": "true"}).content.decode()
    assert 'value="remind"' not in everywhere


def test_the_choice_asks_no_query_for_each_case(town: Town, hub: Client, django_assert_max_num_queries) -> None:
    numbers = [report().number for _ in range(12)]
    hub.get("/hub/several", {"number": numbers[:1]})
    with django_assert_max_num_queries(14):
        hub.get("/hub/several", {"number": numbers})


def test_a_case_that_may_be_seen_but_not_given_away_is_told_and_the_others_go(town: Town, hub: Client) -> None:
    """A dispatcher of one community who is an officer of a body as well."""
    clerk = make_user("clerk")
    grant(clerk, Role.STREET_DISPATCHER, town.areas["420602001001"])
    grant(clerk, Role.DEPARTMENT_OFFICER, town.areas["420602"], town.bodies["sanitation"])
    mine, seen, also_mine = report().number, report(grid=2).number, report().number
    dispatch_case(
        Command(actor=town.actor("dispatcher"), number=seen, now=MONDAY), organisation_id=town.bodies["sanitation"].pk
    )
    client = Client()
    client.force_login(clerk)
    page = sent(client, "dispatch", [mine, seen, also_mine], to="suggested")
    assert "已派遣 · 2 件" in page
    assert "1 件未变动" in page
    assert set(Case.objects.exclude(number=seen).values_list("status", flat=True)) == {"dispatched"}
