"""A text is found wherever it stands, as reading every case finds it, and few cases are read for it."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import CASES, Filters, classes, count_cases, list_cases
from gezhi.contexts.cases.queries.searching import cases_that_may_hold
from gezhi.contexts.cases.queries.text_index import cases_with_text
from gezhi.contexts.cases.word_index import TRIGGERS
from gezhi.platform.audit.shape import check_shape
from gezhi.platform.steps import listing
from gezhi.platform.steps.among import fewest
from tests.factories.cases import MONDAY, Town, make_town, report

pytestmark = pytest.mark.django_db
SIGNS = "路灯垃圾水管漏abAB12%_'\" ßſ\n。"
CASES_MADE = 60


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town in which words are drawn from few signs, and lists that walk four rows before they ask the index."""
    town = make_town()
    chance = random.Random(7)  # noqa: S311
    for number in range(CASES_MADE):
        made = report(now=MONDAY + timedelta(minutes=number), grid=number % 4)
        words = "".join(chance.choices(SIGNS, k=chance.randint(0, 12)))
        place = "".join(chance.choices(SIGNS, k=chance.randint(0, 4)))
        Case.objects.filter(number=made.number).update(description=words, address=place)
    monkeypatch.setattr(listing, "_WINDOW", 4)
    return town


def by_reading(text: str) -> set[str]:
    found = Case.objects.all()
    for word in text.split():
        found = found.filter(pk__in=[case.pk for case in Case.objects.filter(_somewhere(word))])
    return set(found.values_list("number", flat=True))


def _somewhere(word: str) -> Q:
    wanted = Q(description__icontains=word) | Q(address__icontains=word)
    if word.isascii() and word.isdigit():
        wanted |= Q(number__startswith=word) | (Q(number__endswith=word) if len(word) > 3 else Q())
    if len(word) > 1:
        for level in ("district", "street", "community", "grid"):
            wanted |= Q(**{f"{level}__name__icontains": word}) | Q(**{f"{level}__name_en__icontains": word})
        named = [one.code for one in classes() if word.lower() in f"{one.name}\0{one.name_en}".lower()]
        wanted |= Q(class_code__in=named)
    return wanted


def by_list(town: Town, who: str, text: str, *, sort: str = "newest") -> list[str]:
    found, cursor = [], None
    while True:
        page = list_cases(town.actor(who), filters=Filters(text=text), sort=sort, cursor=cursor, limit=3)
        found += [row["number"] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return found


def drawn_texts() -> list[str]:
    chance = random.Random(11)  # noqa: S311
    words = list(Case.objects.values_list("description", "address", "number"))
    texts = []
    for _ in range(60):
        text = chance.choice(chance.choice(words))
        start = chance.randrange(len(text) + 1)
        texts.append(text[start : start + chance.randint(1, 5)])
    texts += ["".join(chance.choices(SIGNS, k=chance.randint(1, 4))) for _ in range(40)]
    return [text for text in {*texts, Case.objects.values_list("number", flat=True)[5][:12]} if text]


def test_a_list_by_text_is_what_reading_finds(town: Town) -> None:
    for text in drawn_texts():
        wanted = by_reading(text)
        found = by_list(town, "operations", text)
        assert set(found) == wanted, text
        assert len(found) == len(wanted)
        assert found == sorted(found, reverse=True), "newest first"
        assert count_cases(town.actor("operations"), filters=Filters(text=text)) == len(wanted)
        assert set(by_list(town, "operations", text, sort="due")) == wanted


def test_it_is_narrowed_to_what_the_actor_sees(town: Town) -> None:
    everything = set(by_list(town, "worker", ""))
    assert 0 < len(everything) < CASES_MADE
    for text in drawn_texts():
        assert set(by_list(town, "worker", text)) == by_reading(text) & everything, text


def test_the_index_tells_few_and_never_too_few(town: Town) -> None:
    numbers = dict(Case.objects.values_list("number", "pk"))
    asked = 0
    for text in drawn_texts():
        ids = fewest(cases_that_may_hold(text, CASES_MADE + 1), CASES_MADE)
        if ids is not None:
            asked += 1
            assert {numbers[number] for number in by_reading(text)} <= set(ids), text
    assert asked > 40
    assert with_text("没有这句话", CASES_MADE) == set()
    assert with_text("2", CASES_MADE) is None
    assert with_text("20", 3) is None


def with_text(text: str, most: int) -> Collection[int] | None:
    way = cases_with_text(text, most + 1)
    return fewest([way] if way else [], most)


def test_it_follows_what_is_changed_and_deleted(town: Town) -> None:
    first = Case.objects.order_by("pk").first()
    assert first is not None
    Case.objects.filter(pk=first.pk).update(description="青蛙掉进井里")
    assert with_text("掉进井里", 9) == with_text("青蛙", 9) == {first.pk}
    Case.objects.filter(pk=first.pk).update(description="", address="青年路")
    assert with_text("掉进井里", 9) == with_text("青蛙", 9) == set()
    assert with_text("青年", 9) == {first.pk}
    Case.objects.bulk_create([Case(**{**_columns(first), "number": "20261122999999", "description": "新的青蛙"})])
    assert len(with_text("青蛙", 9) or ()) == 1
    Case.objects.filter(number="20261122999999").delete()
    assert with_text("青蛙", 9) == set()


def _columns(case: Case) -> dict[str, object]:
    kept = {
        field.attname: getattr(case, field.attname) for field in Case._meta.concrete_fields if not field.primary_key
    }
    return {**kept, "follow_digest": None}


def test_the_index_is_one_of_the_list_tool(town: Town) -> None:
    assert CASES.by["text"][0].among is cases_that_may_hold


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL needs no trigger for it")
def test_its_triggers_are_there_and_an_altered_one_is_told(town: Town) -> None:
    """A migration that makes the table anew drops them: it has to make them again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'cases_case'")
        assert dict(cursor.fetchall()) == TRIGGERS
        assert list(check_shape()) == []
        cursor.execute("DROP TRIGGER cases_text_of_gone")
        cursor.execute(TRIGGERS["cases_text_of_gone"].replace("END", "DELETE FROM audit_auditrecord; END"))
        found = [finding.problem for finding in check_shape()]
        assert len(found) == 1
        assert "cases_text_of_gone" in found[0]
