"""A whole number is one, however it is written; part of one is none."""

from __future__ import annotations

import pytest

from gezhi.kernel.telephone import number_in, whole_number

MOBILE, LANDLINE = "13812341234", "07103512345"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        *[
            (text, MOBILE)
            for text in (
                "13812341234", " 138 1234 1234", "138-1234-1234", "+86 138 1234 1234", "0086-13812341234", "8613812341234",
                "１３８１２３４１２３４", "013812341234", "(+86)13812341234", "138.1234.1234", "138\u3000１２３４\uff0d1234",
            )
        ],
        *[
            (text, LANDLINE)
            for text in (
                "07103512345", "0710-3512345", "(0710) 3512345", "（0710）3512345", "+86 710 3512345", "00860710351 2345",
                "86 0710 3512345",
            )
        ],
        ("010-62345678", "01062345678"),
        ("+86 10 6234 5678", "01062345678"),
        ("0710-3512345 转 801", "07103512345x801"),
        ("07103512345 ext. 801", "07103512345x801"),
        ("3512345", "3512345"),
        ("400-820-8820", "4008208820"),
        ("+44 20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
    ],
)  # fmt: skip
def test_one_spelling_for_each_number(text, whole):
    assert whole_number(text) == whole


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1381",
        "138****1234",
        "13812341234 王",
        "王小明",
        "%",
        "1" * 18,
        "+",
        "138001380001",
        "1380013",
        "+86 138001380001",
        "+8613800138",
        "01380013800012",
        "1380013x801",
        "١٣٨١٢٣٤١٢٣٤",
    ],
)
def test_what_is_no_whole_number_is_none(text):
    assert whole_number(text) == ""


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("13812341234", MOBILE),
        ("王师傅 138-1234-1234", MOBILE),
        ("13812341234 / 0710-3512345", MOBILE),
        ("家里电话0710-3512345", LANDLINE),
        ("微信同号", ""),
    ],
)
def test_the_number_in_what_somebody_left(text, whole):
    assert number_in(text) == whole
