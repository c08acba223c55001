"""On tasks small enough to try every plan, the siting solver finds the best one and says no more than is true."""

import itertools
import math

import numpy as np
import pytest

from gezhi.solvers.certificate import Status
from gezhi.solvers.siting import Demand, Equity, Site, SitingTask, solve_siting

MODELS = ("p_median", "max_cover", "set_cover")
SEEDS = range(12)


def weighed(rng, n):
    return rng.integers(0, 9, n).astype(float)


def euclidean(rng, n, m):
    here, there = rng.integers(0, 40, (n, 2)).astype(float), rng.integers(0, 40, (m, 2)).astype(float)
    table = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    demand = [{"x": x, "y": y} for x, y in here]
    sites = [{"x": x, "y": y} for x, y in there]
    return table, demand, sites, {"metric": "euclidean"}


def sparse(rng, n, m):
    table = rng.integers(0, 30, (n, m)).astype(float)
    table[rng.random((n, m)) < 0.45] = math.inf
    if rng.random() < 0.5:
        given = {"matrix": [[None if math.isinf(d) else d for d in row] for row in table]}
    else:
        given = {
            "pairs": [(f"d{i}", f"s{j}", table[i, j]) for i, j in zip(*np.nonzero(np.isfinite(table)), strict=True)]
        }
    return table, [{}] * n, [{}] * m, {"metric": "matrix", **given}


def graph(rng, n, m):
    """Roads with lengths of 0, pairs given twice (the later counts), and places that are no node of demand or site."""
    nodes = n + m + 2
    names = [f"d{i}" for i in range(n)] + [f"s{j}" for j in range(m)] + ["x", "y"]
    edges = [
        (names[int(a)], names[int(b)], float(rng.integers(0, 20))) for a, b in rng.integers(0, nodes, (2 * nodes, 2))
    ]
    edges += [(name, "x", 25.0) for name in names if rng.random() < 0.7]
    # Every place is on some road, if only on one that leads nowhere.
    edges += [(name, f"{name}-end", 1.0) for name in names]
    last = {frozenset((a, b)): length for a, b, length in edges if a != b}
    everywhere = sorted({name for pair in last for name in pair})
    table = np.full((len(everywhere), len(everywhere)), math.inf)
    for pair, length in last.items():
        a, b = (everywhere.index(name) for name in pair)
        table[a, b] = table[b, a] = length
    np.fill_diagonal(table, 0.0)
    for k in range(len(everywhere)):
        table = np.minimum(table, table[:, k : k + 1] + table[k : k + 1])
    rows, columns = ([everywhere.index(f"{letter}{k}") for k in range(count)] for letter, count in (("d", n), ("s", m)))
    return table[np.ix_(rows, columns)], [{}] * n, [{}] * m, {"metric": "graph", "graph": edges}


DISTANCES = (euclidean, sparse, graph)


def worst(metres, weight, share):
    """The mean over the worst share, by walking down from the farthest."""
    left, total = share * weight.sum(), 0.0
    for i in np.argsort(-metres):
        part = min(left, weight[i])
        total += part * metres[i]
        left -= part
    return total / (share * weight.sum())


def made(seed, model, distance, *, fixed=False, minimums=False, capacity=False, equity=None, limit=False):
    rng = np.random.default_rng(
        [seed, MODELS.index(model), DISTANCES.index(distance), fixed, minimums, capacity, limit]
    )
    n, m = int(rng.integers(2, 7)), int(rng.integers(2, 7))
    table, where, sites, given = distance(rng, n, m)
    weight = weighed(rng, n)
    if equity is not None:
        weight += 1.0
    stays = rng.random(m) < 0.3 if fixed else np.zeros(m, dtype=bool)
    room = np.where(rng.random(m) < 0.8, rng.integers(0, 22, m), np.inf) if capacity else np.full(m, np.inf)
    district = [str(d) for d in rng.integers(0, 3, m)]
    least = {name: int(rng.integers(0, 3)) for name in sorted(set(district))} if minimums else {}
    p = int(rng.integers(max(1, stays.sum()), m + 1))
    if model == "set_cover" and rng.random() < 0.6:
        p = None
    limits = {"radius_m": float(rng.integers(5, 25)), "limit_m": float(rng.integers(15, 40)) if limit else None}
    kept = [None if np.isinf(most) else float(most) for most in room]
    task = SitingTask(
        demand=[Demand(f"d{i}", weight[i], **where[i]) for i in range(n)],
        sites=[
            Site(f"s{j}", fixed=bool(stays[j]), capacity=kept[j], district=district[j], **sites[j]) for j in range(m)
        ],
        model=model, p=p, minimums=least, equity=equity, **limits, **given,
    )  # fmt: skip
    reach = min(limits["limit_m"] or math.inf, math.inf if model == "p_median" else limits["radius_m"])
    table[table > reach] = math.inf
    return task, table, weight, stays, room, district


def cost_of(task, table, weight, opened, room):
    """The least cost with these sites open, by trying every assignment where there are capacities; infinite: none."""
    n = len(weight)
    best = math.inf
    if np.isinf(room).all():
        choices = [[min(opened, key=lambda j: (table[i, j], j))] for i in range(n)]
        choices = [[j if np.isfinite(table[i, j]) else None for j in one] for i, one in enumerate(choices)]
    else:
        choices = [
            [None] * (task.model == "max_cover") + [j for j in opened if np.isfinite(table[i, j])] for i in range(n)
        ]
    for to in itertools.product(*choices):
        load = np.zeros(len(room))
        for i, j in enumerate(to):
            if j is not None:
                load[j] += weight[i]
        if (load > room).any():
            continue
        if task.model == "max_cover":
            best = min(best, sum(weight[i] for i, j in enumerate(to) if j is None))
        elif None in to:
            continue
        elif task.model == "set_cover":
            best = min(best, len(opened))
        else:
            metres = np.array([table[i, j] for i, j in enumerate(to)])
            if task.equity is None:
                best = min(best, float(weight @ metres))
            else:
                mean = float(weight @ metres) / weight.sum()
                share = task.equity
                best = min(best, (1 - share.weight) * mean + share.weight * worst(metres, weight, share.share))
    return best


def best_of_all(task, table, weight, stays, room, district):
    """The least cost of any plan and infinite where there is none."""
    m = len(stays)
    sizes = [task.p] if task.model != "set_cover" else range(1, (task.p or m) + 1)
    best = math.inf
    for size in sizes:
        for opened in itertools.combinations(range(m), size):
            if not set(np.flatnonzero(stays)) <= set(opened):
                continue
            if any(sum(district[j] == name for j in opened) < least for name, least in task.minimums.items()):
                continue
            best = min(best, cost_of(task, table, weight, list(opened), room))
    return best


def check(made_task):
    task, table, weight, stays, room, district = made_task
    best = best_of_all(*made_task)
    result = solve_siting(task, effort=0.02)
    if math.isinf(best):
        assert result.status is Status.IMPOSSIBLE
        assert result.open == ()
        assert result.certificate.reasons
        return
    assert result.status is Status.OPTIMAL, result.certificate
    expected = weight.sum() - best if task.model == "max_cover" else best
    assert result.value == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert result.bound == pytest.approx(expected, rel=1e-6, abs=1e-6)
    # The plan itself keeps every rule, and is worth what is said of it.
    opened = [int(name[1:]) for name in result.open]
    assert set(np.flatnonzero(stays)) <= set(opened)
    assert len(opened) == task.p or (task.model == "set_cover" and len(opened) <= (task.p or len(stays)))
    for name, least in task.minimums.items():
        assert sum(district[j] == name for j in opened) >= least
    to = [None if site is None else int(site[1:]) for site in (result.assigned[f"d{i}"] for i in range(len(weight)))]
    assert set(to) <= {*opened, None}
    load = np.zeros(len(room))
    for i, j in enumerate(to):
        if j is not None:
            load[j] += weight[i]
            assert np.isfinite(table[i, j])
    assert (load <= room).all()
    metres = np.array([math.inf if j is None else table[i, j] for i, j in enumerate(to)])
    if task.model == "max_cover":
        assert result.value == pytest.approx(weight[np.isfinite(metres)].sum())
    else:
        assert np.isfinite(metres).all()
    if task.model == "p_median" and task.equity is None:
        assert result.value == pytest.approx(float(weight @ metres))
        if weight.sum() > 0:
            assert result.figures["mean_m"] == pytest.approx(float(weight @ metres) / weight.sum())
            assert result.figures["worst_tenth_m"] == pytest.approx(worst(metres, weight, 0.1))


OPTIONS = [
    {},
    {"fixed": True},
    {"minimums": True},
    {"capacity": True},
    {"limit": True},
    {"fixed": True, "minimums": True, "limit": True},
    {"fixed": True, "minimums": True, "capacity": True},
]


def named(options):
    return "+".join(options) or "plain"


@pytest.mark.parametrize("options", OPTIONS, ids=named)
@pytest.mark.parametrize("distance", DISTANCES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("model", MODELS)
def test_every_model_with_every_option_is_solved(model, distance, options):
    for seed in SEEDS:
        check(made(seed, model, distance, **options))


@pytest.mark.parametrize("options", OPTIONS, ids=named)
@pytest.mark.parametrize("equity", [Equity(0.3), Equity(1.0, 0.25)], ids=["part", "whole"])
def test_the_worst_served_as_a_part_of_the_objective(equity, options):
    for seed in range(6):
        check(made(seed, "p_median", DISTANCES[seed % 3], equity=equity, **options))
