"""Codes as people and their keyboards write them."""

from __future__ import annotations

import pytest

from gezhi.kernel.ids import normalise_code


@pytest.mark.parametrize(
    "typed",
    [
        "7HKQ2M9XW0A1",
        "7hkq-2m9x-wOaI",
        " 7HKQ 2M9X W0A1 ",
        "７ＨＫＱ２Ｍ９ＸＷ０Ａ１",
        "7hkq－2m9x－woai",
        "7HKQ　2M9X　W0A1",
    ],
)
def test_a_code_is_one_however_it_is_typed(typed):
    assert normalise_code(typed) == "7HKQ2M9XW0A1"
