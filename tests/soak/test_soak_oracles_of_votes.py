"""Tens of thousands of votes, elections, budgets and matchings against the oracles."""

from time import monotonic

import pytest

from tests.properties.test_oracles_of_votes import (
    compare_budget,
    compare_election,
    compare_matching,
    compare_tally,
    hold_against,
)


@pytest.mark.parametrize(
    ("compare", "number"),
    [(compare_tally, 30_000), (compare_budget, 8_000), (compare_matching, 20_000), (compare_election, 30_000)],
)
def test_none_is_wrong(compare, number):
    start = monotonic()
    ends = hold_against(compare, range(10**6, 10**6 + number))
    print(f"\n{compare.__name__}: none of {number} wrong, {dict(ends)}, {monotonic() - start:.0f} s")
