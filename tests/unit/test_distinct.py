"""Ids that a task may name once only."""

import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.distinct import require_distinct


def test_different_ids_pass():
    require_distinct([], code="x.twice", field="units[{}].id")
    require_distinct(["a", "b", 1, "1"], code="x.twice", field="units[{}].id")


@pytest.mark.parametrize(
    ("more", "field", "message"),
    [
        ({}, "units[2].id", "'b' stands twice"),
        ({"order": [3, 2, 1, 0]}, "units[1].id", "'b' stands twice"),
        ({"kind": "unit"}, "units[2].id", "unit 'b' stands twice"),
    ],
)
def test_the_second_of_two_is_named(more, field, message):
    with pytest.raises(InvalidInput) as caught:
        require_distinct(["a", "b", "b", "c"], code="x.twice", field="units[{}].id", **more)
    assert (caught.value.code, caught.value.field, caught.value.message) == ("x.twice", field, message)
