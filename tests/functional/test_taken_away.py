"""Whoever had a case in hand and has it no more is told so in the bell, with why where they may read it."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    cancel_case,
    correct_case,
    dispatch_case,
    hand_on,
    handle_case,
    merge_case,
    return_case,
)
from gezhi.contexts.cases.use_cases.hand_over import hand_over
from gezhi.kernel.roles import Role
from gezhi.platform.notices.models import Notice
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, grant, make_town, make_user, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    town = make_town()
    town.users["second_officer"] = make_user("second_officer")
    grant(town.users["second_officer"], Role.DEPARTMENT_OFFICER, town.areas["420602"], town.bodies["sanitation"])
    return town


def by(town, name: str, number: str, note: str = "") -> Command:
    return Command(town.actor(name), number, MONDAY, note=note)


def given(town, **to) -> str:
    number = report().number
    dispatch_case(by(town, "dispatcher", number), **(to or {"organisation_id": town.bodies["sanitation"].pk}))
    return number


def people_told() -> list[str]:
    return sorted(Notice.objects.values_list("person__username", flat=True))


def page(town, name: str, language: str = "zh-hans") -> str:
    client = signed_in(town, name)
    client.cookies["django_language"] = language
    return client.get("/notices").content.decode()


def test_the_officers_of_a_body_are_told_that_its_case_went_to_another(town):
    number = given(town)
    dispatch_case(by(town, "dispatcher", number, "属住建职责"), organisation_id=town.bodies["housing"].pk)
    assert people_told() == ["officer", "second_officer"]
    told = page(town, "officer")
    assert number in told
    assert "已改派他人，您不用再办理。" in told
    assert 'aria-label="1 条新提醒"' in told
    # The case is another department's: why it went there is not theirs to read.
    assert "属住建职责" not in told
    assert "Dispatched anew to somebody else: you need do nothing more about it." in page(town, "officer", "en")


def test_whoever_signed_for_it_is_told_alone(town):
    number = given(town)
    accept_case(by(town, "officer", number))
    dispatch_case(by(town, "dispatcher", number), organisation_id=town.bodies["housing"].pk)
    assert people_told() == ["officer"]


def test_what_a_colleague_hands_on_is_told_with_why(town):
    number = given(town)
    accept_case(by(town, "officer", number))
    third = make_user("third_officer")
    grant(third, Role.DEPARTMENT_OFFICER, town.areas["420602"], town.bodies["sanitation"])
    hand_on(by(town, "second_officer", number, "本周轮班"), assignee_id=third.pk)
    assert people_told() == ["officer"]
    told = page(town, "officer")
    assert "同事已转交他人，您不用再办理。" in told
    assert "原因：本周轮班" in told
    assert f'href="/hub/cases/{number}"' in told


def test_nobody_is_told_what_they_or_a_colleague_of_theirs_did_with_what_nobody_had(town):
    number = given(town)
    accept_case(by(town, "officer", number))
    hand_on(by(town, "officer", number, "本人休假"), assignee_id=town.users["second_officer"].pk)
    return_case(by(town, "second_officer", number, "不属我单位"))
    returned = given(town)
    return_case(by(town, "officer", returned, "不属我单位"))
    assert people_told() == []


def test_a_body_keeps_what_is_given_to_all_of_it_or_one_of_it(town):
    number = given(town)
    body = town.bodies["sanitation"].pk
    dispatch_case(by(town, "dispatcher", number), organisation_id=body, assignee_id=town.users["officer"].pk)
    dispatch_case(by(town, "dispatcher", number), organisation_id=body)
    assert people_told() == []


def test_a_worker_is_told_of_a_correction_out_of_reach_and_why(town):
    number = given(town, assignee_id=town.users["worker"].pk)
    lon, lat = centre(3)
    correct_case(by(town, "operations", number, "居民报错了地点"), lon=lon, lat=lat)
    assert people_told() == ["worker"]
    assert "位置更正后不归您负责，工单已收回" in page(town, "worker")
    # Whoever may read the history where it lies now reads why, too.
    Notice.objects.update(person=town.users["far_dispatcher"])
    assert "原因：居民报错了地点" in page(town, "far_dispatcher")


def test_a_body_is_told_where_the_case_lay(town):
    number = given(town)
    far = make_user("far_officer")
    grant(far, Role.DEPARTMENT_OFFICER, town.areas["420602001002"], town.bodies["sanitation"])
    near = make_user("near_officer")
    grant(near, Role.DEPARTMENT_OFFICER, town.areas["420602001001"], town.bodies["sanitation"])
    correct_case(by(town, "operations", number, "登记有误"), area_id=town.areas["4206"].pk)
    assert people_told() == ["near_officer", "officer", "second_officer"]


def test_the_end_of_a_case_in_hand_is_told(town):
    number, other = given(town), given(town)
    cancel_case(by(town, "dispatcher", number, "重复登记"))
    merge_case(by(town, "dispatcher", other), into=report().number)
    assert people_told() == ["officer", "officer", "second_officer", "second_officer"]
    told = page(town, "officer")
    assert "已作废，您不用再办理。" in told
    assert "原因：重复登记" in told
    assert "已并入同一事项的另一件" in told


def test_what_is_handed_over_is_told_to_whoever_had_it(town):
    given(town, assignee_id=town.users["worker"].pk)
    people = {name: town.users[name].pk for name in ("worker", "colleague")}
    hand_over(
        actor=town.actor("dispatcher"), from_id=people["worker"], to_id=people["colleague"], note="病假", now=MONDAY
    )
    assert people_told() == ["worker"]
    assert "原因：病假" in page(town, "worker")


def test_the_usual_course_tells_nobody(town):
    number = given(town)
    accept_case(by(town, "officer", number))
    handle_case(by(town, "officer", number), outcome=Outcome.RESOLVED)
    cancelled = report().number
    cancel_case(by(town, "dispatcher", cancelled, "测试"))
    assert people_told() == []
