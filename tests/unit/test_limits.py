"""Limits as the city tables write them."""

import pytest

from gezhi.kernel.time_limits import LimitKind, parse_limit


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
