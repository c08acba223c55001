"""Searching cases: words in any order, in what was reported, where, of what class, and the ends of numbers."""

from __future__ import annotations

import pytest

from gezhi.contexts.areas.queries import invalidate_index
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import Filters, class_name, count_cases, list_cases
from gezhi.contexts.cases.queries.searching import cases_that_may_hold, words_of
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, HeldGrant, system_actor
from gezhi.platform.steps import listing
from gezhi.platform.steps.among import fewest
from tests.factories.cases import make_town, report

pytestmark = pytest.mark.django_db
ALL = system_actor("search: test")


@pytest.fixture
def cases():
    town = make_town()
    street = town.areas["420602001"]
    type(street).objects.filter(pk=street.pk).update(name="檀溪街道", name_en="Tanxi Subdistrict")
    invalidate_index()
    made = {
        "cover": report(class_code="E0110", description="路口井盖松动，车一过就响", address="民主里9栋"),
        "litter": report(class_code="E0110", grid=2, description="垃圾没人清 100%_"),
        "shop": report(class_code="E0129", description="店铺把桌椅摆到人行道上", address="Yard 5"),
    }
    return {name: one.number for name, one in made.items()}


def found(text):
    return {row["number"] for row in list_cases(ALL, filters=Filters(text=text)).rows}


def test_whoever_holds_many_grants_finds_what_lies_in_the_last_of_them(cases):
    community = Case.objects.get(number=cases["cover"]).community_id
    areas = [*range(900_000, 900_600), community]
    grants = tuple(HeldGrant(Role.CHECKER, area, "community") for area in areas)
    many = Actor(user_id=None, label="checker of many", grants=grants)
    assert [row["number"] for row in list_cases(many, filters=Filters(text="井盖 松动")).rows] == [cases["cover"]]
    in_one = Actor(user_id=None, label="checker", grants=grants[-1:])
    assert list_cases(many).rows == list_cases(in_one).rows != []
    assert count_cases(many, filters=Filters(text="井盖")) == 1


def test_words_stand_in_any_order(cases):
    assert found("松动 井盖") == found("井盖 民主里") == {cases["cover"]}
    assert found("井盖 桌椅") == set()


def test_names_of_areas_and_classes_are_found_in_both_languages(cases):
    everything = set(cases.values())
    assert found("檀溪") == found("tanxi") == everything
    assert found("檀溪 桌椅") == {cases["shop"]}
    of_class = class_name(Case.objects.get(number=cases["shop"]).class_code)
    assert cases["shop"] in found(of_class.name)
    assert cases["shop"] in found(of_class.name_en.lower())
    assert cases["cover"] not in found(of_class.name)


def test_the_beginning_and_the_end_of_a_number_are_found(cases):
    number = cases["litter"]
    assert found(number[-4:]) == found(number[-6:]) == found(number) == {number}
    assert found(number[:8]) == set(cases.values())
    # Neither the beginning nor the end of one.
    assert found("026") == set()


def test_what_is_a_sign_of_patterns_is_a_sign_of_words(cases):
    assert found("100%_") == {cases["litter"]}
    assert found("1%0") == found("_") - {cases["litter"]} == set()
    assert found("'; DROP TABLE") == found('"') == found("{") == set()


def test_words_are_told_apart_and_only_so_many_are_asked_for():
    assert words_of(" a  b a\tc ") == ["a", "b", "c"]
    assert len(words_of(" ".join(map(str, range(40))))) == 8


@pytest.mark.parametrize(
    "text", ["井盖", "松动 井盖", "檀溪 垃圾", "0002", "清运", "yard", "tanxi 桌椅", "人行道", "没有的词", "100%_"]
)
def test_the_index_never_leaves_out_what_the_words_hold(cases, text, monkeypatch):
    """The same answer whether the rows are walked or asked of the indexes, and the indexes tell of each row that passes."""
    walked = found(text)
    may = fewest(cases_that_may_hold(text, 5_001), 5_000)
    keys = set(Case.objects.filter(number__in=walked).values_list("pk", flat=True))
    assert may is None or keys <= set(may)
    assert count_cases(ALL, filters=Filters(text=text)) == len(walked)
    # As in a list that is longer than the part that is walked first.
    monkeypatch.setattr(listing, "_WINDOW", 1)
    assert found(text) == walked


@pytest.mark.parametrize("window", [1, 2, 5, 1_000])
@pytest.mark.parametrize("sort", ["newest", "due"])
@pytest.mark.parametrize("who", ["operations", "dispatcher", "worker"])
def test_pages_hold_what_the_whole_list_holds_wherever_the_rows_are_found(monkeypatch, who, sort, window):
    town = make_town()
    for number in range(14):
        report(description="井盖松动" if number % 3 else "路灯不亮", grid=1 + number % 2)
    actor = town.actor(who)
    everything = [row["number"] for row in list_cases(actor, sort=sort).rows]
    lit = set(Case.objects.filter(description="路灯不亮").values_list("number", flat=True))
    monkeypatch.setattr(listing, "_WINDOW", window)
    for text, wanted in (
        ("井盖", [number for number in everything if number not in lit]),
        ("路灯", [n for n in everything if n in lit]),
    ):
        paged, cursor = [], None
        while True:
            page = list_cases(actor, filters=Filters(text=text), sort=sort, cursor=cursor, limit=2)
            paged += [row["number"] for row in page.rows]
            if (cursor := page.next_cursor) is None:
                break
        assert paged == wanted, text
    assert everything or who == "worker"


def test_a_search_asks_three_questions_at_most(monkeypatch, cases, django_assert_max_num_queries):
    monkeypatch.setattr(listing, "_WINDOW", 1)
    found("井盖 桌椅")
    with django_assert_max_num_queries(3):
        found("民主里 井盖 松动")
