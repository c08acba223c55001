"""Where several bodies handled it, the reporter rates each of them, together with the whole."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    call_in,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
)
from gezhi.kernel.clock import now
from gezhi.platform.audit.verify import verify
from gezhi.platform.steps.consistency import differs_from_history
from tests.factories.cases import make_town, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


@pytest.fixture
def handled_by_two(town):
    """A report that the sanitation department and the housing department settled, closed."""
    made = report(now=now())

    def by(who, number=made.number, **more):
        return Command(actor=town.actor(who, now=now()), number=number, now=now(), **more)

    dispatch_case(by("dispatcher"), organisation_id=town.bodies["sanitation"].pk)
    accept_case(by("officer"))
    call_in(by("dispatcher", note="请协助"), organisation_id=town.bodies["housing"].pk)
    part = Case.objects.get(parent__number=made.number)
    for number, officer in ((part.number, "other_officer"), (made.number, "officer")):
        if officer == "other_officer":
            accept_case(by(officer, number))
        handle_case(by(officer, number), outcome=Outcome.RESOLVED)
        check_case(by("checker", number))
        close_case(by("dispatcher", number))
    return made, part


def test_each_body_gets_its_own_score_with_the_rating(client, handled_by_two):
    made, part = handled_by_two
    page = client.get(f"/follow/{made.follow_code}").content.decode()
    assert f'name="body_{part.number}"' in page
    answer = client.post(
        f"/follow/{made.follow_code}/rate", {"solved": "yes", "score": "4", f"body_{part.number}": "2"}
    )
    assert answer.status_code == 302
    scores = dict(Case.objects.values_list("number", "rating_score"))
    assert scores == {made.number: 4, part.number: 2}
    assert CaseStep.objects.get(action="rated_along").case_id == part.pk
    assert all(differs_from_history(case) == {} for case in Case.objects.all())
    assert list(verify()) == []


def test_it_may_be_left_out(client, handled_by_two):
    made, part = handled_by_two
    client.post(f"/follow/{made.follow_code}/rate", {"solved": "yes", "score": "4", f"body_{part.number}": ""})
    assert Case.objects.get(pk=part.pk).rating_score is None
    assert Case.objects.get(number=made.number).rating_score == 4


def test_not_solved_keeps_what_was_said_of_the_body(client, handled_by_two):
    made, part = handled_by_two
    given = {"solved": "no", "score": "2", "note": "还在", f"body_{part.number}": "5"}
    client.post(f"/follow/{made.follow_code}/rate", given)
    assert Case.objects.get(number=made.number).status == "reported"
    assert Case.objects.get(pk=part.pk).rating_score == 5


@pytest.mark.parametrize("bodies", [{"20260101000001": "3"}, {"": "3"}, {"PART": "9"}, {"PART": "x"}])
def test_of_another_part_or_beyond_the_scale_nothing_is_kept(client, handled_by_two, bodies):
    made, part = handled_by_two
    bodies = {part.number if number == "PART" else number: score for number, score in bodies.items()}
    answer = client.post(
        f"/api/v1/cases/{made.number}/actions/rate",
        {"solved": True, "score": 4, "bodies": bodies},
        content_type="application/json",
        headers={"X-Follow-Code": made.follow_code},
    )
    assert answer.status_code == 422
    assert set(Case.objects.values_list("rating_score", flat=True)) == {None}
