"""Whoever corrects a case is told where it went: to whose hub, to which body, and that nobody works there."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from gezhi.contexts.cases.domain.duty_table import DutyRow
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import duty_rows_of, landed
from gezhi.contexts.cases.use_cases import Command, dispatch_case, note_case
from gezhi.interfaces.cli.main import main
from gezhi.kernel.clock import now
from gezhi.kernel.roles import Role
from gezhi.platform.access.models import Grant
from tests.factories.areas import centre
from tests.factories.cases import make_town, report
from tests.factories.clients import signed_in
from tests.integration.test_duty_versions import install

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


def told(answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["gezhi:toast"]["words"]


def correct(town, number: str, name: str, *, language: str = "zh-hans", partial: bool = True, **form):
    form = {"note": "登记有误", "version": Case.objects.get(number=number).version, **form}
    headers = {"Accept-Language": language, **({"HX-Request": "true"} if partial else {})}
    answer = signed_in(town, name).post(f"/hub/cases/{number}/correct", form, headers=headers, follow=not partial)
    assert answer.status_code == 200, answer.content[:500]
    return answer


def to(grid: int) -> dict[str, float]:
    lon, lat = centre(grid)
    return {"lon": lon, "lat": lat}


def with_worker(town) -> str:
    made, at = report(now=now()), now()
    dispatch_case(Command(town.actor("dispatcher", now=at), made.number, at), assignee_id=town.users["worker"].pk)
    return made.number


def test_a_case_taken_back_says_whose_hub_has_it(town):
    words = told(correct(town, with_worker(town), "operations", **to(3)))
    assert "原承办方不负责该位置，工单已收回。现在真武山街道待派遣。" in words
    assert "没有街道调度员" not in words


def test_it_warns_where_nobody_works_at_that_hub(town):
    number = with_worker(town)
    Grant.objects.filter(role=Role.STREET_DISPATCHER.value).delete()
    words = told(correct(town, number, "operations", language="en", **to(3)))
    assert "It waits for its dispatch in 真武山街道 now. Nobody has the role of a street dispatcher" in words


def test_whoever_sees_the_case_no_more_is_told_where_it_went(town):
    number = report(now=now()).number
    answer = correct(town, number, "dispatcher", district=town.areas["420602"].pk)
    words = "现在襄城区待派遣。那里没有街道调度员，须由市运行中心处理。"
    assert words in told(answer)
    assert words in answer.content.decode()


def test_a_page_without_scripts_tells_it_too(town):
    page = correct(town, with_worker(town), "operations", partial=False, **to(3)).content.decode()
    assert "现在真武山街道待派遣。" in page


def test_another_body_is_named_and_whether_anybody_of_it_sees_the_case(town):
    install([*duty_rows_of(), DutyRow("E0112", "2WH", "2WH", organisation_id=town.bodies["housing"].pk)])
    number = report(now=now()).number
    assert "按权责清单，责任单位现为housing。" in told(correct(town, number, "dispatcher", class_code="E0112"))
    Grant.objects.filter(role=Role.DEPARTMENT_OFFICER.value).delete()
    words = told(correct(town, number, "dispatcher", language="en", class_code="E0110"))
    assert "The duty table names sanitation for it now. Nobody of that body has an account" in words


def test_the_command_line_says_it_too(town):
    number = with_worker(town)
    Grant.objects.filter(role=Role.STREET_DISPATCHER.value).delete()
    lon, lat = centre(3)
    asked = ["case", "step", number, "correct", "--set", f"lon={lon}", "--set", f"lat={lat}", "--note", "位置有误"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    assert "it waits for its dispatch in 真武山街道 now" in done.output
    assert "nobody has the role of a street dispatcher there" in done.output


def test_what_moves_nothing_says_nothing_of_it(town):
    number = report(now=now()).number
    assert told(correct(town, number, "dispatcher", urgency="urgent")).endswith(number)
    at = now()
    noted = note_case(Command(town.actor("dispatcher", now=at), number, at, note="已电话联系"))
    assert landed(noted, now=at) is None
