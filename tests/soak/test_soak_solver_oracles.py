"""Thousands of random tasks against all plans that there are: the answers of siting, and the bounds of partition."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.oracles import siting
from tests.properties.test_bounds_of_partition import bounds_above_the_truth

pytestmark = pytest.mark.no_database
# Beyond the seeds of the suite.
FIRST = 10_000
SITING, SITING_LONG, PARTITION = 4_000, 60, 1_000


@pytest.mark.parametrize(("count", "effort"), [(SITING, 0.01), (SITING_LONG, 0.3)])
def test_siting_says_nothing_that_is_not_so(count, effort):
    said: Counter[str] = Counter()
    wrong = {}
    for seed in range(FIRST, FIRST + count):
        status, faults = siting.faults_of(siting.random_task(seed), effort)
        said[status] += 1
        if faults:
            wrong[seed] = faults
    print(f"siting, effort {effort}: {count} tasks, {dict(said)}, {len(wrong)} wrong")
    assert wrong == {}


def test_no_bound_of_a_partition_is_above_the_shortest_borders():
    bounds, wrong = 0, {}
    for seed in range(FIRST, FIRST + PARTITION):
        count, faults = bounds_above_the_truth(seed, work=2e8)
        bounds += count
        if faults:
            wrong[seed] = faults
    print(f"partition: {bounds} bounds by relaxation of {PARTITION} tasks, {len(wrong)} wrong")
    assert wrong == {}
