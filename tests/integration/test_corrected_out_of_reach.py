"""A correction that moves a dispatched case to where whoever has it does not act sends it back to the hub in the same step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gezhi.contexts.cases.domain.duty_table import DutyRow
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.queries import duty_rows_of, follow
from gezhi.contexts.cases.use_cases import accept_case, call_in, cancel_case, correct_case, dispatch_case
from gezhi.kernel.errors import Conflict, InvalidInput, NotFound
from tests.factories.areas import centre
from tests.factories.cases import MONDAY
from tests.integration.test_duty_versions import install
from tests.integration.test_receiving_bodies import Elsewhere

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)


class Moved(Elsewhere):
    """A case in the first community, to be corrected into the second one."""

    def given(self, **to) -> Case:
        dispatch_case(self.by("dispatcher"), **to)
        return self.case

    def moved(self) -> Case:
        lon, lat = centre(3)
        correct_case(replace(self.by("operations"), now=LATER), lon=lon, lat=lat)
        return self.case

    def steps(self) -> list[str]:
        return list(CaseStep.objects.filter(case=self.case).order_by("version").values_list("action", flat=True))


@pytest.fixture
def moved():
    return Moved()


def test_a_body_that_cannot_see_the_new_place_no_longer_has_the_case(moved):
    near = moved.body("near", moved.here, moved.here)
    before = moved.given(organisation_id=near)
    after = moved.moved()
    assert (after.status, after.organisation_id, after.assignee_id) == (CaseStatus.REPORTED, None, None)
    assert after.community_id == moved.there.pk
    assert moved.steps() == ["report", "dispatch", "correct", "out_of_reach"]
    assert after.return_count == 0
    assert (after.handling_start, after.handle_due) == (before.handling_start, before.handle_due)
    assert after.dispatch_start == LATER
    assert after.due_at == after.dispatch_due
    assert after.dispatch_due > LATER
    told = follow(moved.made.follow_code)
    assert [step.action for step in told.steps][-1] == "out_of_reach"
    assert told.organisation_name == ""
    with pytest.raises(InvalidInput):
        dispatch_case(moved.by("operations"), organisation_id=near)


def test_a_body_that_acts_at_the_new_place_keeps_it(moved):
    both = moved.body("both", moved.here, moved.town.areas["420602"])
    moved.given(organisation_id=both)
    after = moved.moved()
    assert (after.status, after.organisation_id) == (CaseStatus.DISPATCHED, both)
    assert moved.steps()[-1] == "correct"


def test_a_body_without_accounts_has_what_lies_around_its_seat(moved):
    moved.given(organisation_id=moved.town.bodies["committee"].pk)
    assert moved.moved().organisation_id is None


def test_a_body_that_the_duty_table_names_for_the_new_place_keeps_it(moved):
    near = moved.body("near", moved.here, moved.here)
    install([*duty_rows_of(), DutyRow("E0110", "2WH", "2WH", organisation_id=near)])
    moved.given(organisation_id=near)
    assert moved.moved().organisation_id == near


def test_so_it_is_with_a_person(moved):
    moved.given(assignee_id=moved.town.users["worker"].pk)
    after = moved.moved()
    assert (after.status, after.assignee_id) == (CaseStatus.REPORTED, None)
    with pytest.raises(NotFound):
        accept_case(moved.by("worker"))
    dispatch_case(moved.by("operations"), assignee_id=moved.town.users["stranger"].pk)
    assert moved.case.assignee_id == moved.town.users["stranger"].pk


def test_what_keeps_its_areas_or_is_not_moved_stays(moved):
    near = moved.body("near", moved.here, moved.here)
    case = moved.given(organisation_id=near)
    correct_case(moved.by("dispatcher", note="挪一点"), lon=case.lon + 0.00001, lat=case.lat)
    correct_case(moved.by("dispatcher", note="别的类别"), class_code="E0112")
    assert (moved.case.status, moved.case.organisation_id) == (CaseStatus.DISPATCHED, near)


def test_what_waits_at_the_hub_is_corrected_as_before(moved):
    after = moved.moved()
    assert (after.status, moved.steps()) == (CaseStatus.REPORTED, ["report", "correct"])
    assert after.dispatch_start is None or after.dispatch_start == after.clock_start


def test_a_whole_is_not_moved_away_from_its_open_parts(moved):
    before = moved.given(organisation_id=moved.body("near", moved.here, moved.here))
    call_in(moved.by("dispatcher"), organisation_id=moved.town.bodies["housing"].pk)
    with pytest.raises(Conflict) as refused:
        moved.moved()
    assert refused.value.code == "parts_open"
    assert (moved.case.organisation_id, moved.case.lon) == (before.organisation_id, before.lon)
    assert moved.steps() == ["report", "dispatch", "call"]
    part = Case.objects.get(parent=moved.case)
    cancel_case(replace(moved.by("dispatcher"), number=part.number))
    assert moved.moved().status == CaseStatus.REPORTED


def test_a_late_dispatch_stays_late(moved):
    near = moved.body("near", moved.here, moved.here)
    due = moved.case.dispatch_due
    late = due + timedelta(hours=1)
    lon, lat = moved.case.lon, moved.case.lat
    for times in range(2):
        at = late + timedelta(minutes=5 * times)
        dispatch_case(replace(moved.by("dispatcher"), now=at), organisation_id=near)
        there = dict(zip(("lon", "lat"), centre(3), strict=True))
        correct_case(replace(moved.by("operations"), now=at + timedelta(minutes=1)), **there)
        after = moved.case
        assert (after.status, after.dispatch_due, after.due_at) == (CaseStatus.REPORTED, due, due)
        assert after.needs_attention
        correct_case(replace(moved.by("operations"), now=at + timedelta(minutes=2)), lon=lon, lat=lat)
        assert moved.case.due_at == due


def test_a_second_dispatch_after_the_deadline_is_not_late(moved):
    due = moved.case.dispatch_due
    moved.given(organisation_id=moved.town.bodies["sanitation"].pk)
    near = moved.body("near", moved.here, moved.here)
    dispatch_case(replace(moved.by("dispatcher"), now=due + timedelta(hours=1)), organisation_id=near)
    later = due + timedelta(hours=2)
    correct_case(replace(moved.by("operations"), now=later), **dict(zip(("lon", "lat"), centre(3), strict=True)))
    assert (moved.case.dispatch_start, moved.case.needs_attention) == (later, False)
    assert moved.case.due_at > later
