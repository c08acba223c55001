"""Time limits in words."""

from __future__ import annotations

import warnings

import pytest
from django.utils import translation

from gezhi.interfaces.web.words import limit_words


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("1WH", "1 working hour", "1 个工作时"),
        ("4WH", "4 working hours", "4 个工作时"),
        ("6.5WH", "6.5 working hours", "6.5 个工作时"),
        ("2UH", "2 hours, at night too", "2 小时（不分昼夜）"),
        ("1000ND", "1000 days, holidays too", "1000 个自然日"),
        ("soon", "soon", "soon"),
    ],
)
def test_a_limit_is_said_with_its_number_and_no_warning(text, english, chinese):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with translation.override("en"):
            assert limit_words(text) == english
        with translation.override("zh-hans"):
            assert limit_words(text) == chinese
