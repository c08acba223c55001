"""The relaxation never bounds above the shortest borders that there are, and changes little with how a task is told."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from gezhi.solvers.certificate import never
from gezhi.solvers.partition import Edge, PartitionTask, Unit, one_part, solve_partition
from gezhi.solvers.partition.graph import Graph, make_graph
from gezhi.solvers.partition.parts import split
from gezhi.solvers.partition.relaxation import Relaxed, relax
from gezhi.solvers.partition.task import read_network
from tests.oracles.partition import random_task, truth

pytestmark = pytest.mark.no_database
IN_THE_SUITE, SHARES = 200, 4
# Some three hundred steps on a handful of units.
WORK = 1e8


def bounds_above_the_truth(seed: int, work: float = WORK) -> tuple[int, list[str]]:
    """Numbers of grids tried on a random task in one part, and the bounds that are not so."""
    task = random_task(seed)
    task = replace(task, units=[replace(unit, community=None) for unit in task.units], locked=[])
    network = read_network(task)
    apart = split(network)
    if len(apart.parts) != 1 or apart.proofs or apart.parts[0].fixed:
        return 0, []
    part, shortest = apart.parts[0].as_it_is, truth(task).shortest
    in_metres = task.objective == "grid" and network.has_borders
    metres = float(network.border[network.border > 0].mean()) if in_metres else 1.0
    faults = []
    for grids in range(1, part.graph.size + 2):
        found = relax(
            part.graph, part.atom, part.households, grids, task.band, known=np.inf, work=work, stop=never
        ).bound  # fmt: skip
        if grids in shortest and found * metres > shortest[grids] + 1e-6:
            faults.append(f"{grids} grids: bound {found * metres}, yet there is {shortest[grids]}")
    return part.graph.size + 1, faults


@pytest.mark.parametrize("share", range(SHARES))
def test_no_bound_is_above_the_shortest_borders(share):
    tried = 0
    for seed in range(share, IN_THE_SUITE, SHARES):
        count, faults = bounds_above_the_truth(seed)
        tried += count
        assert faults == [], f"seed {seed}"
    assert tried > 100


def odd_households(draw: random.Random, count: int) -> list[int]:
    kind = draw.choice([[0, 0, 0, 1], [10**9, 10**9 - 1, 1], [0, 1, 10**9], [7]])
    drawn = [draw.choice(kind) for _ in range(count)]
    return draw.choice([drawn, [10**9, *[1] * (count - 1)]])


@pytest.mark.parametrize("seed", range(12))
def test_odd_numbers_raise_no_bound(seed):
    draw = random.Random(seed)  # noqa: S311
    count = draw.randint(3, 7)
    households = odd_households(draw, count)
    pairs = sorted({(draw.randrange(b), b) for b in range(1, count)} | {(0, count - 1), (1, 2)})
    length = [draw.choice([1e-9, 0.5, 1.0, 1e6]) for _ in pairs]
    graph = make_graph(count, np.array(pairs), np.array(length), np.ones(len(pairs), dtype=bool))
    total, most = sum(households), max(households)
    for band in (
        (0, total),
        (0, 10**12),
        (total // 3, total // 2 + 1),
        (total, total),
        (0, 0),
        (most, most),
        (1, most),
    ):
        task = PartitionTask(
            [Unit(str(place), number, 0.0, 0.0) for place, number in enumerate(households)],
            [Edge(str(a), str(b), metres) for (a, b), metres in zip(pairs, length, strict=True)], band,
        )  # fmt: skip
        shortest = truth(task).shortest
        for grids in range(1, count + 2):
            found = relax(
                graph, np.arange(count), np.array(households, float), grids, band, known=np.inf, work=WORK, stop=never
            ).bound  # fmt: skip
            assert found >= 0
            assert grids not in shortest or found <= shortest[grids] * (1 + 1e-9) + 1e-9


def chequered(side: int, order: list[int]) -> tuple[Graph, np.ndarray]:
    """A square of units with borders of unequal length, numbered by ``order``; and their households."""
    place = np.array(order).reshape(side, side)
    ends = np.concatenate(
        [
            np.column_stack([place[:, :-1].ravel(), place[:, 1:].ravel()]),
            np.column_stack([place[:-1].ravel(), place[1:].ravel()]),
        ]
    )
    length = 2.0 + np.arange(len(ends)) % 3
    households = np.empty(side * side)
    households[place.ravel()] = 10.0 + np.arange(side * side) % 4
    return make_graph(side * side, ends, length, np.ones(len(ends), dtype=bool)), households


def bound_of(graph: Graph, households: np.ndarray, grids: int = 4, known: float = np.inf) -> Relaxed:
    mean = households.sum() / grids
    band = (int(0.95 * mean), int(1.05 * mean) + 1)
    return relax(
        graph, np.arange(graph.size), households, grids, band, known=known, work=2e9, stop=never
    )  # fmt: skip


def test_units_numbered_anew_have_nearly_the_same_bound():
    straight = bound_of(*chequered(7, list(range(49))))
    order = list(range(49))
    random.Random(5).shuffle(order)  # noqa: S311
    assert bound_of(*chequered(7, order)).bound == pytest.approx(straight.bound, rel=5e-3)
    assert straight.over


def test_a_border_told_in_two_pieces_has_the_same_bound():
    graph, households = chequered(6, list(range(36)))
    twice = make_graph(
        36, np.concatenate([graph.ends, graph.ends]), np.concatenate([np.ones(len(graph.ends)), graph.length - 1.0]),
        np.concatenate([graph.open, graph.open]),
    )  # fmt: skip
    assert bound_of(twice, households).bound == pytest.approx(bound_of(graph, households).bound, rel=1e-9)


def test_what_is_more_than_a_tree_of_grids_is_known_of_a_square():
    # Four squares of 4 by 4 units are the best way to cut 8 by 8: 16 borders of one metre.
    side = np.arange(64).reshape(8, 8)
    ends = np.concatenate(
        [
            np.column_stack([side[:, :-1].ravel(), side[:, 1:].ravel()]),
            np.column_stack([side[:-1].ravel(), side[1:].ravel()]),
        ]
    )
    graph = make_graph(64, ends, np.ones(len(ends)), np.ones(len(ends), dtype=bool))
    found = relax(graph, np.arange(64), np.ones(64), 4, (16, 16), known=16.0, work=4e9, stop=never)
    assert 15.0 < found.bound <= 16.0


def test_who_wants_to_stop_has_the_bound_so_far():
    graph, households = chequered(7, list(range(49)))
    asked = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) == 2

    some = relax(
        graph, np.arange(49), households, 4, (120, 160), known=np.inf, work=1e12, stop=stop
    )  # fmt: skip
    assert len(asked) == 2
    assert not some.over
    assert 0.0 <= some.bound <= bound_of(graph, households).bound * 1.01


def test_a_second_round_raises_the_bound(monkeypatch):
    monkeypatch.setattr(one_part, "_RELAXING", 0.0)
    units = [Unit(f"u{place}", 10, float(place % 7), float(place // 7)) for place in range(49)]
    edges = [Edge(f"u{a}", f"u{b}") for a in range(49) for b in (a + 1, a + 7) if b < 49 and (b == a + 7 or b % 7)]
    task = PartitionTask(units, edges, (110, 135), k=4, objective="cut_edges")
    once, twice = (solve_partition(task, effort=effort).certificate for effort in (1, 2))
    assert once.bound_from == "the spectrum of the graph"
    assert twice.bound_from == "a semidefinite relaxation"
    assert once.bound < twice.bound <= twice.value


def test_what_hangs_behind_a_unit_and_is_too_small_for_a_grid_is_kept_with_it():
    # A path of 5, 5, 1, where a grid holds at least 5: the last two are together, and one border of 3 metres is left to cut.
    graph = make_graph(3, np.array([[0, 1], [1, 2]]), np.array([3.0, 1.0]), np.ones(2, dtype=bool))
    found = relax(graph, np.arange(3), np.array([5.0, 5.0, 1.0]), 2, (5, 10), known=np.inf, work=1e9, stop=never)
    assert found.bound == 3.0
