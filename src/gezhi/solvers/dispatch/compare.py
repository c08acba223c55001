"""Policies side by side on the same days (common random numbers), with confidence intervals over the days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Cancelled, Progress, ShouldStop, never, silent
from gezhi.solvers.dispatch.day import DayResult, simulate_day
from gezhi.solvers.dispatch.ground import SQUARE, Ground
from gezhi.solvers.dispatch.policy import Policy, Rules
from gezhi.solvers.dispatch.scenario import Day, DayShape, make_day

MOST_SEEDS = 10_000


@dataclass(frozen=True, slots=True)
class PolicyFigures:
    """Means over the days. Minutes.

    ``ci95``: the 95 % interval of the mean response (Student's t over the days; None for one day).
    ``started_same_day``: share of cases reached before the shift ended. ``travel_min``: way for each case.
    ``fairness``: Jain's index of the minutes of work and way of each worker, (Σ w)² ÷ (m Σ w²): 1 is even.
    ``swaps``: workers taken off the way, each day; ``swaps_per_worker_hour``: the same for each worker and hour.
    ``own_grid``: share of the cases reached by the grid's worker.
    """

    mean: float
    p95: float
    ci95: tuple[float, float] | None
    started_same_day: float
    travel_min: float
    fairness: float
    swaps: float
    swaps_per_worker_hour: float
    own_grid: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """``idle_mean``, ``idle_p95``: the response if everybody were always idle at home.

    That is a yardstick for fleets that nobody may reposition, and no proven bound: a worker may end a case nearer to
    the next one than any home is.
    """

    figures: dict[Policy, PolicyFigures]
    idle_mean: float
    idle_p95: float
    days: int


def jain(load: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """(Σ w)² ÷ (m Σ w²): 1 where all carry the same, 1/m where one carries all; 1 for no load."""
    squares = float((load**2).sum())
    return float(load.sum() ** 2 / (load.size * squares)) if squares else 1.0


def _one_day(day: Day, result: DayResult) -> tuple[float, ...]:
    if not day.at.size:
        return (0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0)
    started = np.isfinite(result.start)
    return (
        float(result.response.mean()),
        float(np.percentile(result.response, 95)),
        float(started.mean()),
        float(result.way.sum() / day.at.size),
        jain(result.work + result.way),
        float(result.swaps),
        float((started & (result.served_by == day.owner)).mean()),
    )


def compare_policies(
    shape: DayShape,
    policies: Sequence[Policy],
    *,
    seeds: int,
    first_seed: int = 0,
    rules: Rules | None = None,
    ground: Ground = SQUARE,
    should_stop: ShouldStop = never,
    progress: Progress = silent,
) -> Comparison:
    """Simulate ``seeds`` days under each of ``policies``. Raises ``InvalidInput``, or ``Cancelled`` before the end."""
    if not 1 <= seeds <= MOST_SEEDS:
        raise InvalidInput("dispatch.bad_number", f"must be a whole number from 1 to {MOST_SEEDS}", field="seeds")
    rows: dict[Policy, list[tuple[float, ...]]] = {policy: [] for policy in policies}
    idle: list[tuple[float, float]] = []
    for number in range(seeds):
        day = make_day(shape, first_seed + number, ground=ground)
        idle.append((float(day.idle_home.mean()), float(np.percentile(day.idle_home, 95))) if day.at.size else (0, 0))
        for place, policy in enumerate(rows):
            if should_stop():
                raise Cancelled
            progress((number + place / len(rows)) / seeds, f"day {number + 1} of {seeds}, {policy}")
            rows[policy].append(_one_day(day, simulate_day(day, policy, rules)))
    figures = {}
    for policy, days in rows.items():
        table = np.array(days)
        mean, p95, started, travel, fairness, swaps, own = table.mean(axis=0).tolist()
        interval = None
        if seeds > 1:
            half = float(stats.t.ppf(0.975, seeds - 1) * table[:, 0].std(ddof=1) / np.sqrt(seeds))
            interval = (mean - half, mean + half)
        hours = max(1, shape.workers) * shape.hours
        figures[policy] = PolicyFigures(mean, p95, interval, started, travel, fairness, swaps, swaps / hours, own)
    idle_mean, idle_p95 = np.array(idle).mean(axis=0).tolist()
    return Comparison(figures, idle_mean, idle_p95, seeds)
