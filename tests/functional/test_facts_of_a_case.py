"""A handler tells what the class of the case asks for: on a page, by the API; it stands on the case and in its history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gezhi.contexts.cases.domain.class_table import Attribute, AttributeKind
from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import Command, accept_case, dispatch_case, handle_case, rework_case
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.steps.consistency import all_that_differ
from gezhi.platform.steps.inputs import Pairs
from tests.factories.cases import SYSTEM, Town, make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db
ASKED = (
    Attribute("volume", "清运量（立方米）", "Volume in m³", AttributeKind.NUMBER, True),
    Attribute("cause", "原因", "Cause", AttributeKind.CHOICES, False, ("占道", "满溢", "其他")),
    Attribute("day", "清运日期", "Day", AttributeKind.DATE),
)


@pytest.fixture
def town() -> Town:
    made = make_town()
    rows = [replace(row, attributes=ASKED) if row.code == "E0110" else row for row in shipped_classes()]
    install_classes(actor=SYSTEM, code="asking", name="asking", rows=rows, now=now())
    return made


def in_hand(town: Town, class_code: str = "E0110") -> str:
    number = report(now=now(), class_code=class_code).number
    dispatch_case(Command(town.actor("dispatcher"), number, now()), assignee_id=town.users["worker"].pk)
    accept_case(Command(town.actor("worker"), number, now()))
    return number


def test_the_form_asks_in_the_readers_language_and_keeps_what_was_typed(town: Town) -> None:
    number = in_hand(town)
    client = signed_in(town, "worker")
    page = client.get(f"/worker/cases/{number}").content.decode()
    assert "清运量（立方米）" in page
    assert 'name="fact-volume"' in page
    assert page.count('name="fact-cause"') == 3
    assert "Volume in m³" in client.get(f"/worker/cases/{number}", headers={"accept-language": "en"}).content.decode()
    form = {"version": "3", "key": "told-1-aaaa", "outcome": "resolved", "note": "清完了"}
    again = client.post(
        f"/worker/cases/{number}/handle", form | {"fact-cause": ["满溢", "其他"], "fact-day": "2026-12-01"}
    )
    shown = again.content.decode()
    assert again.status_code == 422
    assert 'id="fact-volume-error"' in shown
    assert "该类别要求填写此项。" in shown
    assert 'value="2026-12-01"' in shown
    assert shown.count(" checked") == 3
    done = client.post(
        f"/worker/cases/{number}/handle", form | {"fact-volume": "1.5", "fact-cause": ["其他", "满溢"], "fact-day": ""}
    )
    assert done.status_code == 302
    case = Case.objects.get(number=number)
    assert case.facts == {"volume": "1.5", "cause": "满溢；其他"}
    seen = signed_in(town, "dispatcher").get(f"/hub/cases/{number}").content.decode()
    assert "<dt>清运量（立方米）</dt><dd>1.5</dd>" in seen
    assert "<dd>满溢；其他</dd>" in seen


def test_what_a_field_wants_is_said_in_its_own_words(town: Town) -> None:
    number = in_hand(town)
    client = signed_in(town, "worker")
    for told, words in (
        ({"fact-volume": "3,5m"}, "请只填数字，例如 3.5，不带单位。"),
        ({"fact-volume": "1", "fact-day": "明天"}, "请填写日期，例如 2026-12-01。"),
    ):
        refused = client.post(f"/worker/cases/{number}/handle", {"outcome": "resolved", **told})
        assert refused.status_code == 422
        assert words in refused.content.decode()


def test_a_class_that_asks_for_nothing_shows_no_field(town: Town) -> None:
    number = in_hand(town, "E0112")
    assert "fact-" not in signed_in(town, "worker").get(f"/worker/cases/{number}").content.decode()


def test_the_api_reads_facts_and_refuses_what_is_not_asked_for(town: Town) -> None:
    number = in_hand(town)
    client = signed_in(town, "worker")
    address = f"/api/v1/cases/{number}/actions/handle"
    for facts, code in (({"colour": "red"}, "fact_unknown"), ({"volume": "much"}, "fact_bad"), ({}, "fact_missing")):
        answer = client.post(address, {"outcome": "resolved", "facts": facts}, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    answer = client.post(address, {"outcome": "resolved", "facts": {"volume": "2"}}, content_type="application/json")
    assert answer.status_code == 200
    assert Case.objects.get(number=number).facts == {"volume": "2"}


def test_rework_takes_it_away_and_the_history_keeps_it(town: Town) -> None:
    number = in_hand(town)
    handle_case(Command(town.actor("worker"), number, now()), outcome=Outcome.RESOLVED, facts=Pairs(volume="3"))
    rework_case(Command(town.actor("checker"), number, now(), note="还有"))
    assert Case.objects.get(number=number).facts is None
    assert [step.changes["facts"] for step in CaseStep.objects.order_by("pk") if "facts" in step.changes] == [
        {"volume": "3"},
        None,
    ]
    assert list(all_that_differ()) == []


def test_what_ends_unsettled_needs_no_facts_and_a_class_that_changed_still_shows_them(town: Town) -> None:
    number = in_hand(town)
    with pytest.raises(InvalidInput):
        handle_case(Command(town.actor("worker"), number, now()), outcome=Outcome.RESOLVED)
    handle_case(Command(town.actor("worker"), number, now()), outcome=Outcome.RESOLVED, facts=Pairs(volume="3"))
    other = in_hand(town)
    unsettled = next(outcome for outcome in Outcome if outcome is not Outcome.RESOLVED)
    handle_case(Command(town.actor("worker"), other, now(), note="现场无人"), outcome=unsettled)
    install_classes(actor=SYSTEM, code="plain", name="plain", rows=_bare(), now=now())
    seen = signed_in(town, "dispatcher").get(f"/hub/cases/{number}").content.decode()
    assert "<dt>volume</dt><dd>3</dd>" in seen


def _bare():
    return [replace(row, attributes=()) for row in shipped_classes()]
