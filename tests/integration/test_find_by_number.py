"""A caller's reports are found by the whole number: where whoever takes the call may see them, as long as it is kept, on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gezhi.contexts.cases.kind import FIND_BY_NUMBER, PERSONAL_DATA_DAYS
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Contact
from gezhi.contexts.cases.use_cases import find_by_number as finding
from gezhi.contexts.cases.use_cases.erase_reporter import erase_reporter
from gezhi.contexts.cases.use_cases.find_by_number import find_by_number
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.kernel.errors import InvalidInput, NotAllowed
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.access.policies import may
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.audit.verify import verify
from gezhi.platform.jobs.upkeep import work_out_number_digests
from gezhi.platform.vault import vault
from gezhi.platform.vault.models import PersonalDataAccess, PersonalRecord
from gezhi.platform.vault.queries import looks
from tests.factories.cases import MONDAY, grant, make_town, report

pytestmark = pytest.mark.django_db
PHONE = "13812341234"
LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def town():
    return make_town()


def told(grid=0, phone=PHONE, **fields):
    return report(grid=grid, contact=Contact(name="王小明", phone=phone), **fields)


def found(town, who="dispatcher", number=PHONE, now=LATER):
    actor = who if not isinstance(who, str) else town.actor(who, now=now)
    return [row["number"] for row in find_by_number(actor=actor, number=number, now=now).rows]


def searches():
    return [one.data for one in AuditRecord.objects.filter(action="cases.searched_by_number").order_by("pk")]


def test_the_whole_number_finds_what_its_owner_reported_the_newest_first(town):
    first, second = told(), told(phone="+86 138-1234-1234", now=MONDAY + timedelta(hours=1))
    told(phone="13812341235")
    told(phone="")
    assert found(town) == found(town, number="138 1234 1234") == [second.number, first.number]
    assert found(town, number="13812341239") == []
    assert found(town, number="12341234") == []


@pytest.mark.parametrize("part", ["", "1234", "1381234", "13812341", "138123412345", "138%", "*", "王小明"])
def test_part_of_a_number_is_not_asked_for(town, part):
    told()
    with pytest.raises(InvalidInput) as refused:
        found(town, number=part)
    assert (refused.value.code, refused.value.field) == ("no_whole_number", "phone")
    assert searches() == []


def test_a_landline_is_found_with_its_area_code(town):
    made = told(phone="0710-3512345")
    assert found(town, number="(0710) 3512345") == [made.number]
    assert found(town, number="3512345") == []


def test_the_number_lies_in_no_table(town):
    told()
    row = PersonalRecord.objects.get()
    assert len(row.number_digest) == 64
    assert PHONE not in f"{row.number_digest} {bytes(row.sealed)!r}"
    found(town)
    kept = [*searches(), *PersonalDataAccess.objects.values_list("reason", flat=True)]
    assert PHONE not in str(kept)


def test_each_hit_is_a_look_that_the_reporter_reads_and_each_search_is_on_record(town):
    made = told()
    assert (found(town), found(town, number="13999999999")) == ([made.number], [])
    (look,) = looks(subject_type="case", subject_id=made.number, own_label="resident")
    assert (look.actor_label, look.action, look.reason) == ("dispatcher", "found", "own_report")
    assert searches() == [{"found": 1}, {"found": 0}]
    assert not list(verify())


def test_what_lies_elsewhere_is_neither_listed_nor_counted(town):
    here, elsewhere = told(), told(grid=3)
    assert found(town, "operations") == [elsewhere.number, here.number]
    assert found(town, "far_dispatcher") == [elsewhere.number]
    assert searches()[-1] == {"found": 1}
    assert PersonalDataAccess.objects.filter(record__subject_id=here.number).count() == 1
    planner = town.users["far_dispatcher"]
    grant(planner, Role.PLANNER, town.areas["4206"])
    assert found(town, "far_dispatcher") == [elsewhere.number]


def test_only_who_takes_calls_finds(town):
    made = told()
    case = Case.objects.get(number=made.number)
    may_find = {"dispatcher", "operations"}
    for name in town.users:
        actor = town.actor(name, now=LATER)
        assert bool(may(actor, FIND_BY_NUMBER, case)) is (name in may_find)
        if name not in may_find | {"far_dispatcher"}:
            with pytest.raises(NotAllowed):
                found(town, name)
    for actor in (ANONYMOUS, replace(ANONYMOUS, follow_codes=frozenset({made.follow_code}))):
        with pytest.raises(NotAllowed):
            found(town, actor)
    assert found(town, "far_dispatcher") == []


def test_a_report_of_the_own_elsewhere_is_not_found_by_it(town):
    user = town.users["resident"]
    made = told(actor=town.actor("resident"))
    grant(user, Role.STREET_DISPATCHER, town.areas["420602001002"])
    assert Case.objects.get(number=made.number).reporter_user_id == user.pk
    assert found(town, "resident") == []


def test_what_was_erased_or_has_expired_is_gone(town):
    erased, expired = told(), told(now=MONDAY + timedelta(hours=1))
    actor = replace(ANONYMOUS, follow_codes=frozenset({erased.follow_code}))
    assert erase_reporter(actor=actor, code=erased.follow_code, now=LATER)
    assert PersonalRecord.objects.get(subject_id=erased.number).number_digest == ""
    assert found(town) == [expired.number]
    over = MONDAY + timedelta(days=PERSONAL_DATA_DAYS + 1)
    assert found(town, now=over) == []
    assert vault.erase_expired(actor=town.actor("operations"), now=over) == 1
    assert set(PersonalRecord.objects.values_list("number_digest", flat=True)) == {""}


def test_the_answer_is_bounded(town, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 2)
    made = [told(now=MONDAY + timedelta(minutes=minute)).number for minute in range(3)]
    answer = find_by_number(actor=town.actor("dispatcher"), number=PHONE, now=LATER)
    assert ([row["number"] for row in answer.rows], answer.more) == ([made[2], made[1]], True)
    assert PersonalDataAccess.objects.count() == 2


def test_a_digest_that_was_put_in_from_outside_finds_nothing(town):
    made, other = told(), told(phone="13912345678")
    digest = PersonalRecord.objects.get(subject_id=made.number).number_digest
    PersonalRecord.objects.filter(subject_id=other.number).update(number_digest=digest)
    assert found(town) == [made.number]


def test_records_from_before_are_worked_out_in_batches_and_go_on_where_they_were_broken_off(town):
    made = [told().number for _ in range(5)]
    told(phone="")
    erased = told()
    actor = replace(ANONYMOUS, follow_codes=frozenset({erased.follow_code}))
    erase_reporter(actor=actor, code=erased.follow_code, now=MONDAY)
    PersonalRecord.objects.update(number_digest=None)
    assert found(town) == []
    assert vault.work_out_numbers(batch=2) == 2
    assert PersonalRecord.objects.filter(number_digest__isnull=True).count() == 5
    assert work_out_number_digests.call() == 5
    assert work_out_number_digests.call() == 0
    assert found(town) == made[::-1]
    assert not list(verify())


def test_what_is_erased_while_the_digests_are_worked_out_stays_erased(town, monkeypatch):
    made = told()
    PersonalRecord.objects.update(number_digest=None)
    worked_out = vault.digest_in

    def erased_meanwhile(data):
        vault.erase(
            actor=town.actor("operations"), record_id=PersonalRecord.objects.get().pk, reason="test", now=MONDAY
        )
        return worked_out(data)

    monkeypatch.setattr(vault, "digest_in", erased_meanwhile)
    vault.work_out_numbers()
    row = PersonalRecord.objects.get(subject_id=made.number)
    assert (row.sealed, row.number_digest) == (None, "")


def test_a_number_that_was_left_for_notices_is_not_for_this(town):
    made = report(contact=Contact(name="王小明", phone=""))
    vault.keep(
        data={"phone": PHONE},
        purpose="notices",
        subject_type="case",
        subject_id=made.number,
        expires_at=LATER + timedelta(days=9),
        now=MONDAY,
    )
    assert found(town) == []


def test_finding_shows_no_number(town):
    made = told()
    (row,) = find_by_number(actor=town.actor("operations"), number=PHONE, now=LATER).rows
    assert PHONE not in str(row)
    with pytest.raises(NotAllowed):
        read_reporter(actor=town.actor("operations"), number=made.number, reason="好奇", now=LATER)
