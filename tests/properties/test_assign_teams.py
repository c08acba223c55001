"""Teams are sent whole or not at all, and the plan equals the best of all choices of teams."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from gezhi.solvers.assign import Cases, DispatchCost, Objective, Workers, solve_assignment
from gezhi.solvers.assign.teams import whole_teams
from gezhi.solvers.certificate import Status

FORBIDDEN = 1e7


def best_of_all(table, leave, people):
    """Least cost over every choice of the cases that are served: scipy for each choice."""
    best = np.inf
    for served in itertools.product((False, True), repeat=len(people)):
        chosen = np.array(served)
        rows = np.repeat(np.flatnonzero(chosen), people[chosen])
        if rows.size > table.shape[1]:
            continue
        given = np.where(np.isfinite(table[rows]), table[rows], FORBIDDEN)
        cost = given[linear_sum_assignment(given)].sum() if rows.size else 0.0
        if cost < FORBIDDEN:
            best = min(best, cost + float((leave * people)[~chosen].sum()))
    return best


tasks = st.tuples(st.integers(1, 6), st.integers(1, 7), st.integers(0, 10**6))


def random_task(cases, workers, seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 30, (cases, workers)).astype(float)
    table[rng.random(table.shape) < rng.choice([0.0, 0.2, 0.6])] = np.inf
    return table, rng.integers(0, 40, cases).astype(float), rng.integers(1, 4, cases)


@settings(max_examples=300, deadline=None)
@given(tasks)
def test_the_plan_is_the_best_of_all_choices(task):
    table, leave, people = random_task(*task)
    slots = np.repeat(np.arange(len(people)), people)
    solved = whole_teams(table[slots], leave[slots], slots, people, np.arange(len(people)))
    placed = solved.worker_of >= 0
    filled = np.bincount(slots[placed], minlength=len(people))
    assert set((filled / people).tolist()) <= {0.0, 1.0}
    assert len(set(solved.worker_of[placed].tolist())) == placed.sum()
    cost = table[slots[placed], solved.worker_of[placed]].sum() + leave[slots[~placed]].sum()
    assert cost == pytest.approx(best_of_all(table, leave, people))
    assert solved.bound == pytest.approx(cost)


def plan(should_stop=lambda: False):
    rng = np.random.default_rng(3)
    n, m = 12, 14
    cases = Cases.of(
        ids=[f"c{i:02}" for i in range(n)],
        x=rng.random(n) * 1_000,
        y=rng.random(n) * 1_000,
        people=rng.integers(2, 4, n),
    )
    workers = Workers.of(ids=[f"w{j:02}" for j in range(m)], x=rng.random(m) * 1_000, y=rng.random(m) * 1_000)
    travel = np.hypot(cases.x[:, None] - workers.x, cases.y[:, None] - workers.y)
    return solve_assignment(
        cases=cases,
        workers=workers,
        travel_s=travel,
        objective=Objective.DISPATCH,
        costs=DispatchCost(leave_s=600),
        should_stop=should_stop,
    )


def test_a_stopped_search_keeps_whole_teams_and_an_honest_bound():
    whole, stopped = plan(), plan(lambda: True)
    assert whole.status is Status.OPTIMAL
    assert whole.cost == pytest.approx(whole.bound)
    assert stopped.bound <= whole.cost <= stopped.cost
    assert stopped.bound < stopped.cost
    assert stopped.status is Status.FEASIBLE
    assert "within" in stopped.certificate.claim


@settings(max_examples=150, deadline=None)
@given(tasks)
def test_the_rise_without_a_person_is_what_a_new_search_with_the_same_teams_finds(task):
    table, leave, people = random_task(*task)
    slots = np.repeat(np.arange(len(people)), people)
    solved = whole_teams(table[slots], leave[slots], slots, people, np.arange(len(people)), with_rise=True)
    placed = solved.worker_of >= 0
    cost = table[slots[placed], solved.worker_of[placed]].sum() + leave[slots[~placed]].sum()
    sent = np.bincount(slots[placed], minlength=len(people)) > 0
    for row in np.flatnonzero(placed):
        case, worker = slots[row], solved.worker_of[row]
        barred = table.copy()
        barred[case, worker] = np.inf
        # Cases of one person may change; teams are sent as before.
        barred[(people > 1) & ~sent] = np.inf
        must = np.where((people > 1) & sent, FORBIDDEN, leave)
        wanted = best_of_all(barred, must, people) - cost
        assert solved.rise[row] == pytest.approx(wanted) if wanted < FORBIDDEN / 2 else np.isinf(solved.rise[row])
