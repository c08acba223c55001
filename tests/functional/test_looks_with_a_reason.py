"""A look at a reporter's name and number takes a reason, which the reporter reads."""

from __future__ import annotations

import re

import pytest

from gezhi.contexts.cases.domain.looking import LookReason, read_reason, reason_to_look
from gezhi.contexts.cases.use_cases import Command, Contact, dispatch_case
from gezhi.contexts.cases.use_cases.find_by_number import find_by_number
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.interfaces.web.look_words import LOOK_REASON
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.models import Grant
from gezhi.platform.vault.models import PersonalDataAccess
from tests.factories.cases import make_town, report
from tests.factories.clients import case_at, signed_in

CONTACT = Contact(name="王小明", phone="13812341234")


@pytest.mark.parametrize(
    ("chosen", "words", "kept"),
    [
        ("ask_place", "", "ask_place"),
        ("ask_place", " 在 哪一栋 ", "ask_place: 在 哪一栋"),
        ("other", "钥匙在物业: 先约", "other: 钥匙在物业: 先约"),
        ("", "钥匙在物业", "other: 钥匙在物业"),
    ],
)
def test_a_reason_is_kept_as_a_key_and_words(chosen: str, words: str, kept: str) -> None:
    assert reason_to_look(chosen, words) == kept
    assert read_reason(kept) == (LookReason(chosen or "other"), " ".join(words.split()))


@pytest.mark.parametrize(
    ("chosen", "words", "code"),
    [
        ("", "", "reason_missing"),
        ("", " \n", "reason_missing"),
        ("other", "", "reason_missing"),
        ("curious", "x", "reason_unknown"),
        ("ask_place", "x" * 151, "reason_too_long"),
    ],
)
def test_no_reason_is_none(chosen: str, words: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        reason_to_look(chosen, words)
    assert caught.value.code == code


def test_words_of_before_there_was_a_choice_stay_words() -> None:
    assert read_reason("就工单联系上报人") == (None, "就工单联系上报人")


def test_every_reason_has_words() -> None:
    assert set(LOOK_REASON) == set(LookReason)


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "base"), [("dispatcher", "/hub/cases/"), ("officer", "/hub/cases/")])
def test_without_a_reason_nothing_is_shown_and_nothing_looked_at(who: str, base: str) -> None:
    town = make_town()
    made = case_at(town, "handling", contact=CONTACT)
    answer = signed_in(town, who).post(f"{base}{made.number}/reporter").content.decode()
    assert "13812341234" not in answer
    assert 'role="alert"' in answer, answer[answer.index("<main") :]
    assert not PersonalDataAccess.objects.exists()


@pytest.mark.django_db
def test_the_reporter_reads_the_reason_in_their_language(client) -> None:
    town = make_town()
    made = case_at(town, "handling", contact=CONTACT)
    hub = signed_in(town, "dispatcher")
    page = hub.get(f"/hub/cases/{made.number}").content.decode()
    assert 'name="why"' in page
    sent = {"why": "agree_visit", "words": "周三下午"}
    answer = hub.post(f"/hub/cases/{made.number}/reporter", sent).content.decode()
    assert "13812341234" in answer
    assert f'href="/hub/cases/{made.number}"' in answer
    assert (
        "13812341234"
        in hub.post(f"/hub/cases/{made.number}/reporter", sent, headers={"HX-Request": "true"}).content.decode()
    )
    assert "约定上门时间：周三下午" in client.get(f"/follow/{made.follow_code}/data").content.decode()
    client.cookies["django_language"] = "en"
    told = client.get(f"/follow/{made.follow_code}/data", headers={"Accept-Language": "en"}).content.decode()
    assert "To agree on a visit: 周三下午" in told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "chinese", "english"),
    [
        ("dispatcher", "铁佛寺街道 · 街道调度员", "Street dispatcher, Tiefosi Street"),
        ("officer", "樊城区环卫 · 部门办理员", "Department officer, Fancheng Sanitation"),
    ],
)
def test_the_reporter_reads_which_unit_looked_in_what_position_and_no_name(
    client, who: str, chinese: str, english: str
) -> None:
    town = make_town()
    town.areas["420602001"].name, town.areas["420602001"].name_en = "铁佛寺街道", "Tiefosi Street"
    town.areas["420602001"].save()
    town.bodies["sanitation"].name, town.bodies["sanitation"].name_en = "樊城区环卫", "Fancheng Sanitation"
    town.bodies["sanitation"].save()
    town.users[who].display_name = "街道值班张三"
    town.users[who].save()
    made = report(contact=CONTACT, now=now())
    by = Command(actor=town.actor("dispatcher", now=now()), number=made.number, now=now())
    dispatch_case(by, organisation_id=town.bodies["sanitation"].pk)
    sent = {"why": "agree_visit", "words": ""}
    assert "13812341234" in signed_in(town, who).post(f"/hub/cases/{made.number}/reporter", sent).content.decode()
    # What they are later does not change what they were.
    Grant.objects.filter(user=town.users[who]).update(valid_to=now())
    page = client.get(f"/follow/{made.follow_code}/data").content.decode()
    assert chinese in page
    assert "街**" not in page
    assert "张三" not in page
    assert english in client.get(f"/follow/{made.follow_code}/data", headers={"Accept-Language": "en"}).content.decode()


def looks(town, name: str = "audit_admin", query: str = "", language: str = "zh-hans"):
    client = signed_in(town, name)
    client.cookies["django_language"] = language
    return client.get(f"/administration/record?of=looks{query}")


@pytest.mark.django_db
def test_looks_are_listed_for_the_audit_administrator_without_the_data() -> None:
    town = make_town()
    made = report(contact=CONTACT, now=now())
    hub = signed_in(town, "dispatcher")
    hub.post(f"/hub/cases/{made.number}/reporter", {"why": "agree_visit", "words": "周三下午"})
    find_by_number(actor=town.actor("operations", now=now()), number="13812341234", now=now())
    read_reporter(actor=town.actor("dispatcher", now=now()), number=made.number, reason="ask_place", now=now())
    page = looks(town).content.decode()
    told = page.split('<ul class="list"')[1]
    for words in (
        "查看了个人信息",
        "约定上门时间：周三下午",
        "按来电号码查到上报",
        made.number,
        "dispatcher",
        "operations",
    ):
        assert words in told
    assert "1381234" not in page
    assert told.index("询问具体位置") < told.index("按来电号码查到上报") < told.index("约定上门时间")
    assert "Found a report by its reporter" in looks(town, language="en").content.decode()
    assert "agree_visit" not in told
    narrowed = looks(town, query="&who=operations").content.decode()
    assert "按来电号码查到上报" in narrowed
    assert "约定上门时间" not in narrowed
    assert 'name="of" value="looks"' in narrowed
    assert "没有查到记录" in looks(town, query="&until=2020-01-01").content.decode()
    assert looks(town, query="&since=x").status_code == 422
    for name in ("system_admin", "security_admin", "operations"):
        assert looks(town, name).status_code == 403


@pytest.mark.django_db
def test_looks_are_told_page_by_page() -> None:
    town = make_town()
    made = report(contact=CONTACT, now=now())
    actor = town.actor("dispatcher", now=now())
    for turn in range(60):
        read_reporter(actor=actor, number=made.number, reason=f"other: turn {turn}.", now=now())
    first = looks(town).content.decode()
    assert ("turn 59." in first, "turn 9." in first) == (True, False)
    before = re.search(r'href="\?of=looks&amp;before=(\d+)"', first)
    assert before
    second = looks(town, query=f"&before={before[1]}").content.decode()
    assert ("turn 9." in second, "turn 10." in second) == (True, False)
    assert 'href="/administration/record?of=looks"' in second


@pytest.mark.django_db
def test_whoever_has_no_position_is_named_by_the_family_name(client) -> None:
    town = make_town()
    made = case_at(town, "handling", contact=CONTACT)
    town.users["dispatcher"].display_name = "欧阳小明"
    town.users["dispatcher"].save()
    hub = signed_in(town, "dispatcher")
    assert "13812341234" in hub.post(f"/hub/cases/{made.number}/reporter", {"why": "agree_visit"}).content.decode()
    Grant.objects.filter(user=town.users["dispatcher"]).update(valid_to=PersonalDataAccess.objects.get().at)
    page = client.get(f"/follow/{made.follow_code}/data").content.decode()
    assert "欧阳**" in page
    assert "小明" not in page.split('id="looks"')[1]
