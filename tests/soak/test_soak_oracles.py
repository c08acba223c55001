"""The same as in the suite, on thousands of tasks: what partition, assignment and coverage say, against all that there is."""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest

from tests.oracles import assign, coverage, partition
from tests.properties.test_oracle_of_coverage import faults_of as faults_of_coverage

pytestmark = pytest.mark.no_database
# Another seed looks at other tasks.
FIRST = 1_000_000 * int(os.environ.get("GEZHI_SOAK_SEED", "1"))


def hold(name, count, faults_of):
    """Count the statuses of ``count`` tasks; none may be told wrongly."""
    said: Counter[str] = Counter()
    began, wrong = time.monotonic(), []
    for seed in range(FIRST, FIRST + count):
        status, faults = faults_of(seed)
        said[status] += 1
        wrong += [(seed, fault) for fault in faults]
    counts = ", ".join(f"{number} {status}" for status, number in sorted(said.items()))
    print(f"{name}: {count} tasks, {len(wrong)} wrong ({counts}), {time.monotonic() - began:.0f} s")
    assert wrong == []


def test_partition_on_thousands_of_tasks():
    hold("partition", 2_500, lambda seed: partition.faults_of(partition.random_task(seed)))


def test_assignment_on_thousands_of_tasks():
    hold("assignment", 20_000, lambda seed: assign.faults_of(assign.random_task(seed)))


def test_coverage_on_thousands_of_layers():
    hold("coverage", 1_500, lambda seed: ("cleaned", faults_of_coverage(coverage.drawn(seed))))
