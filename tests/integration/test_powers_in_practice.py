"""Powers that do not work where they lie: what is counted, against a count by hand, and how it is sorted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from gezhi.contexts.cases.domain.failing import surely_above
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import CASES, powers_in_practice
from gezhi.contexts.powers.use_cases import claim_power, give_power_back, take_power_back
from gezhi.kernel import clock
from gezhi.kernel.roles import Role
from tests.factories.cases import MONDAY, grant, make_user, report
from tests.factories.clients import signed_in
from tests.factories.powers import ITEM, delegated, make_register

LATER = MONDAY + timedelta(days=30)
WIDER = replace(ITEM, code="XY-002", name="综合检查", class_prefix="E01")
OTHER = replace(ITEM, code="XY-003", name="别的", class_prefix="S01")


@pytest.fixture
def register():
    return make_register(ITEM, WIDER, OTHER, delegated(code="XY-004"))


def fail(count, *, now=MONDAY, **columns):
    """Cases of the street office, failing as the columns say."""
    for _ in range(count):
        made = report(class_code="E0107", now=now)
        Case.objects.filter(number=made.number).update(**{"handled_at": now, **columns})


def found(register, name="operations", **asked):
    times = {"since": MONDAY - timedelta(days=1), "until": LATER, "now": LATER} | asked
    return powers_in_practice(register.town.actor(name), **times)


def told(rows):
    names = ("cases", "returned", "timed_out", "reworked", "failed")
    return {row.power.code: tuple(getattr(row.tally, name) for name in names) for row in rows}


@pytest.mark.django_db
def test_each_fault_is_counted_and_a_case_with_two_once(register):
    fail(2, return_count=1)
    fail(1, rework_count=2, return_count=1)
    fail(1, handled_at=LATER)
    fail(1, handled_at=None)
    fail(1, handled_at=None, status="suspended")
    fail(3)
    # A case that the table gives to the district is no failure of the street's.
    for _ in range(5):
        made = report(class_code="E0113")
        Case.objects.filter(number=made.number).update(return_count=1)
    # Of both items whose classes it is of; what nobody there ever had is not listed.
    assert told(found(register)) == {"XY-001": (9, 3, 2, 1, 5), "XY-002": (9, 3, 2, 1, 5)}


@pytest.mark.django_db
def test_so_many_and_no_fewer(register):
    fail(2, return_count=1)
    assert found(register) == []
    assert set(told(found(register, at_least=2))) == {"XY-001", "XY-002"}
    fail(1, return_count=1)
    assert set(told(found(register))) == {"XY-001", "XY-002"}


@pytest.mark.django_db
def test_only_cases_of_the_period_count(register):
    fail(3, return_count=1)
    assert found(register, since=MONDAY + timedelta(seconds=1)) == []
    assert found(register, until=MONDAY) == []
    assert len(found(register, since=MONDAY, until=MONDAY + timedelta(seconds=1))) == 2


@pytest.mark.django_db
def test_what_a_street_gives_back_is_listed_without_a_failing_case(register):
    give_power_back(register.by("dispatcher", register.at("XY-003")))
    (row,) = found(register)
    assert (row.power.code, row.tally.cases, row.power.status) == ("XY-003", 0, "returning")
    take_power_back(register.by("operations", register.at("XY-003")))
    assert [one.power.status for one in found(register)] == ["returned"]
    claim_power(register.by("dispatcher", register.at("XY-003")))
    assert [(one.power.status, one.power.gave_up) for one in found(register)] == [("asked", True)]
    assert found(register, since=MONDAY + timedelta(days=1)) == []


@pytest.mark.django_db
def test_a_power_that_went_back_before_the_period_is_not_blamed(register):
    give_power_back(register.by("dispatcher", register.at()))
    take_power_back(register.by("operations", register.at()))
    Case.objects.all().delete()
    days = timedelta(days=2)
    fail(3, now=MONDAY + days, return_count=1, suggested_organisation=register.town.bodies["street"])
    assert set(told(found(register, since=MONDAY + days))) == {"XY-002"}


@pytest.mark.django_db
def test_nobody_sees_more_than_their_own_cases(register):
    fail(3, return_count=1)
    assert len(found(register, "dispatcher")) == 2
    assert found(register, "far_dispatcher") == []
    assert found(register, "worker") == []
    register.town.users["elsewhere"] = make_user("elsewhere")
    assert found(register, "elsewhere") == []
    grant(register.town.users["elsewhere"], Role.STREET_DISPATCHER, register.street)
    assert len(found(register, "elsewhere")) == 2


@pytest.mark.django_db
def test_three_queries_however_many_cases_and_powers(register, django_assert_num_queries):
    fail(3, return_count=1)
    actor = register.town.actor("operations")
    with django_assert_num_queries(3):
        powers_in_practice(actor, since=MONDAY, until=LATER, now=LATER)


@pytest.mark.django_db
def test_every_figure_leads_to_the_cases_that_it_counts(register):
    now = clock.now()
    then = now - timedelta(days=20)
    fail(2, now=then, return_count=1)
    fail(2, now=then, rework_count=1)
    fail(1, now=then, handled_at=now)
    fail(2, now=then)
    page = signed_in(register.town, "operations").get("/powers/streets/failing")
    actor = register.town.actor("operations", now=now)
    lines = page.context["failing"]
    assert [line.practice.power.code for line in lines] == ["XY-001", "XY-002"]
    for line in lines:
        assert [figure.count for figure in line.figures] == [5, 7, 2, 1, 2]
        assert line.practice.few
        for figure in line.figures:
            filters = CASES.filters_from(QueryDict(figure.query), actor=actor, now=clock.now())
            assert CASES.count(actor, filters) == figure.count
            assert signed_in(register.town, "operations").get(f"/hub?{figure.query}").status_code == 200
    assert "不评价任何个人" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["days=0", "days=x", "at_least=0", "days=999999999999999999999", "at_least="])
def test_a_period_that_is_none_is_refused(register, query):
    assert signed_in(register.town, "operations").get(f"/powers/streets/failing?{query}").status_code == 422


@given(part=st.integers(0, 500), more=st.integers(0, 500))
def test_the_lower_bound_is_below_the_share_and_rises_with_the_sample(part, more):
    whole = part + more
    bound = surely_above(part, whole)
    assert 0 <= bound <= (part / whole if whole else 0) + 1e-12
    assert surely_above(10 * part, 10 * whole) >= bound - 1e-12


def test_few_cases_do_not_stand_above_many():
    assert surely_above(80, 100) > surely_above(3, 3)
    assert round(surely_above(3, 3), 2) == 0.44
    assert round(surely_above(80, 100), 2) == 0.71
    with pytest.raises(ValueError, match="no share"):
        surely_above(2, 1)
