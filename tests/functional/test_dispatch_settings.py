"""The policy on days that nothing was chosen on: the mean, the fairness beside it, and the CPU time of a large day."""

import time

import numpy as np
import pytest
from benchmarks.solve_dispatch import LARGE, LARGE_MOST_CPU_S, compared, shape_of

from gezhi.solvers.dispatch import DayShape, Policy, make_day, simulate_day


@pytest.mark.parametrize("share", [0.05, 0.15, 0.3, 0.5])
def test_on_quiet_days_too_the_mean_is_that_of_the_nearest_or_better_and_the_work_is_shared_more_evenly(share):
    rows = [compared(shape_of(200, share, sigma), first_seed=3_000, seeds=4) for sigma in (0.0, 1.0, 2.0)]
    fifo, aged, plain, ours = (
        np.array([(row.mean, row.fairness) for row in column]).mean(axis=0) for column in zip(*rows, strict=True)
    )
    assert ours[0] <= 1.02 * min(fifo[0], aged[0])
    assert ours[0] <= 1.02 * plain[0]
    assert ours[1] >= aged[1] - 0.003


def test_a_large_day_takes_seconds():
    simulate_day(make_day(DayShape(workers=10, cases=10), 1), Policy.GEZHI)  # compiles
    day = make_day(LARGE, 1_000)
    begin = time.process_time()
    result = simulate_day(day, Policy.GEZHI)
    assert time.process_time() - begin <= LARGE_MOST_CPU_S
    # The fleet can serve little more than half: everybody is at work all day, and nobody twice at once.
    assert 0.5 < np.isfinite(result.start).mean() < 0.65
    assert (result.work + result.way).mean() > 550
