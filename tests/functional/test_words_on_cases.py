"""What a case says of itself to those who work on it: who was called in, what is waited for, what the reporter said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from gezhi.contexts.cases.domain.class_table import Condition
from gezhi.contexts.cases.domain.states import Channel, Outcome
from gezhi.contexts.cases.models import Case, DutyTable
from gezhi.contexts.cases.queries import CaseDetails, class_rows_of, duty_line, duty_rows_of
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    call_in,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
)
from gezhi.contexts.cases.use_cases.install_classes import install_classes
from gezhi.contexts.cases.use_cases.install_duties import install_duties
from gezhi.interfaces.web.casework.deadlines import why_check_due
from gezhi.interfaces.web.words import limit_words
from gezhi.kernel.clock import now
from tests.factories.areas import centre
from tests.factories.cases import SYSTEM, Town, make_town, report

pytestmark = pytest.mark.django_db
LON, LAT = centre(0)


@pytest.fixture
def town() -> Town:
    return make_town()


def by(town: Town, who: str, number: str, **more) -> Command:
    return Command(actor=town.actor(who, now=now()), number=number, now=now(), **more)


def page(town: Town, who: str, address: str, language: str = "zh-hans") -> str:
    client = Client()
    client.force_login(town.users[who])
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def joint(town: Town) -> tuple[str, str]:
    """A case that its body handled, with a part that another body has yet to sign for."""
    number = report(now=now()).number
    dispatch_case(by(town, "dispatcher", number), organisation_id=town.bodies["sanitation"].pk)
    accept_case(by(town, "officer", number))
    call_in(by(town, "dispatcher", number, note="请协助"), organisation_id=town.bodies["housing"].pk)
    handle_case(by(town, "officer", number), outcome=Outcome.RESOLVED)
    return number, Case.objects.get(parent__number=number).number


def test_what_waits_for_a_part_names_it(town, joint):
    number, part = joint
    for who in ("checker", "dispatcher"):
        told = page(town, who, f"/hub/cases/{number}")
        assert "办结后才能核查" in told
        assert f'href="/hub/cases/{part}"' in told
        assert "/check" not in told
    accept_case(by(town, "other_officer", part))
    handle_case(by(town, "other_officer", part), outcome=Outcome.RESOLVED)
    check_case(by(town, "checker", part))
    assert "办结后才能核查" in page(town, "checker", f"/hub/cases/{number}")
    close_case(by(town, "dispatcher", part))
    told = page(town, "checker", f"/hub/cases/{number}")
    assert "办结后才能核查" not in told
    assert f"/hub/cases/{number}/check" in told


def test_the_history_says_who_was_called_in(town, joint):
    told = page(town, "dispatcher", f"/hub/cases/{joint[0]}", "en")
    body = town.bodies["housing"]
    assert re.search(rf"Called another body in → {body.name_en or body.name}", told)


def test_a_part_is_never_likely_the_same_as_its_whole(town, joint):
    assert "/alike" not in page(town, "dispatcher", f"/hub/cases/{joint[1]}")
    assert "data-alike" not in page(town, "dispatcher", f"/hub/cases/{joint[1]}/alike")


def test_what_the_reporter_said_stays_to_be_read(town):
    made = report(now=now())
    number = made.number
    dispatch_case(by(town, "dispatcher", number), organisation_id=town.bodies["sanitation"].pk)
    accept_case(by(town, "officer", number))
    handle_case(by(town, "officer", number), outcome=Outcome.RESOLVED)
    told = page(town, "checker", f"/hub/cases/{number}", "en")
    assert "<dt>Check deadline</dt>" in told
    assert "from the moment it was handled" in told
    check_case(by(town, "checker", number))
    close_case(by(town, "dispatcher", number))
    told = page(town, "dispatcher", f"/hub/cases/{number}", "en")
    assert "Checked and in order" in told
    assert "on site" not in told
    client = Client()
    assert client.post(f"/follow/{made.follow_code}/rate", {"solved": "no", "score": "1"}).status_code == 302
    told = page(town, "dispatcher", f"/hub/cases/{number}", "en")
    assert "Rated by the reporter: not solved · 1/5" in told
    sheet = page(town, "dispatcher", f"/hub/cases/{number}/papers/case", "en")
    assert "Not solved, the reporter says" in sheet


def test_a_suggestion_names_the_line_of_the_table_that_is_exported(town):
    number = report(now=now()).number
    reason = Case.objects.get(number=number).steps.get(action="report").note
    line = duty_line(reason)
    form = page(town, "dispatcher", f"/hub/cases/{number}/forms/dispatch")
    assert line is not None
    assert f"依据权责清单第 {line.line} 行" in form
    assert duty_line("no duty row covers this class here") is None
    # Another version has other rows.
    rows = duty_rows_of()
    install_duties(actor=SYSTEM, name="新版", rows=rows, now=now())
    assert DutyTable.objects.count() > 1
    assert duty_line(reason).line is None
    assert "依据权责清单以前的版本" in page(town, "dispatcher", f"/hub/cases/{number}/forms/dispatch")


def test_a_limit_in_chinese_has_its_measure_word():
    with override("zh-hans"):
        said = [limit_words(one) for one in ("1WD", "4WH", "2ND")]
    assert said == ["1 个工作日", "4 个工作时", "2 个自然日"]


def test_a_place_elsewhere_is_told_at_the_first_step(town):
    answer = Client().get("/report/what?lon=114.3&lat=30.6", follow=True)
    assert answer.redirect_chain[0][0].startswith("/report?")
    assert (answer.status_code, len(answer.redirect_chain)) == (422, 1)
    assert "这个位置不在本市" in answer.content.decode()
    assert Client().get("/report/what", follow=True).status_code == 200


def test_a_code_that_follows_nothing_is_asked_for_again(town):
    answer = Client().get("/follow/AAAAAAAAAAAA")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert 'name="code"' in page
    assert 'value="AAAAAAAAAAAA"' in page
    assert "请核对后重新输入" in page


def test_filing_conditions_without_words_are_told_by_their_limits(town):
    rows = [
        replace(row, conditions=(Condition("4WH"), Condition("2WD"))) if row.code == "E0110" else row
        for row in class_rows_of()
    ]
    install_classes(actor=SYSTEM, code="two", name="两个立案条件", rows=rows, now=now())
    told = page(town, "dispatcher", f"/who?class_code=E0110&lon={LON}&lat={LAT}")
    assert "立案条件 1：处置时限 4 个工作时" in told
    assert "立案条件 2：处置时限 2 个工作日" in told


def test_a_wrong_number_to_merge_with_is_told_at_its_field(town):
    number = report(now=now()).number
    client = Client()
    client.force_login(town.users["dispatcher"])
    answer = client.post(
        f"/hub/cases/{number}/merge", {"into": "99", "note": "同一处路灯", "version": "1", "key": "k" * 12}
    )
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "没有这个编号的工单" in told
    assert 'value="99"' in told
    assert "同一处路灯" in told


def test_nobody_reminds_of_what_is_theirs_to_do(town):
    number = report(now=now()).number
    Case.objects.filter(number=number).update(registered_by=town.users["worker"], channel=Channel.PATROL.value)
    assert f"/{number}/remind" in page(town, "worker", f"/worker/cases/{number}")
    dispatch_case(by(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    assert f"/{number}/remind" not in page(town, "worker", f"/worker/cases/{number}")
    assert f"/{number}/remind" in page(town, "dispatcher", f"/hub/cases/{number}")


def test_a_part_is_signed_for_before_it_is_to_be_handled(town):
    number = report(now=now()).number
    dispatch_case(by(town, "dispatcher", number), organisation_id=town.bodies["sanitation"].pk)
    call_in(by(town, "dispatcher", number, note="请协助"), organisation_id=town.bodies["housing"].pk, limit="1WH")
    part = Case.objects.get(parent__number=number)
    assert part.answer_due == part.handle_due


def test_a_picture_is_asked_for_of_what_anybody_can_see(town):
    for class_code, offered in (("E0110", True), ("S0305", False)):
        number = report(now=now(), class_code=class_code).number
        dispatch_case(by(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
        accept_case(by(town, "worker", number))
        form = page(town, "worker", f"/worker/cases/{number}").split('id="do-handle"')[1].split("</dialog>")[0]
        assert ('name="photo"' in form) is offered, class_code
        assert ("不要求拍照" in form) is not offered


def test_the_check_deadline_says_that_it_is_provisional_in_a_year_without_a_plan(town):
    far = datetime(2031, 3, 3, 2, tzinfo=UTC)
    details = CaseDetails(clock_start=far, handled_at=far, check_limit="2WD", check_due=far + timedelta(days=2))
    with override("en"):
        assert "provisional: no plan of the holidays of 2031" in why_check_due(details)
        assert "provisional" not in why_check_due(replace(details, check_limit="2UH"))
