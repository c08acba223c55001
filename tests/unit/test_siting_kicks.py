"""Kicks among neighbours: a plan of the rules, no worse than its start, the same by one seed, and better than kicks anywhere."""

import numpy as np
import pytest
from benchmarks.solve_siting import board, core_of_median

from gezhi.solvers.certificate import never
from gezhi.solvers.siting.greedy import greedy
from gezhi.solvers.siting.kicks import kick_neighbours, search
from gezhi.solvers.siting.location import make_location, value
from gezhi.solvers.siting.swaps import improve


def located(seed, *, demands=60, sites=40, p=12, districts=3):
    """A location with lists cut short (some demands may stay unserved) and districts that are owed sites."""
    rng = np.random.default_rng(seed)
    here, there = rng.random((demands, 2)), rng.random((sites, 2))
    table = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1)) * rng.integers(0, 9, demands)[:, None]
    if seed % 2:
        table = np.round(table * 5)
    shown = [np.flatnonzero(rng.random(sites) < 0.5) for _ in range(demands)]
    shown = [row[np.argsort(table[i, row], kind="stable")] for i, row in enumerate(shown)]
    start = np.concatenate([[0], np.cumsum([len(row) for row in shown])]).astype(np.int64)
    site = np.concatenate(shown).astype(np.int32)
    cost = np.concatenate([table[i, row] for i, row in enumerate(shown)])
    district = rng.integers(-1, districts, sites)
    least = np.minimum(2, np.bincount(district[district >= 0], minlength=districts)).astype(np.int64)
    return make_location(start, site, cost, table.max(axis=1) + 1.0, district=district, least=least, p=p)


@pytest.mark.parametrize("seed", range(30))
def test_a_kicked_plan_keeps_the_rules_and_is_no_worse(seed):
    location = located(seed)
    start = greedy(location)
    found = kick_neighbours(location, start, seed=seed, budget=30_000, stop=never)
    assert len(set(found.tolist())) == location.p
    held = np.bincount(location.district[found][location.district[found] >= 0], minlength=len(location.least))
    assert (held >= location.least).all()
    assert value(location, found) <= value(location, start) + 1e-9
    assert np.array_equal(found, kick_neighbours(location, start, seed=seed, budget=30_000, stop=never))


@pytest.mark.parametrize("p", [0, 1, 39, 40])
def test_nothing_to_choose(p):
    location = located(4, p=p, districts=0) if p < 6 else located(4, p=p)
    found = search(location, greedy(location), seed=1, budget=10_000, stop=never)
    assert len(found) == p


def test_where_every_fifth_opens_neighbours_are_worth_more_than_kicks_anywhere():
    gains = []
    for seed in (31, 32, 33):
        core = core_of_median(board(1_400, 300, seed))
        start = greedy(core)
        anywhere, _ = improve(core, start, seed=seed, budget=30_000_000, stop=never)
        near = search(core, start, seed=seed, budget=30_000_000, stop=never)
        gains.append(1 - value(core, near) / value(core, anywhere))
    assert np.mean(gains) > 0.001
