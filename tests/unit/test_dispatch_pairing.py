"""The plan of one moment from short lists is the plan over all pairs, and both ways of listing list the same."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from gezhi.solvers.dispatch import SQUARE, Rules
from gezhi.solvers.dispatch.fields import begin_fields, even_field, put, put_busy, put_case
from gezhi.solvers.dispatch.orders import _around, _each_with_each, _look
from gezhi.solvers.dispatch.pairing import begin_lists, best_pairs, enlist, longer, too_short
from gezhi.solvers.dispatch.shelves import begin_shelves, shelve, unshelve
from gezhi.solvers.dispatch.snapshot import weights_of
from gezhi.solvers.dispatch.state import AT_WORK, IDLE, NOBODY, CaseState, Fleet, send


def from_lists(cost, most):
    """The columns chosen from lists that begin with ``most`` entries, and how often they had to be made longer."""
    rows, columns = cost.shape
    lists, wanted, rounds = begin_lists(rows, most), np.ones(rows, dtype=bool), 0
    while True:
        for row in np.flatnonzero(wanted):
            for column in range(columns):
                if cost[row, column] < lists.farther[row]:
                    enlist(row, column, cost[row, column], lists)
        chosen, u = best_pairs(lists, np.full(columns, NOBODY))
        wanted = too_short(lists, u)
        if not wanted.any():
            return chosen, rounds
        lists, rounds = longer(lists, wanted), rounds + 1


@pytest.mark.parametrize("seed", range(60))
def test_short_lists_give_the_least_cost_over_all_pairs(seed):
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(1, 40, 2)
    # Columns that all rows want, forbidden pairs, whole numbers that tie: what short lists could get wrong.
    cost = rng.uniform(-30, 10, (rows, columns)) + rng.uniform(-20, 20, columns)
    cost[rng.random(cost.shape) < 0.2] = np.inf
    if seed % 3 == 0:
        cost = np.where(np.isfinite(cost), np.round(cost), np.inf)
    chosen, rounds = from_lists(cost, 1 + seed % 3)
    used = chosen[chosen != NOBODY]
    assert len(set(used.tolist())) == len(used)
    total = sum(cost[row, column] for row, column in enumerate(chosen) if column != NOBODY)
    # Whoever is left out costs nothing: a column of its own for each row.
    table = np.hstack([np.where(np.isfinite(cost), cost, 1e6), np.zeros((rows, rows))])
    assert total == pytest.approx(table[linear_sum_assignment(table)].sum())
    if seed % 3 == 0 and rows > 20 and columns > 20:
        assert rounds > 0


def moment(seed, cases_count, workers):
    """A crowded moment: most are at work, some under way, the rest idle; thousands wait."""
    rng = np.random.default_rng(seed)
    n, m = cases_count, workers
    cases = CaseState(
        at=np.sort(rng.uniform(0, 300, n)), x=rng.uniform(-0.5, 10.5, n), y=rng.uniform(-0.5, 10.5, n),
        kind=rng.choice(3, n, p=[0.75, 0.2, 0.05]), owner=rng.integers(0, m, n), given_to=np.full(n, NOBODY),
        lost=rng.integers(0, 5, n),
    )  # fmt: skip
    skills = np.ones((m, 3), dtype=bool)
    skills[:, 1:] = rng.random((m, 2)) < 0.3
    fleet = Fleet(
        x=rng.uniform(0, 10, m), y=rng.uniform(0, 10, m), skills=skills, state=np.full(m, AT_WORK),
        case=np.full(m, NOBODY), since=np.zeros(m), until=np.full(m, np.inf), way=np.zeros(m),
        used=rng.uniform(0, 200, m), changed=np.full((m, 4), -np.inf), changes=np.zeros(m, np.int64), speed_km_min=0.2,
    )  # fmt: skip
    fields = begin_fields(fleet.x, fleet.y, 3, SQUARE, 2.0, even_field(SQUARE, 2.0))
    shelves = begin_shelves(n, 3, SQUARE)
    for case in range(n):
        shelve(case, cases, SQUARE, shelves)
        put_case(cases.x[case], cases.y[case], cases.kind[case], 1.0, fields)
        put(fields.demand, cases.x[case], cases.y[case], 1.0, fields)
    free = rng.permutation(m)[: m // 8]
    fleet.state[free] = IDLE
    for worker in np.flatnonzero(fleet.state == AT_WORK):
        put_busy(fleet.x[worker], fleet.y[worker], skills[worker], 1.0, fields)
    for worker in free[::2]:
        able = np.flatnonzero(skills[worker, cases.kind] & (cases.given_to == NOBODY))
        send(worker, rng.choice(able), 300.0 - rng.uniform(0, 3), fleet, cases)
    gone = rng.permutation(np.flatnonzero(cases.given_to == NOBODY))[: n // 4]
    for case in gone:
        unshelve(case, cases, SQUARE, shelves)
    open_cases = np.setdiff1d(np.arange(n), gone)
    return open_cases, fleet, cases, fields, shelves


@pytest.mark.parametrize(("seed", "owner"), [(0, 0.0), (1, 0.0), (2, 6.0), (3, 6.0)])
def test_looking_around_lists_what_looking_at_all_lists(seed, owner):
    open_cases, fleet, cases, fields, shelves = moment(seed, 3_000, 200)
    rules = weights_of(Rules(owner=owner), fleet.skills, 40.0)
    now = 301.0
    seen = _look(now, 3_000, open_cases, fleet, cases, fields, shelves, rules)
    kept = [c for c in open_cases if cases.given_to[c] != NOBODY and cases.lost[c] >= rules.case_changes]
    everybody = np.ones(seen.free.size, dtype=bool)
    for most in (1, 8, 32):
        around, all_pairs = begin_lists(seen.free.size, most), begin_lists(seen.free.size, most)
        _around(everybody, around, seen, fleet, cases, fields, shelves, rules)
        rows = np.setdiff1d(open_cases, np.array(kept, dtype=np.int64))
        _each_with_each(rows, False, everybody, all_pairs, seen, fleet, cases, fields, rules)
        assert np.array_equal(around.length, all_pairs.length)
        assert around.length.any()
        for row, length in enumerate(around.length):
            assert np.array_equal(around.near[row, :length], all_pairs.near[row, :length])
            assert around.cost[row, :length] == pytest.approx(all_pairs.cost[row, :length])


def test_a_row_that_hides_nothing_is_never_made_longer():
    # Rounding may lift a price a hair above zero.
    lists = begin_lists(1, 4)
    assert not too_short(lists, np.array([1e-15])).any()
    assert longer(lists, np.array([True])).cost.shape == (1, 16)
