"""Cases that are likely of the same matter: who is told of which, within how many queries; what a reporter is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gezhi.contexts.cases.domain.duplicates import Matter, Tie
from gezhi.contexts.cases.domain.nearness import bounds_of, cell_of
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import case_page, likely_duplicates, matter_of, nearby_alike, nearby_open
from gezhi.contexts.cases.queries.duplicates import MOST_NEAR
from gezhi.platform.access.actor import ANONYMOUS
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, SYSTEM, make_town, report

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=3)
METRE = 1 / 111_195
LON, LAT = centre(0)


@pytest.fixture
def town():
    return make_town()


def told(metres: float = 0, words: str = "路边有一堆垃圾，在鑫源超市门口", *, now=MONDAY, **fields):
    return report(lat=LAT + metres * METRE, lon=LON, description=words, now=now, **fields).number


def likely(actor, number, *, now=LATER):
    matter = matter_of(case_page(SYSTEM, number))
    assert matter is not None
    return likely_duplicates(actor, matter, number=number, now=now)


def test_the_same_matter_is_proposed_with_the_reasons(town):
    first = told()
    told(words="夜里施工太吵", class_code="E0301")
    second = told(40, "鑫源超市前面垃圾成堆", now=LATER)
    (found,) = likely(town.actor("dispatcher"), second)
    assert (found.number, found.class_code, found.status, found.reported_at) == (first, "E0110", "reported", MONDAY)
    assert found.why.metres == pytest.approx(40, abs=1)
    assert (found.why.tie, found.why.gap, found.why.still_open) == (Tie.SAME, timedelta(hours=3), True)
    assert "鑫源超市" in found.why.phrases
    (back,) = likely(town.actor("dispatcher"), first)
    assert back.number == second
    assert back.why.chance == pytest.approx(found.why.chance)


def test_nobody_is_told_of_a_case_they_may_not_see(town):
    first, second = told(), told(now=LATER)
    assert [one.number for one in likely(town.actor("dispatcher"), second)] == [first]
    assert [one.number for one in likely(SYSTEM, second)] == [first]
    for name in ("far_dispatcher", "stranger", "other_officer", "resident"):
        assert likely(town.actor(name), second) == [], name
    assert likely(ANONYMOUS, second) == []


def test_neither_what_was_called_off_nor_what_has_a_doubtful_place(town):
    first, second = told(), told(now=LATER)
    Case.objects.filter(number=first).update(location_quality="doubtful")
    assert likely(SYSTEM, second) == []
    Case.objects.filter(number=first).update(location_quality="exact", status="cancelled")
    assert likely(SYSTEM, second) == []
    Case.objects.filter(number=second).update(location_quality="doubtful")
    assert matter_of(case_page(SYSTEM, second)) is None


def test_closed_ones_for_some_days_only(town):
    first = told()
    Case.objects.filter(number=first).update(status="closed", closed_at=MONDAY + timedelta(hours=1))
    second = told(now=LATER)
    assert [one.why.still_open for one in likely(SYSTEM, second)] == [False]
    assert likely(SYSTEM, second, now=MONDAY + timedelta(days=9)) == []


def test_a_case_without_a_point_has_none(town):
    number = report(lon=None, lat=None, area_id=town.areas["420602001001"].pk).number
    assert matter_of(case_page(SYSTEM, number)) is None


def test_it_costs_one_query_however_many_there_are(town, django_assert_num_queries):
    numbers = [told(place % 60, f"垃圾 {place}") for place in range(30)]
    case = Case.objects.get(number=numbers[0])
    copies = [
        Case(**{**{field.attname: getattr(case, field.attname) for field in Case._meta.concrete_fields}, **changed})
        for changed in (
            {"id": None, "number": f"9{place:06}", "follow_digest": None, "lat": LAT + place % 80 * METRE}
            for place in range(MOST_NEAR + 50)
        )
    ]
    Case.objects.bulk_create(copies)
    actor, matter = town.actor("operations"), Matter("E0110", LON, LAT, LATER, None, "垃圾")
    assert len(likely_duplicates(actor, matter, number="", now=LATER)) == 5
    with django_assert_num_queries(1):
        assert len(likely_duplicates(actor, matter, number="", now=LATER, limit=500)) <= MOST_NEAR


class TestReporter:
    """A stranger learns no more than of what is open close by: class, state, day, by the cell of a net."""

    def test_only_what_may_be_the_same(self, town):
        told(class_code="E0110")
        told(class_code="E0137", words="死猫")
        assert {one.class_code for one in nearby_open(lon=LON, lat=LAT, now=LATER)} == {"E0110", "E0137"}
        assert [one.class_code for one in nearby_alike(["E0110"], lon=LON, lat=LAT, now=LATER)] == ["E0110"]
        assert [one.class_code for one in nearby_alike(["E0111"], lon=LON, lat=LAT, now=LATER)] == ["E0110"]
        assert nearby_alike(["E0401"], lon=LON, lat=LAT, now=LATER) == []
        assert nearby_alike([], lon=LON, lat=LAT, now=LATER) == []

    def test_of_no_class_that_is_not_public(self, town):
        told(class_code="E0128", words="音响太吵")
        assert nearby_alike(["E0128"], lon=LON, lat=LAT, now=LATER) == []

    def test_a_thing_that_stays_broken_is_told_for_longer(self, town):
        told(class_code="C0137", words="路灯不亮")
        told(class_code="E0110")
        in_days = {"lon": LON, "lat": LAT, "now": MONDAY + timedelta(days=10)}
        assert len(nearby_alike(["C0137"], **in_days)) == 1
        assert nearby_alike(["E0110"], **in_days) == []

    def test_neither_the_exact_place_nor_anybodys_words_decide(self, town):
        told(class_code="E0110")
        here = nearby_alike(["E0110"], lon=LON, lat=LAT, now=LATER)
        assert here
        west, south, east, north = bounds_of(cell_of(LON, LAT))
        for lon, lat in ((west, south), (east, north)):
            inside = {"lon": lon + (LON - lon) / 100, "lat": lat + (LAT - lat) / 100}
            assert nearby_alike(["E0110"], **inside, now=LATER) == here
