"""Streets whistle, departments report: another body gets a part with its own deadline and outcome; both rate each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import case_page, follow, list_cases, nearby_open, running_deadlines
from gezhi.contexts.cases.use_cases import (
    accept_case,
    call_in,
    cancel_case,
    check_case,
    close_case,
    correct_case,
    dispatch_case,
    hand_on,
    handle_case,
    merge_case,
    not_solved,
    rate_street,
    rate_unit,
    reopen_case,
    return_case,
    withdraw_case,
)
from gezhi.contexts.cases.use_cases.call_in import MAX_PARTS
from gezhi.contexts.organisations.models import Organisation
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.audit.verify import verify
from gezhi.platform.steps.consistency import differs_from_history
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, SYSTEM, grant, make_town, make_user, report
from tests.integration.test_case_hands import Hands

pytestmark = pytest.mark.django_db


class Joint(Hands):
    """A case that sanitation leads, with housing called in."""

    def __init__(self):
        super().__init__(make_town())
        self.housing = self.town.bodies["housing"].pk
        dispatch_case(self.by("dispatcher"), organisation_id=self.town.bodies["sanitation"].pk)
        accept_case(self.by("officer"))

    def call(self, **fields):
        call_in(self.by("dispatcher", note="请拆除围挡"), **{"organisation_id": self.housing, **fields})
        return self.part

    @property
    def part(self):
        return Case.objects.get(parent__number=self.made.number)

    def on_part(self, name, **fields):
        command = self.by(name, **fields)
        return type(command)(actor=command.actor, number=self.part.number, now=command.now, note=command.note)

    def settle_part(self):
        accept_case(self.on_part("other_officer"))
        handle_case(self.on_part("other_officer"), outcome=Outcome.PARTLY_RESOLVED)
        check_case(self.on_part("checker"))
        close_case(self.on_part("dispatcher"))

    def sound(self):
        assert list(verify()) == []
        for case in Case.objects.all():
            assert differs_from_history(case) == {}
            ended = {"closed", "cancelled"}
            parts = Case.objects.filter(parent=case)
            assert (case.part_count, case.open_parts) == (parts.count(), parts.exclude(status__in=ended).count())


@pytest.fixture
def joint():
    return Joint()


def test_a_body_that_is_called_in_gets_a_part_it_must_sign_for_in_time(joint):
    part = joint.call(limit="2WD")
    assert (part.status, part.organisation_id, part.class_code) == ("dispatched", joint.housing, "E0110")
    assert part.description == "请拆除围挡\n\n路边有一堆垃圾"
    assert part.due_at == part.answer_due < part.handle_due
    assert part.number != joint.made.number
    seen = {row["number"] for row in list_cases(joint.town.actor("other_officer")).rows}
    assert seen == {part.number}, "the whole is not theirs to see"
    accept_case(joint.on_part("other_officer"))
    assert joint.part.due_at == joint.part.handle_due
    assert joint.case.organisation_id == joint.town.bodies["sanitation"].pk, "the lead stays"
    assert [step.action for step in follow(joint.made.follow_code).steps][-1] == "call"
    joint.sound()


def test_a_dispatch_does_not_go_round_what_calling_in_refuses(joint):
    utility, sanitation = joint.town.bodies["utility"].pk, joint.town.bodies["sanitation"].pk
    first = joint.call()
    with pytest.raises(InvalidInput) as leads:
        dispatch_case(joint.on_part("dispatcher"), organisation_id=sanitation)
    with pytest.raises(Conflict) as whole:
        dispatch_case(joint.by("dispatcher"), organisation_id=joint.housing)
    call_in(joint.by("dispatcher"), organisation_id=utility)
    with pytest.raises(Conflict) as other:
        dispatch_case(replace(joint.by("dispatcher"), number=first.number), organisation_id=utility)
    assert [one.value.code for one in (leads, whole, other)] == ["leads_already", "called_already", "called_already"]
    held = Case.objects.order_by("pk").values_list("organisation_id", flat=True)
    assert list(held) == [sanitation, joint.housing, utility]
    dispatch_case(replace(joint.by("dispatcher"), number=first.number), organisation_id=joint.housing)
    cancel_case(replace(joint.by("dispatcher"), number=first.number))
    dispatch_case(joint.by("dispatcher"), organisation_id=joint.housing)
    joint.sound()


def test_a_part_is_no_second_matter_to_whoever_reports_near(joint):
    lon, lat = centre(0)
    before = nearby_open(lon=lon, lat=lat, now=MONDAY + timedelta(hours=1))
    joint.call()
    assert len(before) == 1
    assert len(nearby_open(lon=lon, lat=lat, now=MONDAY + timedelta(hours=1))) == 1


def test_without_a_limit_of_its_own_it_has_that_of_the_case(joint):
    assert joint.call().handle_limit == joint.case.handle_limit


def test_the_whole_is_checked_when_no_part_is_open(joint):
    joint.call()
    handle_case(joint.by("officer"), outcome=Outcome.RESOLVED)
    with pytest.raises(Conflict, match="still open"):
        check_case(joint.by("checker"))
    joint.settle_part()
    assert joint.case.open_parts == 0
    joint.close()
    assert (joint.case.outcome, joint.part.outcome) == ("resolved", "partly_resolved")
    page = case_page(joint.town.actor("dispatcher"), joint.made.number)
    assert [(part.status, part.outcome) for part in page.details.parts] == [("closed", "partly_resolved")]
    assert [step.note for step in page.history if step.action == "part_ended"] == [joint.part.number]
    joint.sound()


def test_a_part_that_is_cancelled_holds_nobody_up(joint):
    joint.call()
    with pytest.raises(Conflict, match="still open"):
        cancel_case(joint.by("dispatcher"))
    cancel_case(joint.on_part("dispatcher"))
    assert joint.case.open_parts == 0
    cancel_case(joint.by("dispatcher"))
    joint.sound()


def test_a_part_that_is_returned_is_given_anew_and_must_be_signed_for_again(joint):
    joint.call()
    return_case(joint.on_part("other_officer"))
    joint.minutes += 3 * 24 * 60
    dispatch_case(joint.on_part("dispatcher"), organisation_id=joint.housing)
    assert joint.part.answer_due > MONDAY + timedelta(days=3)
    assert joint.case.open_parts == 1
    joint.sound()


def test_neither_a_part_nor_a_whole_with_parts_is_taken_back_or_opened_by_a_reporter(joint):
    grant(joint.town.users["dispatcher"], Role.GRID_WORKER, joint.town.areas["420602001"])
    joint.call()
    return_case(joint.on_part("other_officer"))
    with pytest.raises(Conflict, match="part of another"):
        withdraw_case(joint.on_part("dispatcher"))
    return_case(joint.by("officer"))
    reporter = replace(ANONYMOUS, follow_codes=frozenset({joint.made.follow_code}))
    with pytest.raises(Conflict, match="still open"):
        withdraw_case(joint.by(reporter))
    dispatch_case(joint.on_part("dispatcher"), organisation_id=joint.housing)
    joint.settle_part()
    with pytest.raises(Conflict, match="part of another"):
        not_solved(joint.on_part(SYSTEM))
    joint.sound()


def test_who_gets_a_signed_part_from_a_colleague_signs_against_no_clock(joint):
    clerk = make_user("clerk")
    grant(clerk, Role.DEPARTMENT_OFFICER, joint.town.areas["420602"], joint.town.bodies["housing"])
    joint.call()
    accept_case(joint.on_part("other_officer"))
    joint.minutes += 24 * 60
    hand_on(joint.on_part("other_officer"), assignee_id=clerk.pk)
    part = joint.part
    assert (part.status, part.answer_due, part.due_at) == ("dispatched", None, part.handle_due)
    assert [one.stage for one in running_deadlines([part.pk])] == ["handle"]
    assert differs_from_history(part) == {}


def test_an_unsigned_part_is_to_be_signed_for_in_time_whoever_gets_it(joint):
    clerk = make_user("clerk")
    grant(clerk, Role.DEPARTMENT_OFFICER, joint.town.areas["420602"], joint.town.bodies["housing"])
    due = joint.call().answer_due
    hand_on(joint.on_part("other_officer"), assignee_id=clerk.pk)
    assert (joint.part.answer_due, joint.part.due_at) == (due, due)


def test_a_correction_keeps_the_time_that_was_given_with_the_call(joint):
    joint.call(limit="20WD")
    due = joint.part.handle_due
    correct_case(joint.on_part("dispatcher"), address="别处")
    assert (joint.part.handle_limit, joint.part.handle_due) == ("20WD", due)


def test_a_part_is_opened_again_while_the_whole_is_open(joint):
    joint.call()
    joint.settle_part()
    reopen_case(joint.on_part("dispatcher"))
    assert joint.case.open_parts == 1
    dispatch_case(joint.on_part("dispatcher"), organisation_id=joint.housing)
    joint.settle_part()
    handle_case(joint.by("officer"), outcome=Outcome.RESOLVED)
    joint.close()
    with pytest.raises(Conflict, match="reopen that first"):
        reopen_case(joint.on_part("dispatcher"))
    joint.sound()


def test_who_cannot_be_called_in(joint):
    for body, code in ((0, "unknown_organisation"), (joint.town.bodies["sanitation"].pk, "leads_already")):
        with pytest.raises(InvalidInput) as refused:
            joint.call(organisation_id=body)
        assert refused.value.code == code
    with pytest.raises(InvalidInput):
        joint.call(limit="bald")
    with pytest.raises(NotAllowed):
        call_in(joint.by("officer"), organisation_id=joint.housing)
    joint.call()
    with pytest.raises(Conflict, match="already"):
        joint.call()
    with pytest.raises(Conflict, match="part of another"):
        call_in(joint.on_part("dispatcher"), organisation_id=joint.town.bodies["utility"].pk)
    joint.sound()


def test_not_half_a_city_is_called_in(joint):
    Case.objects.filter(number=joint.made.number).update(part_count=MAX_PARTS)
    with pytest.raises(Conflict, match="the most"):
        joint.call()
    assert Organisation.objects.count() == 5


def test_what_is_handled_jointly_is_not_merged(joint):
    joint.call()
    other = report()
    with pytest.raises(Conflict, match="not merged"):
        merge_case(joint.by("dispatcher"), into=other.number)
    with pytest.raises(Conflict, match="not merged"):
        merge_case(joint.on_part("dispatcher"), into=other.number)


def test_no_report_goes_with_a_part_and_ends_while_the_whole_is_open(joint):
    part, other = joint.call(), report()
    into = replace(joint.by("dispatcher"), number=other.number)
    with pytest.raises(Conflict, match="part of another") as refused:
        merge_case(into, into=part.number)
    assert refused.value.code == "main_is_a_part"
    assert joint.part.joined_count == 0
    merge_case(into, into=joint.made.number)
    assert Case.objects.get(number=other.number).status == "merged"
    joint.sound()


def test_both_sides_rate_each_other_once_and_nobody_else_does(joint):
    joint.call()
    with pytest.raises(Conflict):
        rate_unit(joint.on_part("dispatcher"), score=5)
    joint.settle_part()
    for wrong in (0, 6):
        with pytest.raises(InvalidInput):
            rate_unit(joint.on_part("dispatcher"), score=wrong)
    with pytest.raises(NotAllowed):
        rate_street(joint.on_part("dispatcher"), score=1)
    with pytest.raises(NotAllowed):
        rate_unit(joint.on_part("other_officer"), score=5)
    rate_unit(joint.on_part("dispatcher"), score=4)
    rate_street(joint.on_part("other_officer"), score=2)
    assert (joint.part.unit_score, joint.part.street_score) == (4, 2)
    with pytest.raises(Conflict):
        rate_unit(joint.on_part("operations"), score=1)
    handle_case(joint.by("officer"), outcome=Outcome.RESOLVED)
    joint.close()
    with pytest.raises(Conflict, match="Nobody was called"):
        rate_unit(joint.by("dispatcher"), score=4)


def test_a_call_that_is_sent_twice_opens_one_part(joint):
    command = joint.by("dispatcher", key="00000000-0000-4000-8000-000000000000", note="请拆除围挡")
    first, again = (call_in(command, organisation_id=joint.housing) for _time in (1, 2))
    assert first == again
    assert Case.objects.filter(parent__isnull=False).count() == 1
