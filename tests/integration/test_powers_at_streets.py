"""The life of a power at a street: entering, days, a retry, what the audit finds, and where matters go without it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import ancestors_of
from gezhi.contexts.areas.use_cases.plant_areas import NewArea, plant_areas
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import cases_elsewhere, duty_rows_of, who_settles
from gezhi.contexts.cases.queries.duty_versions import Preview
from gezhi.contexts.powers.domain.fold import FOLDED
from gezhi.contexts.powers.domain.states import Lie, PowerStatus, lies
from gezhi.contexts.powers.evidence import UNFOLDED
from gezhi.contexts.powers.jobs import enter_powers
from gezhi.contexts.powers.models import Holding, HoldingStep, Power
from gezhi.contexts.powers.queries import register_in_memory, spread_of, standing_at
from gezhi.contexts.powers.rows import ROWS
from gezhi.contexts.powers.use_cases import (
    claim_power,
    exercise_power,
    give_power_back,
    grant_claim,
    keep_power,
    set_last_day,
    take_power_back,
    withdraw_power,
)
from gezhi.contexts.powers.use_cases.register_powers import register_powers
from gezhi.interfaces.live.feed import apply, events_for
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.audit.verify import verify
from gezhi.platform.outbox.publish import latest_id
from gezhi.platform.steps.consistency import all_that_differ
from gezhi.platform.steps.topics import topic_named
from tests.factories.cases import MONDAY, SYSTEM, report
from tests.factories.powers import ITEM, delegated, make_register

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def register():
    return make_register()


def test_every_column_is_folded_or_sealed():
    named = {*FOLDED.names, *UNFOLDED, "id", "version"}
    assert {field.attname for field in Holding._meta.concrete_fields} == named


@pytest.mark.parametrize(
    ("status", "lie"),
    [
        ("delegated", Lie.NEVER),
        ("claimed", Lie.HELD),
        ("exercised", Lie.HELD),
        ("returned", Lie.ENDED),
        ("withdrawn", Lie.ENDED),
    ],
)
def test_an_item_begins_at_each_street_as_the_register_has_it(status, lie):
    holding = make_register(replace(ITEM, status=status)).at()
    assert holding.status == status
    assert lies(PowerStatus(status), holding.valid_from, holding.valid_to, at=MONDAY) is lie
    assert list(HoldingStep.objects.values_list("action", "from_status", "to_status")) == [("enter", "", status)]
    assert (list(all_that_differ()), list(verify(leave_out=["files"]))) == ([], [])


def test_entering_again_enters_what_is_missing_and_nothing_twice(register):
    assert enter_powers.call() == 0
    shape = register.street.shapes.first().geometry
    plant_areas(
        actor=SYSTEM,
        areas=[NewArea("420602002", "新街道", AreaLevel.STREET, "420602", shape)],
        version_name="x",
        now=MONDAY,
    )
    assert enter_powers.call() == 1
    assert set(Holding.objects.values_list("street__code", flat=True)) == {"420602001", "420602002"}
    assert AuditRecord.objects.filter(action="powers.entered").count() == 2


def test_a_register_from_before_streets_were_told_apart_is_entered_as_it_is(register):
    """What an upgrade finds: items with a status, and nothing at any street."""
    rows = [replace(ITEM, code=f"OLD-{status}", status=status) for status in Power.Status.values]
    Power.objects.bulk_create(Power(**asdict(row)) for row in rows)
    assert standing_at("E0107", register.street.pk).lost == ()
    assert enter_powers.call() == len(rows)
    entered = Holding.objects.filter(power__code__startswith="OLD-").values_list("power__code", "status")
    assert set(entered) == {(row.code, row.status) for row in rows}
    assert [one.code for one in standing_at("E0107", register.street.pk).lost] == ["OLD-returned", "OLD-withdrawn"]
    assert list(all_that_differ()) == []


def test_an_item_of_another_level_stands_at_no_street():
    make_register(ITEM, replace(ITEM, code="XY-002", level="district"))
    assert list(Holding.objects.values_list("power__code", flat=True)) == ["XY-001"]


def test_nobody_but_an_administrator_of_the_city_enters(register):
    with pytest.raises(NotAllowed):
        register_powers(actor=register.town.actor("operations"), rows=[replace(ITEM, code="X")], now=MONDAY)
    assert Power.objects.count() == 1


def test_a_claim_is_two_sided_and_its_days_are_both_of_its_time():
    register = make_register(delegated())
    claim_power(register.by("dispatcher", register.at()))
    assert register.at().asked_by_id == register.town.users["dispatcher"].pk
    days = {"first_day": date(2026, 4, 1), "last_day": date(2026, 6, 30), "basis": " 承接确认书 "}
    grant_claim(register.by("operations", register.at()), **days)
    holding = register.at()
    assert (holding.status, holding.asked_by_id, holding.basis) == ("claimed", None, "承接确认书")
    assert timezone.localtime(holding.valid_from).isoformat() == "2026-04-01T00:00:00+08:00"
    assert timezone.localtime(holding.valid_to).isoformat() == "2026-07-01T00:00:00+08:00"
    status = PowerStatus(holding.status)
    moments = {
        Lie.NOT_YET: holding.valid_from - timedelta(microseconds=1),
        Lie.HELD: holding.valid_to - timedelta(microseconds=1),
        Lie.ENDED: holding.valid_to,
    }
    for lie, at in moments.items():
        assert lies(status, holding.valid_from, holding.valid_to, at=at) is lie
    with pytest.raises(Conflict, match="does not have it today"):
        exercise_power(register.by("dispatcher", register.at()))
    exercise_power(register.by("dispatcher", register.at(), now=holding.valid_from))
    assert list(all_that_differ()) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"first_day": date(2025, 12, 31)}, "power_not_in_effect"),
        ({"first_day": date(9999, 12, 31)}, "power_not_in_effect"),
        ({"last_day": date(2026, 3, 1)}, "power_ends_before"),
        ({"first_day": date(2026, 5, 2), "last_day": date(2026, 5, 1)}, "power_ends_before"),
        ({"last_day": date(9999, 12, 31)}, "power_ends_before"),
    ],
)
def test_days_that_do_not_fit_are_refused_and_nothing_is_granted(given, code):
    register = make_register(delegated())
    claim_power(register.by("dispatcher", register.at()))
    with pytest.raises(InvalidInput) as refused:
        grant_claim(register.by("operations", register.at()), **given)
    assert refused.value.code == code
    assert register.at().status == "asked"


def test_an_item_that_the_register_ended_is_not_claimed():
    register = make_register(delegated())
    Power.objects.update(valid_to=date(2026, 3, 1))
    with pytest.raises(Conflict):
        claim_power(register.by("dispatcher", register.at()))


def test_what_is_kept_is_to_be_exercised_and_what_goes_back_ends(register):
    give_power_back(register.by("dispatcher", register.at()))
    keep_power(register.by("operations", register.at()))
    assert (register.at().status, register.at().valid_to) == ("exercised", None)
    give_power_back(register.by("dispatcher", register.at()))
    take_power_back(register.by("operations", register.at(), now=TUESDAY))
    assert (register.at().status, register.at().valid_to) == ("returned", TUESDAY)
    claim_power(register.by("dispatcher", register.at(), now=TUESDAY))
    grant_claim(register.by("operations", register.at(), now=TUESDAY))
    assert (register.at().valid_from, register.at().valid_to) == (TUESDAY, None)


def test_one_that_never_began_and_one_that_was_over_can_be_withdrawn():
    register = make_register(delegated())
    claim_power(register.by("dispatcher", register.at()))
    grant_claim(register.by("operations", register.at()), first_day=date(2026, 9, 1))
    withdraw_power(register.by("operations", register.at(), now=TUESDAY))
    assert (register.at().valid_from, register.at().valid_to) == (TUESDAY, TUESDAY)
    claim_power(register.by("dispatcher", register.at(), now=TUESDAY))
    grant_claim(register.by("operations", register.at(), now=TUESDAY), last_day=date(2026, 3, 3))
    over = register.at().valid_to
    withdraw_power(register.by("operations", register.at(), now=TUESDAY + timedelta(days=9)))
    assert register.at().valid_to == over


def test_a_last_day_can_be_moved(register):
    set_last_day(register.by("operations", register.at()), last_day=date(2026, 3, 2))
    assert spread_of([register.at().power_id], now=MONDAY)[register.at().power_id].held == 1
    assert spread_of([register.at().power_id], now=TUESDAY)[register.at().power_id].held == 0
    set_last_day(register.by("operations", register.at()), last_day=date(2026, 12, 31))
    assert spread_of([register.at().power_id], now=TUESDAY)[register.at().power_id].held == 1


def test_a_retry_is_answered_and_another_request_under_its_key_is_refused():
    register = make_register(delegated())
    claim_power(register.by("dispatcher", register.at()))
    asked = register.by("operations", register.at(), key="grant-0001")
    first = grant_claim(asked, last_day=date(2026, 12, 31))
    assert grant_claim(asked, last_day=date(2026, 12, 31)) == first
    with pytest.raises(Conflict, match="key"):
        grant_claim(asked, last_day=date(2026, 11, 30))
    assert HoldingStep.objects.count() == 3


def test_snapshot_and_events_make_a_fresh_snapshot():
    register = make_register(delegated())
    topic, actor = topic_named("powers"), register.town.actor("dispatcher")
    before, since = {}, latest_id()
    claim_power(register.by("dispatcher", register.at()))
    for event in events_for(actor, topic, since=since).events:
        apply(before, event)
    (row,) = before.values()
    assert (row["status"], row["power_code"], row["street_id"]) == ("asked", "XY-001", register.street.pk)
    assert "asked_by_id" not in row
    assert before[row["number"]] == ROWS.one(row["id"]) | {"changed_at": row["changed_at"]}
    assert events_for(register.town.actor("far_dispatcher"), topic, since=since).events == []
    register_powers(actor=SYSTEM, rows=[replace(ITEM, code="XY-002")], now=MONDAY)
    assert events_for(actor, topic, since=since).reset


def test_a_row_that_was_changed_outside_is_found(register):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE powers_holding SET status = 'withdrawn', number = '9-9'")
    (found,) = all_that_differ()
    assert found.at_fault[0] == "status"
    assert "number" in found.at_fault[1]


def route(register, class_code="E0107"):
    place = ancestors_of(register.town.areas["420602001001"].pk)
    return who_settles(class_code=class_code, place=place, now=MONDAY).route


def test_a_matter_stays_with_the_street_while_the_power_lies_there(register):
    found = route(register)
    assert (found.organisation_name, found.passed_over) == ("street", None)
    assert [one.lie for one in found.standing.powers] == [Lie.HELD]
    give_power_back(register.by("dispatcher", register.at()))
    assert route(register).organisation_name == "street"


def test_without_the_power_it_goes_to_the_body_from_which_it_was_delegated_and_says_so(register):
    withdraw_power(register.by("operations", register.at()))
    found = route(register)
    assert found.organisation_name == "sanitation"
    assert found.passed_over == (register.town.bodies["street"].pk, "street")
    assert "street does not hold XY-001: it goes to sanitation of the district" in found.reason
    made = report(class_code="E0107")
    assert (made.organisation, made.routing_reason) == ("sanitation", found.reason)
    case = Case.objects.get()
    assert case.suggested_organisation_id == register.town.bodies["sanitation"].pk
    assert case.steps.get().note == found.reason


def test_without_one_of_several_the_hub_decides():
    register = make_register(ITEM, replace(ITEM, code="XY-002", name="监督检查"))
    withdraw_power(register.by("operations", register.at("XY-002")))
    found = route(register)
    assert (found.organisation_id, found.organisation_name) == (None, "")
    assert [one.code for one in found.standing.lost] == ["XY-002"]
    assert "does not hold XY-002: the hub decides" in found.reason


def test_where_no_such_body_is_on_record_the_hub_decides():
    register = make_register(replace(ITEM, original_kind="ecology"))
    withdraw_power(register.by("operations", register.at()))
    assert route(register).organisation_id is None
    assert route(register).passed_over is not None


def test_one_that_the_street_never_had_is_told_and_takes_nothing_away():
    register = make_register(delegated())
    found = route(register)
    assert (found.organisation_name, found.passed_over) == ("street", None)
    assert [one.lie for one in found.standing.powers] == [Lie.NEVER]


def test_a_matter_that_the_table_gives_to_the_district_asks_for_no_power_of_the_street():
    register = make_register(replace(ITEM, class_prefix="E0113"))
    withdraw_power(register.by("operations", register.at()))
    found = route(register, "E0113")
    assert (found.organisation_name, found.standing) == ("housing", None)


def test_a_power_that_ended_in_the_register_is_lost_everywhere(register):
    Power.objects.update(valid_to=date(2026, 3, 1))
    register_in_memory.forget()
    assert [one.lie for one in standing_at("E0107", register.street.pk).powers] == [Lie.ENDED]
    assert route(register).organisation_name == "sanitation"


def test_the_preview_of_a_duty_table_reckons_with_it(register):
    report(class_code="E0107")
    withdraw_power(register.by("operations", register.at()))
    preview = Preview()
    found = list(cases_elsewhere(duty_rows_of(), since=MONDAY - timedelta(days=1), until=TUESDAY, preview=preview))
    assert (preview.looked_at, found) == (1, [])


def test_asking_where_powers_lie_costs_no_query_a_report(register, django_assert_num_queries):
    standing_at("E0107", register.street.pk)
    with django_assert_num_queries(0):
        for _ in range(50):
            standing_at("E0107", register.street.pk)
            standing_at("E0110", register.street.pk)
