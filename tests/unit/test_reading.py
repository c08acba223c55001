"""Numbers, angles, instants and cursors are read as they are written, or not at all."""

from __future__ import annotations

import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.paging import decode_cursor, encode_cursor, moment_and_key
from gezhi.kernel.reading import day_or_instant, degrees, row_id, whole_number
from tests.factories.odd_values import ODD


def test_there_are_sixty_odd_values():
    assert len(set(ODD)) == 60


@pytest.mark.parametrize("text", ODD)
def test_an_odd_value_is_read_safely_or_not_at_all(text):
    number = whole_number(text)
    assert number is None or 0 <= number < 2**63
    angle = degrees(text, most=180)
    assert angle is None or -180 <= angle <= 180
    moment = day_or_instant(text)
    assert moment is None or 1900 <= moment.year <= 2200


WHOLE = [("7", 7), (" 12 ", 12), ("0012", 12), ("²", None), ("٣", None), ("1_0", None), ("9" * 20, None), ("-1", None)]
ANGLES = [("112.1", 112.1), ("-0.5", -0.5), ("1e2", 100.0), ("181", None), ("nan", None), ("", None)]


@pytest.mark.parametrize(("text", "number"), WHOLE)
def test_whole_numbers_are_ascii_digits(text, number):
    assert whole_number(text) == number


def test_a_key_is_never_zero():
    assert (row_id("0"), row_id("1"), row_id(str(2**63 - 1)), row_id(str(2**63))) == (None, 1, 2**63 - 1, None)


@pytest.mark.parametrize(("text", "angle"), ANGLES)
def test_angles_lie_on_the_globe(text, angle):
    assert degrees(text, most=180) == angle


def test_a_cursor_comes_back_and_a_forged_one_does_not():
    text = encode_cursor(["newest", "2026-03-02T02:00:00+00:00", 7])
    assert moment_and_key(*decode_cursor(text, length=3)[1:])[1] == 7
    forged = (["newest", "0001-01-01T00:00:00+14:00", 1], ["newest", "2026-03-02T02:00:00", 1], ["newest", 5, 1],
              ["newest", "2026-03-02T02:00:00+00:00", 2**64], ["newest", "2026-03-02T02:00:00+00:00", True],
              ["newest", "2026-03-02T02:00:00+00:00", 1e300], ["newest", None, None])  # fmt: skip
    for values in forged:
        with pytest.raises(InvalidInput):
            moment_and_key(*decode_cursor(encode_cursor(values), length=3)[1:])


@pytest.mark.parametrize("text", ODD)
def test_an_odd_cursor_is_refused(text):
    with pytest.raises(InvalidInput):
        moment_and_key(*decode_cursor(text, length=3)[1:])
