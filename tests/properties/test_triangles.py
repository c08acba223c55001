"""Bounds of coverings by triples of demands, against all sets of sites, on coverings whose linear program is wide of the mark."""

from __future__ import annotations

from itertools import combinations
from random import Random

import numpy as np
import pytest

from gezhi.solvers.certificate import never
from gezhi.solvers.siting.core_program import linear_covering
from gezhi.solvers.siting.location import make_location, value
from gezhi.solvers.siting.relax import first_prices, rise, settled
from gezhi.solvers.siting.triangles import with_triangles

pytestmark = pytest.mark.no_database


def drawn(seed):
    """Demands by threes with sites for most pairs of each three, some sites across them, some districts with a least."""
    chance = Random(seed)  # noqa: S311 - the same instances in each run
    n = 3 * chance.randint(2, 4)
    serves = [
        list(pair)
        for three in range(0, n, 3)
        for pair in combinations(range(three, three + 3), 2)
        if chance.random() < 0.9
    ]
    serves += [sorted(chance.sample(range(n), chance.choice((1, 2, 3, 5)))) for _ in range(chance.randint(0, 3))]
    m = len(serves)
    lists = [[j for j in range(m) if i in serves[j]] for i in range(n)]
    district = np.array([chance.choice((-1, 0, 1)) if seed % 3 == 0 else -1 for _ in range(m)])
    there = [int((district == d).sum()) for d in (0, 1)]
    p = chance.randint(1, m - 1)
    least = np.array([min(chance.randint(0, 1), there[0]), min(chance.randint(0, 1), there[1])])
    least[1] = min(least[1], p - least[0])
    return make_location(
        np.cumsum([0, *map(len, lists)]),
        np.array([j for row in lists for j in row], dtype=np.int32),
        np.zeros(sum(map(len, lists))),
        np.array([float(chance.choice((1, 1, 1, 2, 7))) for _ in range(n)]),
        district=district,
        least=least,
        p=p,
    )


def allowed(location):
    """Every set that keeps the districts' least, with its cost."""
    for sites in combinations(range(location.m), location.p):
        held = np.bincount(location.district[list(sites)] + 1, minlength=3)[1:]
        if (held >= location.least).all():
            yield frozenset(sites), value(location, np.array(sites, dtype=np.int64))


def test_triples_prove_nothing_that_is_not_so():
    raised = 0
    for seed in range(400):
        location = drawn(seed)
        plans = dict(allowed(location))
        best = min(plans.values())
        root = rise(location, first_prices(location), target=best, enough=np.inf, steps=300, stop=never)
        linear = linear_covering(location, stop=never)
        heeding = with_triangles(location, linear, root, rounds=1 + seed % 3, stop=never)
        assert heeding.bound <= best + 1e-6, f"seed {seed}"
        raised += heeding.bound > root.bound + 1e-6
        opened, closed = settled(heeding, best + 1e-6)
        for sites, cost in plans.items():
            if cost <= best:
                assert opened[list(sites)].sum() == opened.sum(), f"seed {seed}"
                assert not closed[list(sites)].any(), f"seed {seed}"
    assert raised > 40
