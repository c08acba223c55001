"""The form that asks for more time, sent without what it needs."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.use_cases import Command, accept_case, dispatch_case
from gezhi.kernel.clock import now
from tests.factories.cases import make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("home", ["/worker/cases", "/hub/cases"])
def test_the_time_and_the_reason_are_both_asked_for_at_once(home):
    town = make_town()
    number = report(now=now()).number
    dispatch_case(
        Command(actor=town.actor("dispatcher", now=now()), number=number, now=now()),
        organisation_id=town.bodies["sanitation"].pk,
    )
    accept_case(Command(actor=town.actor("officer", now=now()), number=number, now=now()))
    officer = signed_in(town, "officer")
    refused = officer.post(f"{home}/{number}/ask_extension", {"limit": "", "note": ""})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "请选择延长多久。" in page
    assert "请填写理由。" in page
    english = officer.post(
        f"{home}/{number}/ask_extension", {"limit": "", "note": "雨太大"}, headers={"Accept-Language": "en"}
    ).content.decode()
    assert "Choose how much more time." in english
    assert "Please give a reason." not in english
