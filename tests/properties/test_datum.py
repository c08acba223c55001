"""Datum shifts: what goes out comes back, and nothing moves abroad."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.kernel.datum import (
    SHIFTED_REGION,
    Bounds,
    Datum,
    PositionDoubt,
    from_wgs84,
    position_doubts,
    to_wgs84,
    wgs84_to_gcj02,
)

inside_lon = st.floats(SHIFTED_REGION.min_lon + 0.05, SHIFTED_REGION.max_lon - 0.05)
inside_lat = st.floats(SHIFTED_REGION.min_lat + 0.05, SHIFTED_REGION.max_lat - 0.05)
datums = st.sampled_from(list(Datum))
XIANGYANG = Bounds(110.7, 31.2, 113.2, 32.7)


@given(inside_lon, inside_lat, datums)
def test_round_trip_is_closer_than_a_micro_degree(lon, lat, datum):
    back = to_wgs84(*from_wgs84(lon, lat, datum), datum)
    assert back == pytest.approx((lon, lat), abs=1e-7)


@given(inside_lon, inside_lat, datums)
def test_inverse_first_round_trip(lon, lat, datum):
    back = from_wgs84(*to_wgs84(lon, lat, datum), datum)
    assert back == pytest.approx((lon, lat), abs=1e-7)


@given(st.floats(-180, 71.9), st.floats(-90, 90), datums)
def test_west_of_china_nothing_moves(lon, lat, datum):
    assert from_wgs84(lon, lat, datum) == (lon, lat)
    assert to_wgs84(lon, lat, datum) == (lon, lat)


@given(inside_lon, inside_lat)
def test_gcj02_moves_by_metres_not_kilometres(lon, lat):
    shifted_lon, shifted_lat = wgs84_to_gcj02(lon, lat)
    metres = math.hypot((shifted_lon - lon) * math.cos(math.radians(lat)), shifted_lat - lat) * 111_320
    assert metres < 1_500


@given(st.lists(st.tuples(st.floats(60, 145), st.floats(-5, 60)), min_size=1, max_size=30), datums)
def test_arrays_agree_with_single_points(pairs, datum):
    lon, lat = np.array(pairs).T
    many = to_wgs84(lon, lat, datum)
    single = [to_wgs84(float(x), float(y), datum) for x, y in pairs]
    assert np.column_stack(many) == pytest.approx(np.array(single), abs=1e-12)


def test_known_point_of_beijing():
    # Tian'anmen; the expected pair is what the public formula gives and map services show, to the metre.
    assert wgs84_to_gcj02(116.404, 39.915) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    assert from_wgs84(116.404, 39.915, Datum.BD09) == pytest.approx((116.41662724378733, 39.922699552216216), abs=1e-7)


def test_cgcs2000_is_taken_as_wgs84():
    assert to_wgs84(112.14, 32.04, Datum.CGCS2000) == (112.14, 32.04)


@pytest.mark.parametrize(
    ("lon", "lat", "expected"),
    [
        (112.14, 32.04, ()),
        (32.04, 112.14, (PositionDoubt.OUT_OF_RANGE, PositionDoubt.SWAPPED)),
        (0.0, 0.0, (PositionDoubt.NULL_ISLAND,)),
        (0.002, -0.003, (PositionDoubt.NULL_ISLAND,)),
        (float("nan"), 32.0, (PositionDoubt.NOT_A_NUMBER,)),
        (float("inf"), 32.0, (PositionDoubt.NOT_A_NUMBER,)),
        (190.0, 32.0, (PositionDoubt.OUT_OF_RANGE,)),
        (114.3, 30.6, (PositionDoubt.OUTSIDE,)),
    ],
)
def test_doubts_about_a_position(lon, lat, expected):
    assert position_doubts(lon, lat, bounds=XIANGYANG) == expected


def test_swapped_pair_within_range_is_recognised_by_the_citys_box():
    boston = Bounds(-71.2, 42.2, -70.9, 42.4)
    assert position_doubts(42.3, -71.0, bounds=boston) == (PositionDoubt.SWAPPED,)
