"""Public counts: none is small, no report is lost or told twice, and no two views differ by a few."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.contexts.openfigures.domain.merging import LEVELS, Key, Place, coarse, merged


def key(grid: int, matter: str = "E0110", standing: str = "closed", *, known: str = "grid") -> Key:
    """A key in a city of districts of 8 grids, streets of 4, communities of 2."""
    place = Place(1, 10 + grid // 8, 100 + grid // 4, 1000 + grid // 2, 10_000 + grid)
    return Key(place.within(known), matter, standing)


def test_what_is_many_is_told_where_it_is():
    counts = {key(0): 7, key(1): 5}
    assert merged(counts) == (counts, False)


def test_a_few_are_told_with_like_matters_of_the_grid_then_with_the_larger_area():
    like = {key(0): 2, key(0, "E0112"): 2, key(0, "E0113"): 1}
    cells, few = merged({**like, key(1): 2, key(2): 2, key(3): 1, key(7): 1})
    assert cells == {
        Key(key(0).place, "E01", "closed"): 5,
        Key(key(0).place.within("street"), "E0110", "closed"): 5,
    }
    assert few


def test_what_is_left_over_is_said_without_a_number():
    assert merged({key(0): 4}) == ({}, True)
    assert merged({}) == ({}, False)


def test_a_place_that_is_not_known_closely_is_told_as_closely_as_it_is():
    cells, few = merged({key(0, known="street"): 6, key(0): 4, key(9, known="city"): 1})
    assert cells == {key(0, known="street"): 10}
    assert few


def test_the_least_may_not_be_one():
    with pytest.raises(ValueError, match="at least 2"):
        merged({}, least=1)


def test_the_running_month_is_rounded_down():
    assert [coarse(count) for count in (0, 49, 50, 54, 55, 64, 65)] == [0, 0, 40, 40, 50, 50, 60]


WORLDS = [
    [key(grid, matter) for grid in (0, 1) for matter in ("E0110", "E0120")],
    [key(0), key(2), key(0, "E0210"), key(4, standing="open")],
    [key(0), key(0, standing="open"), key(1), key(4)],
]


@pytest.mark.parametrize("keys", WORLDS)
def test_who_knows_the_rule_and_the_table_knows_no_small_count(keys):
    """Every table of a small world: no count of one to four is the only one that its table leaves possible."""
    by_table = defaultdict(list)
    for counts in product(range(7), repeat=len(keys)):
        cells, few = merged(dict(zip(keys, counts, strict=True)))
        by_table[(*sorted(cells.items()), few)].append(counts)
    for worlds in by_table.values():
        for place in range(len(keys)):
            possible = {counts[place] for counts in worlds}
            assert len(possible) > 1 or not 0 < min(possible) < 5, worlds[0]


KEYS = st.builds(
    key,
    st.integers(0, 20),
    st.sampled_from(["E0110", "E0112", "E0201", "S0101", "P0103"]),
    st.sampled_from(["open", "closed", "cancelled"]),
    known=st.sampled_from(["grid", "grid", "grid", *LEVELS]),
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, st.integers(0, 12), max_size=60), st.integers(2, 8))
def test_cells_are_disjoint_whole_and_large(counts, least):
    cells, few = merged(counts, least=least)
    assert merged(dict(reversed(counts.items())), least=least) == (cells, few), "the same whatever the order"
    assert all(count >= least for count in cells.values())
    missing = sum(counts.values()) - sum(cells.values())
    assert missing >= 0
    assert few is (missing > 0)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(KEYS, st.integers(0, 9), max_size=30))
def test_no_view_differs_from_a_narrower_one_by_a_few(counts):
    cells, _few = merged(counts)

    def view(level: str, area: int, matter: str, standing: str) -> int:
        return sum(
            count
            for cell, count in cells.items()
            if getattr(cell.place, level) == area and cell.matter.startswith(matter) and standing in ("", cell.standing)
        )

    views = {
        (level, getattr(cell.place, level), matter, standing)
        for cell in cells
        for level in LEVELS
        if getattr(cell.place, level)
        for matter in ("", "E01", "E02")
        for standing in ("", "open", "closed")
    }
    of_city = {view(*one) for one in views} | {0}
    whole = sum(cells.values())
    assert all(whole - told == 0 or whole - told >= 5 for told in of_city)
    for one, other in combinations(sorted(views), 2):
        if one[0] == other[0] and one[1] == other[1]:
            difference = abs(view(*one) - view(*other))
            nested = one[2].startswith(other[2]) and other[3] in ("", one[3])
            assert not nested or difference == 0 or difference >= 5
