"""What a handler tells of a case: one value for each attribute of its class."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.domain.class_table import Attribute, AttributeKind
from gezhi.contexts.cases.domain.facts import facts_told
from gezhi.kernel.errors import InvalidInput

ASKED = (
    Attribute("volume", "清运量", "Volume", AttributeKind.NUMBER, True),
    Attribute("owner", "权属", "Owner", AttributeKind.CHOICE, False, ("供水", "排水")),
    Attribute("cause", "原因", "Cause", AttributeKind.CHOICES, False, ("灯具", "线路", "其他")),
    Attribute("day", "日期", "Day", AttributeKind.DATE),
    Attribute("words", "说明", "Words", AttributeKind.TEXT),
)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"volume": " 1,200.5 "}, {"volume": "1200.5"}),
        ({"volume": "-3", "owner": "排水"}, {"volume": "-3", "owner": "排水"}),
        ({"volume": "0", "cause": "其他; 灯具；灯具"}, {"volume": "0", "cause": "灯具；其他"}),
        (
            {"volume": "1", "day": "2026-12-01", "words": " 好 ", "owner": ""},
            {"volume": "1", "day": "2026-12-01", "words": "好"},
        ),
    ],
)
def test_values_are_kept_in_one_spelling(given: dict[str, str], told: dict[str, str]) -> None:
    assert facts_told(ASKED, given, whole=True) == told


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({}, "fact_missing", "fact-volume"),
        ({"volume": "  "}, "fact_missing", "fact-volume"),
        ({"volume": "many"}, "fact_bad", "fact-volume"),
        ({"volume": "1e9"}, "fact_bad", "fact-volume"),
        ({"volume": "3,5"}, "fact_bad", "fact-volume"),
        ({"volume": "nan"}, "fact_bad", "fact-volume"),
        ({"volume": "1", "owner": "燃气"}, "fact_bad", "fact-owner"),
        ({"volume": "1", "owner": "供水；排水"}, "fact_bad", "fact-owner"),
        ({"volume": "1", "cause": "灯具；鬼"}, "fact_bad", "fact-cause"),
        ({"volume": "1", "day": "soon"}, "fact_bad", "fact-day"),
        ({"volume": "1", "words": "长" * 501}, "fact_bad", "fact-words"),
        ({"volume": "1", "colour": "red"}, "fact_unknown", "facts"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(given: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        facts_told(ASKED, given, whole=True)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_what_ends_without_being_settled_need_not_tell_all() -> None:
    assert facts_told(ASKED, {}, whole=False) == {}
    assert facts_told((), {}, whole=True) == {}
