"""Limits as the city tables write them."""

import pytest

from gezhi.kernel.time_limits import LimitKind, parse_limit, table_limit


@pytest.mark.parametrize(
    ("text", "amount", "kind"),
    [
        ("2UH", 2, LimitKind.URGENT_HOUR),
        ("1UH (stop)", 1, LimitKind.URGENT_HOUR),
        ("2UD", 48, LimitKind.URGENT_HOUR),
        ("4WH", 4, LimitKind.WORK_HOUR),
        ("15 wd", 15, LimitKind.WORK_DAY),
        ("3ND", 3, LimitKind.NATURAL_DAY),
        ("0.5WD", 0.5, LimitKind.WORK_DAY),
        ("2紧急工作时", 2, LimitKind.URGENT_HOUR),
        ("1紧急日", 24, LimitKind.URGENT_HOUR),
        ("4工作时", 4, LimitKind.WORK_HOUR),
        ("4小时", 4, LimitKind.WORK_HOUR),
        ("5个工作日", 5, LimitKind.WORK_DAY),
        ("3天", 3, LimitKind.WORK_DAY),
        ("7自然日", 7, LimitKind.NATURAL_DAY),
        ("植树季节15工作日", 15, LimitKind.WORK_DAY),
    ],
)
def test_parse_limit(text, amount, kind):
    limit = parse_limit(text)
    assert (limit.amount, limit.kind, limit.text) == (amount, kind, text)


@pytest.mark.parametrize("text", ["", "soon", "2", "UH", "2UD / 15WD", "工作日"])
def test_what_is_not_one_limit_is_refused(text):
    with pytest.raises(ValueError, match="time limit"):
        parse_limit(text)


@pytest.mark.parametrize(
    "text", ["4WH", "15 wd", "0.5WD", "5个工作日", "2紧急工作时", "植树季节15工作日", "1UH (stop)", " 3ND "]
)
def test_a_table_says_a_limit_and_words_beside_it(text):
    assert table_limit(text) == parse_limit(text)


@pytest.mark.parametrize(
    "text",
    [
        "1e9WD", "1e3WD", "1,5WD", "1，5WD", "1..5WH", "1.5.2WD", "3至5天", "3-5WD", "3~5WD", "2小时30分", "2小时半", "三5工作日",
        "三个工作日", "\u0663WD", "３WD", "5WDx", "x5WD", "0.0001WH", "0WD", "-4WH", "+4WH", "999999WD", "9" * 400 + "WD",
        "5WD" * 2, "nanWD", "infWD", "", "5WD\u0665", "1 000WD",
    ],
)  # fmt: skip
def test_what_says_another_limit_than_would_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r"limit|between"):
        table_limit(text)
