"""The assignment equals scipy's optimum, in cases served first and then in cost, and its prices prove it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from gezhi.solvers.assign.shortest_paths import augment_all, nearest_columns, proven_bound, worst_reduced_cost
from gezhi.solvers.assign.solve import least_cost, most_then_least

FORBIDDEN = 1e7


def scipys(cost):
    """Rows served and their cost, by a large number for forbidden pairs."""
    rows, columns = linear_sum_assignment(np.where(np.isfinite(cost), cost, FORBIDDEN))
    chosen = cost[rows, columns]
    return int(np.isfinite(chosen).sum()), float(chosen[np.isfinite(chosen)].sum())


def ours(solved, cost):
    placed = solved.worker_of >= 0
    assert len(set(solved.worker_of[placed].tolist())) == placed.sum()
    return int(placed.sum()), float(cost[np.flatnonzero(placed), solved.worker_of[placed]].sum())


def random_costs(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 40), rng.integers(1, 120)
    cost = rng.random((n, m)) * 100 if seed % 2 else rng.integers(0, 9, (n, m)).astype(float)
    cost[rng.random((n, m)) < rng.choice([0.0, 0.3, 0.9, 0.97])] = np.inf
    return cost


@pytest.mark.parametrize("first", range(0, 1_000, 250))
def test_equals_scipy_on_a_thousand_instances(first):
    for seed in range(first, first + 250):
        cost = random_costs(seed)
        solved = most_then_least(cost)
        served, total = ours(solved, cost)
        assert (served, pytest.approx(total)) == scipys(cost), seed
        assert solved.bound == pytest.approx(total)


tables = st.integers(1, 6).flatmap(
    lambda n: st.integers(1, 6).flatmap(
        lambda m: st.lists(
            st.lists(st.one_of(st.integers(0, 20).map(float), st.just(np.inf)), min_size=m, max_size=m),
            min_size=n,
            max_size=n,
        )
    )
)


@settings(max_examples=150, deadline=None)
@given(tables)
def test_the_rise_without_a_pair_is_what_a_new_search_finds(rows):
    cost = np.array(rows)
    solved = most_then_least(cost, with_rise=True)
    served, total = ours(solved, cost)
    for row in np.flatnonzero(solved.worker_of >= 0):
        barred = cost.copy()
        barred[row, solved.worker_of[row]] = np.inf
        still, dearer = scipys(barred)
        wanted = dearer - total if still == served else np.inf
        assert solved.rise[row] == pytest.approx(wanted)


@settings(max_examples=150, deadline=None)
@given(tables, st.integers(0, 40))
def test_rows_may_be_left_out_at_a_price(rows, price):
    cost = np.array(rows)
    n = len(cost)
    leave = np.arange(n) + float(price)
    own = np.full((n, n), FORBIDDEN)
    np.fill_diagonal(own, leave)
    wide = np.hstack([np.where(np.isfinite(cost), cost, FORBIDDEN), own])
    wanted = wide[linear_sum_assignment(wide)].sum()
    solved = least_cost(cost, leave)
    _, total = ours(solved, cost)
    assert total + leave[solved.worker_of < 0].sum() == pytest.approx(wanted)
    assert solved.bound == pytest.approx(wanted)


def test_short_lists_widen_where_the_prices_ask_for_it():
    # All rows want the same few columns: every list of two is too short.
    rng = np.random.default_rng(5)
    cost = rng.random((60, 90)) + np.arange(90) * 0.01
    near, farther = nearest_columns(cost, 2)
    columns, u, v, stuck = augment_all(cost, np.full(60, np.inf), near, farther)
    assert stuck == -1
    assert cost[np.arange(60), columns].sum() == pytest.approx(cost[linear_sum_assignment(cost)].sum())
    assert worst_reduced_cost(cost, u, v) > -1e-9
    assert proven_bound(cost, np.full(60, np.inf), u, v) == pytest.approx(cost[np.arange(60), columns].sum())


def test_wrong_prices_prove_less_and_never_more():
    cost = np.random.default_rng(6).random((20, 30))
    best = cost[linear_sum_assignment(cost)].sum()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        assert proven_bound(cost, np.full(20, np.inf), rng.random(20), -rng.random(30)) <= best
