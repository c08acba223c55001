"""A page offers what is then accepted, also where the time of day or a count decides; and from where it is counted how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import case_page, follow, reminded_until
from gezhi.contexts.cases.use_cases import (
    accept_case,
    call_in,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
    merge_case,
    rate_case,
    remind_case,
    reopen_case,
    return_case,
)
from gezhi.kernel import clock
from gezhi.kernel.errors import Conflict
from gezhi.platform.access.actor import ANONYMOUS
from tests.factories.cases import MONDAY, make_town, report
from tests.integration.test_case_hands import Hands

pytestmark = pytest.mark.django_db


class Offered(Hands):
    """A case, and what its page offers to people."""

    def __init__(self):
        super().__init__(make_town())
        self.reporter = replace(ANONYMOUS, follow_codes=frozenset({self.made.follow_code}))

    def offered(self, name, number="") -> set[Action]:
        actor = name if not isinstance(name, str) else self.town.actor(name)
        with clock.using(clock.SimulatedClock(MONDAY + timedelta(minutes=self.minutes))):
            return set(case_page(actor, number or self.made.number).actions)

    def give(self, body="sanitation"):
        dispatch_case(self.by("dispatcher"), organisation_id=self.town.bodies[body].pk)

    def settle(self):
        self.give()
        accept_case(self.by("officer"))
        handle_case(self.by("officer"), outcome=Outcome.RESOLVED)
        self.close()


@pytest.fixture
def hands():
    return Offered()


def test_more_time_is_offered_while_it_can_be_asked_for(hands):
    hands.give()
    accept_case(hands.by("officer"))
    assert Action.ASK_EXTENSION in hands.offered("officer")
    hands.minutes += 30 * 24 * 60
    assert Action.ASK_EXTENSION not in hands.offered("officer")


def test_a_rating_and_not_solved_are_offered_while_they_are_heard(hands):
    hands.settle()
    assert hands.offered(hands.reporter) >= {Action.RATE, Action.NOT_SOLVED}
    rate_case(hands.by(hands.reporter), solved=True, score=5)
    assert Action.RATE not in hands.offered(hands.reporter)
    assert not follow(hands.made.follow_code).can_rate
    with pytest.raises(Conflict, match="rated"):
        rate_case(hands.by(hands.reporter), solved=True, score=5)
    hands.minutes += 30 * 24 * 60
    assert Action.NOT_SOLVED not in hands.offered(hands.reporter)


def test_a_part_is_not_opened_again_when_the_whole_is_over(hands):
    hands.give()
    call_in(hands.by("dispatcher"), organisation_id=hands.town.bodies["housing"].pk)
    part = Case.objects.get(parent__number=hands.made.number).number

    def on_part(name):
        return replace(hands.by(name), number=part)

    accept_case(on_part("other_officer"))
    handle_case(on_part("other_officer"), outcome=Outcome.RESOLVED)
    check_case(on_part("checker"))
    close_case(on_part("dispatcher"))
    assert Action.REOPEN in hands.offered("dispatcher", part)
    accept_case(hands.by("officer"))
    handle_case(hands.by("officer"), outcome=Outcome.RESOLVED)
    hands.close()
    assert Action.REOPEN not in hands.offered("dispatcher", part)
    with pytest.raises(Conflict, match="reopen that first"):
        reopen_case(on_part("dispatcher"))


def test_returns_are_counted_from_where_it_was_last_opened(hands):
    for _time in range(2):
        hands.give()
        return_case(hands.by("officer"))
    hands.give()
    assert Action.RETURN not in hands.offered("officer")
    with pytest.raises(Conflict, match="returned 2 times"):
        return_case(hands.by("officer"))
    accept_case(hands.by("officer"))
    handle_case(hands.by("officer"), outcome=Outcome.RESOLVED)
    hands.close()
    hands.minutes += 200 * 24 * 60
    reopen_case(hands.by("dispatcher"))
    hands.give("housing")
    assert Action.RETURN in hands.offered("other_officer")
    return_case(hands.by("other_officer"))
    assert hands.case.return_count == 3, "the figures count them all"
    hands.give("housing")
    return_case(hands.by("other_officer"))
    hands.give("housing")
    with pytest.raises(Conflict, match="returned 2 times"):
        return_case(hands.by("other_officer"))


def test_reports_that_go_together_urge_as_often_as_one(hands):
    others = [report() for _ in range(3)]
    for other in others:
        merge_case(replace(hands.by("dispatcher"), number=other.number), into=hands.made.number)

    def urge(made):
        reporter = replace(ANONYMOUS, follow_codes=frozenset({made.follow_code}))
        remind_case(replace(hands.by(reporter), number=made.number))

    urge(others[0])
    for made in (*others, hands.made):
        with pytest.raises(Conflict, match="four hours"):
            urge(made)
        assert follow(made.follow_code).remind_from is not None
    assert hands.case.remind_count == 1
    # The office has a turn of its own, and one for all of them too.
    remind_case(hands.by("dispatcher"))
    now = MONDAY + timedelta(minutes=hands.minutes)
    merged = Case.objects.get(number=others[1].number).pk
    assert merged in reminded_until([merged], now=now)
    with pytest.raises(Conflict, match="four hours"):
        remind_case(replace(hands.by("dispatcher"), number=others[1].number))
    hands.minutes += 4 * 60
    urge(others[1])
    assert hands.case.remind_count == 3
