"""When rules speak of clocks that do not simply run from a beginning to an end: with more time granted, and of a verification."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import running_deadlines
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    ask_extension,
    ask_verification,
    dispatch_case,
    extend_case,
)
from gezhi.contexts.escalation.domain.rules import RuleRow
from gezhi.contexts.escalation.in_force import rules_in_force
from gezhi.contexts.escalation.watching import ahead_of
from gezhi.kernel.calendar import SHANGHAI
from gezhi.platform.worktime.city_calendar import city_calendar
from tests.factories.cases import MONDAY, make_town, report
from tests.factories.escalation import install, watch
from tests.integration.test_escalation import HOUR, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


def test_after_an_extension_the_rules_before_the_deadline_count_back_past_where_it_begins(town):
    install(RuleRow("handle", "-4WH", "body"), RuleRow("handle", "-1WD", "operations"))
    body = town.bodies["sanitation"].pk
    nine = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
    made = report(class_code="E0113", now=nine)
    Case.objects.filter(number=made.number).update(handle_limit="5WD")

    def by(name, **more):
        return Command(actor=town.actor(name), number=made.number, now=nine, **more)

    dispatch_case(by("dispatcher"), organisation_id=body)
    accept_case(by("officer"))
    ask_extension(by("officer", note="雨季"), limit="2WH")
    extend_case(by("dispatcher"))
    (running,) = running_deadlines([Case.objects.get(number=made.number).pk])
    local = [
        one.at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
        for one in ahead_of(running, rules_in_force().rules, city_calendar(), set())
    ]
    assert running.due_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") == "10-19 11:00"
    # A Monday: four office hours before it is Friday 17:00, a working day before it Friday 11:00.
    assert local == ["10-16 11:00", "10-16 17:00"]


def test_rules_of_verification_speak_at_a_share_and_ahead(town):
    install(RuleRow("verify", "75%", "dispatchers"), RuleRow("verify", "-4UH", "operations"))
    made = report()
    ask_verification(Command(actor=town.actor("dispatcher"), number=made.number, now=MONDAY + HOUR))
    # In twenty-four hours: after eighteen, and after twenty.
    assert watch(MONDAY + HOUR + 17 * HOUR) == 0
    assert watch(MONDAY + HOUR + 18 * HOUR) == 1
    assert watch(MONDAY + HOUR + 19 * HOUR) == 0
    assert watch(MONDAY + HOUR + 20 * HOUR) == 1
    assert told() == ["dispatcher", "operations"]
