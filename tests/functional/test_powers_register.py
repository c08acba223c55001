"""The register of delegated powers: found by words, code and class, by status, page by page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gezhi.contexts.powers.queries import find_powers
from gezhi.contexts.powers.queries.register import PAGE_OF_POWERS
from gezhi.contexts.powers.use_cases.register_powers import PowerRow, register_powers
from tests.factories.cases import MONDAY, SYSTEM, make_town

pytestmark = pytest.mark.django_db
POWER = PowerRow(
    code="XY-001",
    name="对占道经营的行政处罚",
    name_en="Penalty: street trading",
    original_kind="urban_management",
    level="street",
    valid_from=date(2026, 1, 1),
    class_prefix="E0106",
    handle_limit="5WD",
    legal_basis="鄂政发〔2021〕9号",
)
OTHERS = [
    replace(POWER, code="XY-002", name="责令改正占道经营", status="returned"),
    replace(POWER, code="XY-003", name="道路破损监督检查", name_en="Inspection: road damage", class_prefix="E0113"),
    replace(POWER, code="XY-004", name="流动摊贩检查", class_prefix="E01", status="returned"),
]


@pytest.fixture
def register():
    make_town()
    register_powers(actor=SYSTEM, rows=[POWER, *OTHERS], now=MONDAY)


def codes(**asked) -> list[str]:
    return [row.code for row in find_powers(asked.pop("words", ""), **asked).rows]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ["XY-001", "XY-002", "XY-003", "XY-004"]),
        ("占道", ["XY-001", "XY-002"]),
        ("处罚 占道", ["XY-001"]),
        ("xy-003", ["XY-003"]),
        ("ROAD", ["XY-003"]),
        ("E0113", ["XY-003"]),
        ("2021〕9号", ["XY-001", "XY-002", "XY-003", "XY-004"]),
        ("没有", []),
        ("%", []),
    ],
)
def test_each_word_must_be_there_in_any_order(register, words, expected):
    assert codes(words=words) == expected


def test_counts_by_status_stay_those_of_the_words(register):
    found = find_powers("占道", status="returned")
    assert ([row.code for row in found.rows], found.total) == (["XY-002"], 1)
    assert found.by_status == {"delegated": 1, "returned": 1}


def test_pages_follow_each_other_and_none_is_left_out(register):
    register_powers(actor=SYSTEM, rows=[replace(POWER, code=f"YY-{n:03}") for n in range(70)], now=MONDAY)
    seen, after = [], ""
    while True:
        found = find_powers(after=after)
        assert len(found.rows) <= PAGE_OF_POWERS
        seen += [row.code for row in found.rows]
        if found.next_code is None:
            break
        after = found.next_code
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 74


def test_the_page_tells_a_power_in_the_readers_language_and_keeps_what_was_asked(client, register):
    page = client.get("/powers", {"q": "E0106"}, headers={"accept-language": "en"}).content.decode()
    for words in (
        "Penalty: street trading",
        "Urban management and law enforcement",
        "5 working days",
        "鄂政发〔2021〕9号",
    ):
        assert words in page
    assert "?q=E0106&amp;status=returned" in page
    assert "对占道经营的行政处罚" in client.get("/powers", {"q": "E0106"}).content.decode()


@pytest.mark.parametrize("query", [{"q": "没有这个"}, {"status": "nonsense"}, {"after": "x" * 500}, {"q": "字 " * 500}])
def test_whatever_is_asked_is_answered(client, register, query):
    assert client.get("/powers", query).status_code == 200


def test_an_empty_register_says_so(client):
    make_town()
    assert "还没有录入" in client.get("/powers").content.decode()
