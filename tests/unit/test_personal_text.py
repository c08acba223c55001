"""What is a telephone number, an identity number or an e-mail address in a text, and how it is masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.kernel.personal import (
    PersonalKind,
    is_id_number,
    masked,
    masked_number,
    masked_person,
    personal_in,
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("请打13812341234找我", "请打138****1234找我"),
        ("+86 138-1234-1234", "+86 138-****-1234"),
        ("008613812341234", "0086138****1234"),
        ("电话１３８１２３４１２３４。", "电话１３８****１２３４。"),
        ("0710-3512345 王", "0710-****345 王"),
        ("(0710)3512345", "(0710)****345"),
        ("02787654321", "0278****321"),
        ("010－87654321", "010－8****321"),
        ("电话：3512345", "电话：****345"),
        ("身份证11010519491231002X在此", "身份证110105************在此"),
        ("110105 19491231 002x", "110105 ******** ****"),
        ("写信到 wang.ming+x@mail.example.com 即可", "写信到 w**********@mail.example.com 即可"),
        ("a@b.cn", "*@b.cn"),
        ("两个：13812341234、15900001111", "两个：138****1234、159****1111"),
    ],
)
def test_what_is_personal_is_masked(text: str, said: str) -> None:
    assert masked(text) == said
    assert len(masked(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "拨打12345或110",
        "客服400-810-8888",
        "工单20261127000001",
        "12812341234",
        "1381234123",
        "138123412345",
        "110105194912310021",
        "11010519491331002X",
        "长江路138号1234室",
        "宽3.5米，深0.7米，编号 0710",
        "邮编441000",
        "用@提醒",
        "2026-11-27 14:05",
        "E0110 42060200100100101",
        "",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert personal_in(text) == []
    assert masked(text) == text


def test_the_check_digit_decides() -> None:
    assert is_id_number("11010519491231002X")
    assert is_id_number("11010519491231002x")
    assert not any(is_id_number(f"11010519491231002{digit}") for digit in "0123456789")
    assert not is_id_number("１１０１０５１９４９１２３１００２X")


def test_kinds_are_told() -> None:
    text = "13812341234 0710-3512345 11010519491231002X a@b.cn"
    assert [one.kind for one in personal_in(text)] == [
        PersonalKind.MOBILE,
        PersonalKind.LANDLINE,
        PersonalKind.ID_NUMBER,
        PersonalKind.EMAIL,
    ]


def test_a_number_that_was_cut_off_is_masked_too() -> None:
    assert masked("请打1381234", cut=True) == "请打*******"
    assert masked("请打1381234") == "请打1381234"
    assert masked("3号楼", cut=True) == "3号楼"


@given(st.text(alphabet="0123456789Xx-—＋+ @a.电话：(）)０１８", max_size=60), st.booleans())
def test_masking_keeps_the_length_and_does_nothing_twice(text: str, cut: bool) -> None:
    once = masked(text, cut=cut)
    assert len(once) == len(text)
    assert masked(once, cut=cut) == once
    assert not [one for one in personal_in(once) if one.kind != PersonalKind.EMAIL]


@pytest.mark.parametrize(
    ("name", "said"),
    [("王小明", "王*明"), ("王明", "王*"), ("欧阳娜娜", "欧**娜"), ("王", "*"), ("", ""), (" 李四 ", "李*")],
)
def test_names_on_forms(name: str, said: str) -> None:
    assert masked_person(name) == said


@pytest.mark.parametrize(("number", "said"), [("138 1234 1234", "138****1234"), ("3512345", "****45"), ("", "")])
def test_numbers_on_forms(number: str, said: str) -> None:
    assert masked_number(number) == said
