"""Guessing the class of a description."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.domain.suggest import Named, suggest

CLASSES = [
    Named("E0113", "道路破损", "Road damage"),
    Named("E0110", "暴露生活垃圾", "Exposed household waste"),
    Named("E0129", "露天烧烤", "Open-air barbecue"),
    Named("S0303", "楼道照明损坏", "Broken stairwell light"),
]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("小区北门道路破损一大块", "E0113"),
        ("夜里有人烧烤，烟很大", "E0129"),
        ("楼道照明坏了", "S0303"),
        ("the stairwell light is broken", "S0303"),
        ("Household WASTE everywhere", "E0110"),
    ],
)
def test_the_class_that_shares_most_comes_first(words: str, code: str) -> None:
    assert suggest(words, CLASSES)[0] == code


@pytest.mark.parametrize("words", ["", "嗯", "！！！", "a b c", "12345"])
def test_words_that_say_nothing_suggest_nothing(words: str) -> None:
    assert suggest(words, CLASSES) == []


def test_no_more_than_asked_for() -> None:
    assert len(suggest("道路烧烤垃圾照明", CLASSES, limit=2)) == 2
