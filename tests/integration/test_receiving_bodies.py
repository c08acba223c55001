"""Which bodies a case can be given to: those that could see it, or that the duty table names; the forms offer just these."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.duty_table import DutyRow
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import bodies_for, duty_rows_of
from gezhi.contexts.cases.use_cases import accept_case, call_in, dispatch_case, return_case
from gezhi.contexts.organisations.models import Organisation
from gezhi.interfaces import problem
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.roles import Role
from tests.factories.cases import MONDAY, grant, make_town, make_user, report
from tests.factories.clients import signed_in
from tests.integration.test_case_hands import Hands
from tests.integration.test_duty_versions import install

pytestmark = pytest.mark.django_db


class Elsewhere(Hands):
    """A case in the first community, and bodies with a seat in the second one."""

    def __init__(self):
        super().__init__(make_town())
        self.there, self.here = self.town.areas["420602001002"], self.town.areas["420602001001"]

    def body(self, code: str, seat, *offices) -> int:
        """A body with a seat, and an officer in each of these areas."""
        made = Organisation.objects.create(code=code, name=f"{code}单位", kind="other", area=seat)
        for area in offices:
            grant(make_user(f"{code}{area.code}"), Role.DEPARTMENT_OFFICER, area, made)
        catalogue.forget()
        return made.pk

    def offered(self) -> set[int]:
        return {body.id for body in bodies_for([self.case.pk], now=MONDAY)}


@pytest.fixture
def elsewhere():
    return Elsewhere()


def refused(act, *given, **named) -> InvalidInput:
    with pytest.raises(InvalidInput) as error:
        act(*given, **named)
    return error.value


def test_a_body_that_could_never_see_the_case_is_not_given_it(elsewhere):
    far = elsewhere.body("far", elsewhere.there, elsewhere.there)
    sanitation = elsewhere.town.bodies["sanitation"].pk
    error = refused(dispatch_case, elsewhere.by("dispatcher"), organisation_id=far)
    assert (error.code, error.field) == ("body_out_of_reach", "organisation_id")
    assert "far单位" in str(problem.words(error))
    dispatch_case(elsewhere.by("dispatcher"), organisation_id=sanitation)
    assert refused(call_in, elsewhere.by("dispatcher"), organisation_id=far).code == "body_out_of_reach"
    accept_case(elsewhere.by("officer"))
    assert refused(return_case, elsewhere.by("officer"), organisation_id=far).code == "body_out_of_reach"
    assert (elsewhere.case.organisation_id, elsewhere.case.part_count) == (sanitation, 0)
    assert far not in elsewhere.offered()


def test_an_office_that_covers_the_place_counts_and_not_the_seat(elsewhere):
    covers = elsewhere.body("covers", elsewhere.there, elsewhere.town.areas["420602"])
    only_there = elsewhere.body("only", elsewhere.town.areas["4206"], elsewhere.there)
    assert elsewhere.offered() >= {covers}
    assert only_there not in elsewhere.offered()
    refused(dispatch_case, elsewhere.by("dispatcher"), organisation_id=only_there)
    dispatch_case(elsewhere.by("dispatcher"), organisation_id=covers)


def test_a_body_without_accounts_has_what_lies_around_its_seat(elsewhere):
    here, there = elsewhere.body("here", elsewhere.here), elsewhere.body("there", elsewhere.there)
    assert here in elsewhere.offered()
    assert there not in elsewhere.offered()
    refused(dispatch_case, elsewhere.by("dispatcher"), organisation_id=there)
    dispatch_case(elsewhere.by("dispatcher"), organisation_id=here)


def test_whom_the_duty_table_names_is_offered_wherever_its_seat(elsewhere):
    far = elsewhere.body("far", elsewhere.there, elsewhere.there)
    install([*duty_rows_of(), DutyRow("E0110", "2WH", "2WH", organisation_id=far)])
    assert far in elsewhere.offered()
    dispatch_case(elsewhere.by("dispatcher"), organisation_id=far)
    assert elsewhere.case.organisation_id == far


def test_the_forms_offer_what_is_accepted(elsewhere):
    far = elsewhere.body("far", elsewhere.there, elsewhere.there)
    covers = elsewhere.body("covers", elsewhere.there, elsewhere.town.areas["420602"])
    number, other = report(now=now()).number, report(grid=3, now=now()).number
    client = signed_in(elsewhere.town, "dispatcher")
    form = client.get(f"/hub/cases/{number}/forms/dispatch").content.decode()
    several = client.get(f"/hub/several?number={number}&number={other}").content.decode()
    of_one = client.get(f"/hub/several?number={other}").content.decode()
    assert (f'value="o{covers}"' in form, f'value="o{far}"' in form) == (True, False)
    assert (f'value="{covers}"' in several, f'value="{far}"' in several) == (True, False)
    assert f'value="{far}"' in of_one
    committee = elsewhere.town.bodies["committee"].pk
    assert f'value="{committee}"' not in several


def test_every_body_that_has_an_officer_and_is_offered_is_one_whose_officer_sees_the_case(elsewhere):
    areas = elsewhere.town.areas
    for place, office in enumerate((elsewhere.there, elsewhere.here, areas["420602001"], areas["4206"])):
        elsewhere.body(f"b{place}", areas["420602"], office)
    offered = elsewhere.offered()
    for place, able in enumerate((False, True, True, True)):
        body = Organisation.objects.get(code=f"b{place}")
        assert (body.pk in offered) is able
        if able:
            dispatch_case(elsewhere.by("dispatcher"), organisation_id=body.pk)
            assert Case.objects.get(pk=elsewhere.case.pk).organisation_id == body.pk
