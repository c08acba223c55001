"""Each role starts where its work is: what it finds first, and what it can do from there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.contexts.cases.domain.states import Outcome, Stage
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, accept_case, check_case, dispatch_case, handle_case, return_case
from gezhi.contexts.cases.use_cases.attach_photo import attach_photo
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.roles import Role
from tests.factories.cases import SYSTEM, Town, grant, make_town, make_user, report
from tests.factories.photos import photo, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path) -> None:
    settings.GEZHI_HOME = tmp_path


@pytest.fixture
def town() -> Town:
    return make_town()


def signed_in(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.users[name])
    return client


def by(town: Town, name: str, number: str, **more: object) -> Command:
    return Command(actor=town.actor(name, now=now()), number=number, now=now(), **more)  # type: ignore[arg-type]


def given_to_sanitation(town: Town, *, accepted: bool = False) -> str:
    number = report(now=now()).number
    dispatch_case(by(town, "dispatcher", number), organisation_id=town.bodies["sanitation"].pk)
    if accepted:
        accept_case(by(town, "officer", number))
    return number


def tabs(page: str) -> dict[str, tuple[str, bool]]:
    """The tabs above the list by the key of their queue: words, and whether it is the one that is shown."""
    links = re.findall(r'<a href="/hub\?queue=(\w+)" data-count="\w+"( aria-current="page")?>([^<]+)</a>', page)
    return {key: (words, bool(current)) for key, current, words in links}


def listed(page: str) -> set[str]:
    return set(re.findall(r'id="row-([^"]+)"', page))


def test_an_officer_finds_what_was_given_what_is_in_hand_and_what_presses(town: Town) -> None:
    given, late = given_to_sanitation(town), given_to_sanitation(town)
    ours = given_to_sanitation(town, accepted=True)
    Case.objects.filter(number=late).update(due_at=now() - timedelta(hours=1))
    Case.objects.filter(number__in=[given, ours]).update(due_at=now() + timedelta(days=3))
    elsewhere = report(now=now()).number
    dispatch_case(by(town, "dispatcher", elsewhere), organisation_id=town.bodies["housing"].pk)
    client = signed_in(town, "officer")
    assert client.get("/home").headers["Location"] == "/hub"
    first = client.get("/hub", headers={"Accept-Language": "en"}).content.decode()
    assert tabs(first) == {
        "given": ("Given to us (2)", True),
        "ours": ("In hand (1)", False),
        "pressing": ("Due today or overdue (1)", False),
    }
    assert listed(first) == {given, late}
    assert listed(client.get("/hub?queue=ours").content.decode()) == {ours}
    pressing = client.get("/hub?queue=pressing").content.decode()
    assert listed(pressing) == {late}
    assert tabs(pressing)["pressing"] == ("今日到期或超时（1）", True)
    # The state of a case alone does not say whether it presses.
    assert "ask-server" in pressing
    assert client.get("/hub/counts").json()["given"] == "交给本部门（2）"


def test_what_is_due_late_today_presses_and_what_is_due_tomorrow_does_not(town: Town) -> None:
    number = given_to_sanitation(town)
    tonight = timezone.localtime(now()).replace(hour=23, minute=59, second=0)
    client = signed_in(town, "officer")
    for due, found in ((tonight, {number}), (tonight + timedelta(minutes=2), set())):
        Case.objects.update(due_at=due)
        assert listed(client.get("/hub?queue=pressing").content.decode()) == found


def test_whoever_commands_keeps_the_queues_of_command(town: Town) -> None:
    given_to_sanitation(town)
    page = signed_in(town, "dispatcher").get("/hub").content.decode()
    assert tabs(page) == {}
    assert 'value="given"' not in page
    # A link that an officer sent is read, and says what it shows.
    sent = signed_in(town, "dispatcher").get("/hub?queue=given").content.decode()
    assert '<option value="given" selected>' in sent


def test_a_checker_begins_with_what_is_to_be_checked(town: Town) -> None:
    page = signed_in(town, "checker").get("/hub").content.decode()
    assert '<option value="check" selected>' in page


def handled(town: Town) -> str:
    number = report(now=now()).number
    dispatch_case(by(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    accept_case(by(town, "worker", number))
    handle_case(by(town, "worker", number), outcome=Outcome.RESOLVED)
    return number


def close_with(words: str) -> None:
    """Put a table in force whose class of rubbish is closed under a condition."""
    rows = [
        replace(row, conditions=tuple(replace(one, closing=words) for one in row.conditions))
        if row.code == "E0110"
        else row
        for row in shipped_classes()
    ]
    install_classes(actor=SYSTEM, code="closing", name="有结案条件", rows=rows, now=now())


def test_a_check_asks_for_a_picture_only_where_the_closing_condition_names_one(town: Town) -> None:
    close_with("垃圾已清除")
    client, number = signed_in(town, "checker"), handled(town)
    page = client.get(f"/hub/cases/{number}").content.decode()
    assert 'data-dialog="do-check"' not in page
    assert 'data-undo-for="60"' in page
    assert "垃圾已清除" in page
    assert client.post(f"/hub/cases/{number}/check", {"key": "check-without-1"}).status_code == 302
    assert Case.objects.get(number=number).status == "checked"


def test_a_picture_that_the_closing_condition_names_is_asked_for_and_taken(town: Town) -> None:
    close_with("现场照片显示垃圾已清除")
    client, number = signed_in(town, "checker"), handled(town)
    page = client.get(f"/hub/cases/{number}").content.decode()
    assert 'data-dialog="do-check"' in page
    assert "结案条件要求照片：现场照片显示垃圾已清除" in page
    refused = client.post(f"/hub/cases/{number}/check", {"key": "check-without-1"})
    assert refused.status_code == 422
    assert "请添加一张" in refused.content.decode()
    with pytest.raises(InvalidInput, match="picture"):
        check_case(by(town, "checker", number))
    assert Case.objects.get(number=number).status == "handled"
    sent = client.post(f"/hub/cases/{number}/check", {"key": "check-with-1", "photo": upload(photo())})
    assert sent.status_code == 302
    assert Case.objects.get(number=number).status == "checked"
    # Whoever handled it has shown how it was left: nothing is asked for twice.
    shown = report(now=now()).number
    dispatch_case(by(town, "dispatcher", shown), assignee_id=town.users["worker"].pk)
    accept_case(by(town, "worker", shown))
    worker = town.actor("worker", now=now())
    attach_photo(actor=worker, number=shown, raw=photo(), stage=Stage.AFTER, asker="t", now=now())
    handle_case(by(town, "worker", shown), outcome=Outcome.RESOLVED)
    check_case(by(town, "checker", shown))


def test_an_officer_hands_on_within_the_department_and_names_another_body_to_the_hub(town: Town) -> None:
    clerk = make_user("clerk")
    grant(clerk, Role.DEPARTMENT_OFFICER, town.areas["420602"], town.bodies["sanitation"])
    number, client = given_to_sanitation(town, accepted=True), signed_in(town, "officer")
    page = client.get(f"/worker/cases/{number}", headers={"Accept-Language": "en"}).content.decode()
    choices = page.split('id="colleague"')[1].split("</select>")[0]
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', choices)
    assert [(words, re.findall(r">([^<]+)</option>", people)) for words, people in groups] == [
        ("Officers of the department", ["clerk"])
    ]
    form = client.get(f"/hub/cases/{number}/forms/return").content.decode()
    assert f'value="{town.bodies["housing"].pk}"' in form
    assert f'value="{town.bodies["sanitation"].pk}"' not in form
    sent = {"note": "属住建", "organisation_id": town.bodies["housing"].pk, "key": "returned-with-1"}
    assert client.post(f"/hub/cases/{number}/return", sent).status_code == 302
    case = Case.objects.get(number=number)
    assert (case.status, case.organisation_id, case.suggested_organisation_id) == (
        "reported",
        None,
        town.bodies["housing"].pk,
    )
    dispatching = signed_in(town, "dispatcher").get(f"/hub/cases/{number}/forms/dispatch").content.decode()
    first = dispatching.split("<optgroup")[1]
    assert 'label="退回人建议"' in first
    assert f'value="o{town.bodies["housing"].pk}"' in first


@pytest.mark.parametrize(("body", "code"), [(0, "unknown_organisation"), ("sanitation", "body_has_it")])
def test_a_body_that_cannot_have_it_is_not_named(town: Town, body: object, code: str) -> None:
    number = given_to_sanitation(town)
    named = town.bodies[body].pk if isinstance(body, str) else 999_999
    with pytest.raises(InvalidInput) as refused:
        return_case(by(town, "officer", number, note="不属本部门"), organisation_id=named)
    assert (refused.value.code, refused.value.field) == (code, "organisation_id")
    assert Case.objects.get().status == "dispatched"
