"""The reporter's own page: it comes back with every refusal, tells the whole way of the case, and what is held."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import (
    Command,
    Contact,
    Reported,
    accept_case,
    cancel_case,
    dispatch_case,
    pause_case,
    remind_case,
    return_case,
)
from gezhi.kernel.clock import now
from tests.factories.cases import Town, make_town, report

pytestmark = pytest.mark.django_db
CONTACT = Contact(name="王小明", phone="13812341234")


@pytest.fixture
def town() -> Town:
    return make_town()


def by(town: Town, who: str, made: Reported, **more: object) -> Command:
    at = more.pop("at", None) or now()
    return Command(actor=town.actor(who, now=at), number=made.number, now=at, **more)


def given(town: Town, made: Reported, *, accepted: bool = False) -> None:
    dispatch_case(by(town, "dispatcher", made), assignee_id=town.users["worker"].pk)
    if accepted:
        accept_case(by(town, "worker", made))


def page_of(client: Client, made: Reported) -> str:
    return client.get(f"/follow/{made.follow_code}").content.decode()


def timeline(page: str) -> list[str]:
    """What happened, newest first."""
    done = re.findall(r'<li(?: data-latest)?><p class="timeline-what">(.*?)</p>', page)
    return list(done)


def is_the_case_with_words(page: str, words: str) -> bool:
    """The page of the case, with the words before everything else on it."""
    return 0 < page.index(words) < page.index('id="steps"')


def test_a_withdrawal_that_comes_too_late_shows_the_case_as_it_is(client, town):
    made = report(now=now())
    given(town, made)
    answer = client.post(f"/follow/{made.follow_code}/withdraw")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert is_the_case_with_words(page, 'role="alert"')
    assert "已派遣" in page
    assert f"/follow/{made.follow_code}/withdraw" not in page
    assert Case.objects.get().status == "dispatched"


def test_every_other_refusal_comes_back_to_the_page_too(client, town):
    made = report(now=now(), contact=CONTACT)
    code = made.follow_code
    client.post(f"/follow/{code}/remind")
    again = client.post(f"/follow/{code}/remind")
    assert again.status_code == 409
    assert is_the_case_with_words(again.content.decode(), 'role="alert"')
    early = client.post(f"/follow/{code}/rate", {"solved": "yes", "score": "5"})
    assert early.status_code == 409
    assert is_the_case_with_words(early.content.decode(), 'role="alert"')
    given(town, made, accepted=True)
    cancel_case(by(town, "dispatcher", made, note="重复"))
    client.force_login(town.users["worker"])
    erased = client.post(f"/follow/{code}/erase")
    page = erased.content.decode()
    assert (erased.status_code, 'role="alert"' in page, 'id="looks"' in page) == (403, True, True)
    assert client.post("/follow/000000000000/withdraw").status_code == 404


def test_a_return_is_told_without_the_offices_words(client, town):
    made = report(now=now())
    given(town, made)
    return_case(by(town, "worker", made, note="不归我们管，推给城管"))
    assert timeline(page_of(client, made))[0] == "已转回街道网格中心，正在重新安排办理"
    given(town, made)
    page = page_of(client, made)
    assert timeline(page) == ["已派遣", "已转回街道网格中心，正在重新安排办理", "已派遣", "已上报"]
    assert "推给城管" not in page


def test_a_change_of_hands_is_no_second_dispatch(client, town):
    made = report(now=now())
    given(town, made)
    dispatch_case(by(town, "dispatcher", made), assignee_id=town.users["colleague"].pk)
    assert timeline(page_of(client, made)) == ["已改派", "已派遣", "已上报"]


def test_each_side_has_its_own_pause_between_reminders(client, town):
    made = report(now=now())
    remind_case(by(town, "dispatcher", made))
    button = f"/follow/{made.follow_code}/remind"
    assert button in page_of(client, made)
    client.post(button)
    assert Case.objects.get().remind_count == 2
    page = page_of(client, made)
    assert button not in page
    assert "催办" in page.split('id="said"')[1].split("<footer")[0]
    later = now() + timedelta(hours=4, minutes=1)
    remind_case(by(town, "dispatcher", made, at=later))
    assert Case.objects.get().remind_count == 3


def test_a_case_that_rests_can_be_urged_and_one_that_is_over_cannot(client, town):
    made = report(now=now())
    given(town, made, accepted=True)
    pause_case(by(town, "dispatcher", made, note="等材料"))
    button = f"/follow/{made.follow_code}/remind"
    assert button in page_of(client, made)
    client.post(button)
    assert Case.objects.get().remind_count == 1
    cancel_case(by(town, "dispatcher", made, note="重复"))
    assert button not in page_of(client, made)


def test_the_place_is_the_area_and_the_words(client, town):
    page = page_of(client, report(now=now(), address="学校大门对面"))
    place = re.search(r"<dt>位置</dt><dd>(.*?)</dd>", page)[1]
    assert place.startswith("真武山街道")
    assert place.endswith("，学校大门对面")
    assert page.count("真武山街道") >= 1


def test_what_is_held_is_told_in_full(client, town):
    nameless = report(now=now(), address="北门", description="路灯不亮")
    page = client.get(f"/follow/{nameless.follow_code}/data").content.decode()
    for held in ("未保存：您没有留下姓名和电话。", "路灯不亮", "北门", "真武山街道"):
        assert held in page
    named = report(now=now(), contact=CONTACT)
    client.post(f"/follow/{named.follow_code}/erase")
    page = client.get(f"/follow/{named.follow_code}/data").content.decode()
    assert "未保存：已删除。" in page
    assert "路边有一堆垃圾" in page


def test_without_a_script_nothing_ends_at_one_press_and_no_button_is_idle(client, town):
    made = report(now=now(), contact=CONTACT)
    page = client.get(f"/follow/{made.follow_code}?sent=1").content.decode()
    assert re.search(r"<button[^>]* data-copy=\"[^\"]+\" hidden>", page)
    for address, verb in ((made.follow_code, "withdraw"), (f"{made.follow_code}/data", "erase")):
        page = client.get(f"/follow/{address}").content.decode()
        question = re.search(r"<details[^>]*data-ask-once>.*?</details>", page, re.S)[0]
        assert f"/follow/{made.follow_code}/{verb}" in question
        assert page.count(f'/{verb}"') == 1
