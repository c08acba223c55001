"""Spans of days that are told from today."""

from __future__ import annotations

from datetime import date

import pytest

from gezhi.interfaces.web.words import PERIOD
from gezhi.kernel.periods import LONG_AGO, Period, first_and_last

# A Thursday, a Monday, the first of a year.
THURSDAY, MONDAY, NEW_YEAR = date(2026, 11, 26), date(2026, 11, 23), date(2027, 1, 1)


@pytest.mark.parametrize(
    ("period", "today", "first", "last"),
    [
        (Period.TODAY, THURSDAY, THURSDAY, THURSDAY),
        (Period.YESTERDAY, NEW_YEAR, date(2026, 12, 31), date(2026, 12, 31)),
        (Period.LAST_7_DAYS, THURSDAY, date(2026, 11, 20), THURSDAY),
        (Period.LAST_30_DAYS, THURSDAY, date(2026, 10, 28), THURSDAY),
        (Period.THIS_WEEK, THURSDAY, MONDAY, date(2026, 11, 29)),
        (Period.THIS_WEEK, MONDAY, MONDAY, date(2026, 11, 29)),
        (Period.LAST_WEEK, MONDAY, date(2026, 11, 16), date(2026, 11, 22)),
        (Period.THIS_MONTH, date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29)),
        (Period.THIS_MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        (Period.OVER_7_DAYS, THURSDAY, LONG_AGO, date(2026, 11, 19)),
        (Period.OVER_30_DAYS, THURSDAY, LONG_AGO, date(2026, 10, 27)),
        (Period.LAST_MONTH, NEW_YEAR, date(2026, 12, 1), date(2026, 12, 31)),
        (Period.LAST_MONTH, date(2024, 3, 31), date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_first_and_last_day(period: Period, today: date, first: date, last: date) -> None:
    assert first_and_last(period, today) == (first, last)


def test_every_period_has_its_words() -> None:
    assert PERIOD.keys() == {period.value for period in Period}
