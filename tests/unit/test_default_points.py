"""A point under many addresses that carries too large a share of the rows means 'unknown'."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.solvers.default_points import MIN_ADDRESSES, MIN_SHARE, find_default_points

HALL = (-71.0587, 42.3594)


def register(*groups):
    """Arrays of a register made of groups (lon, lat, rows, addresses); addresses are used in turn."""
    lon, lat, address = [], [], []
    for x, y, rows, addresses in groups:
        lon += [x] * rows
        lat += [y] * rows
        address += [hash((x, y, index % addresses)) for index in range(rows)]
    return np.array(lon, dtype=float), np.array(lat, dtype=float), np.array(address, dtype=np.int64)


def ordinary(count):
    return [(-71.0 - index / 10_000, 42.3, 1, 1) for index in range(count)]


def test_a_point_with_many_rows_under_many_addresses_is_found_with_its_figures():
    (found,) = find_default_points(*register((*HALL, 80, 60), *ordinary(920)))
    assert (found.lon, found.lat, found.rows, found.addresses) == (*HALL, 80, 60)


def test_a_busy_place_with_one_address_is_a_place():
    assert find_default_points(*register((*HALL, 300, 1), *ordinary(700))) == []


def test_an_estate_with_many_addresses_and_a_plausible_share_is_a_place():
    assert find_default_points(*register((*HALL, 13, 13), *ordinary(987))) == []
    assert find_default_points(*register((*HALL, 77, 49), *ordinary(5_660))) == []


def test_the_largest_comes_first():
    found = find_default_points(*register((1.5, 2.5, 50, 30), (*HALL, 90, 30), *ordinary(860)))
    assert [point.rows for point in found] == [90, 50]


def test_an_empty_register_has_none():
    assert find_default_points(*register()) == []


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="lengths differ"):
        find_default_points(np.zeros(2), np.zeros(2), np.zeros(3, dtype=np.int64))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 60)), min_size=1, max_size=300))
def test_it_counts_as_a_plain_loop_does(rows):
    lon, lat, address = (np.array(column) for column in zip(*rows, strict=True))
    expected = {}
    for x, y, words in rows:
        expected.setdefault((x, y), []).append(words)
    wanted = {
        (pair, len(words), len(set(words)))
        for pair, words in expected.items()
        if len(words) >= MIN_SHARE * len(rows) and len(set(words)) >= MIN_ADDRESSES
    }
    found = find_default_points(lon.astype(float), lat.astype(float), address)
    assert {((p.lon, p.lat), p.rows, p.addresses) for p in found} == wanted
