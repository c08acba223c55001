"""On tasks small enough to try every plan, the solver finds one when there is one, and claims no more than is true."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.solvers.certificate import Status
from gezhi.solvers.partition import Edge, PartitionTask, Unit, solve_partition
from gezhi.solvers.partition.dead_ends import dead_ends
from gezhi.solvers.partition.parts import split
from gezhi.solvers.partition.task import read_network

GONE = {Status.IMPOSSIBLE, Status.NONE_FOUND}


def partitions(count):
    """Every way to put 0 … count − 1 into unnamed sets, as the number of the set of each."""

    def extend(label, used):
        if len(label) == count:
            yield tuple(label)
            return
        for number in range(used + 1):
            yield from extend([*label, number], max(used, number + 1))

    yield from extend([], 0)


ALL = {count: list(partitions(count)) for count in range(1, 8)}


def connected(inside, pairs):
    reached, queue = set(), [next(iter(inside))]
    while queue:
        at = queue.pop()
        if at not in reached:
            reached.add(at)
            queue += [b if a == at else a for a, b in pairs if at in (a, b) and {a, b} <= inside]
    return reached == inside


def keeps(label, households, open_pairs, group, band):
    """Band, connection over open pairs, and groups that fit into a grid whole."""
    grids = [frozenset(place for place, number in enumerate(label) if number == g) for g in range(max(label) + 1)]
    low, high = band
    for inside in grids:
        if not low <= sum(households[place] for place in inside) <= high or not connected(inside, open_pairs):
            return False
    for name in set(group) - {None}:
        members = [place for place, other in enumerate(group) if other == name]
        if sum(households[place] for place in members) <= high and len({label[place] for place in members}) > 1:
            return False
    return True


@st.composite
def tasks(draw):
    count = draw(st.integers(1, 7))
    households = draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))
    pairs = [pair for pair in itertools.combinations(range(count), 2) if draw(st.booleans())]
    walls = {pair for pair in pairs if draw(st.integers(0, 5)) == 0}
    group = draw(st.lists(st.sampled_from([None, None, None, "g", "h"]), min_size=count, max_size=count))
    low = draw(st.integers(0, 15))
    band = (low, low + draw(st.integers(0, 12)))
    return households, pairs, walls, group, band, draw(st.sampled_from([None, None, 1, 2, 3]))


def made(households, pairs, walls, group, band, k, objective):
    units = [Unit(f"u{n}", h, float(n), 0.0, group=group[n]) for n, h in enumerate(households)]
    edges = [Edge(f"u{a}", f"u{b}", barrier=(a, b) in walls) for a, b in pairs]
    return PartitionTask(units, edges, band, k=k, objective=objective)


@settings(deadline=None, max_examples=300)
@given(tasks())
def test_status_is_true(task):
    households, pairs, walls, group, band, k = task
    result = solve_partition(made(*task, "cut_edges"))
    open_pairs = [pair for pair in pairs if pair not in walls]
    possible = [
        label
        for label in ALL[len(households)]
        if keeps(label, households, open_pairs, group, band) and (k is None or max(label) + 1 == k)
    ]
    if result.status in GONE:
        if result.status is Status.IMPOSSIBLE:
            assert possible == [], (possible[0], result.certificate.reasons)
        assert possible == [], "a plan exists"
        return
    names = sorted(set(result.assignment.values()))
    label = [names.index(result.assignment[f"u{n}"]) for n in range(len(households))]
    across = [reason.code for reason in result.certificate.reasons if reason.code == "group_across_barrier"]
    if not across:
        assert keeps(label, households, open_pairs, group, band), (label, result)
    assert k is None or len(names) == k
    if not across and k is not None:

        def cut(plan):
            return sum(plan[a] != plan[b] for a, b in pairs)

        best = min(cut(plan) for plan in possible)
        if not walls:
            assert (result.certificate.bound or 0) <= best
            assert result.status is not Status.OPTIMAL or cut(label) == best
            assert cut(label) == best


@settings(deadline=None, max_examples=100)
@given(tasks(), st.integers(0, 10_000))
def test_the_answer_does_not_depend_on_the_order(task, seed):
    whole = made(*task, "grid")
    rng = np.random.default_rng(seed)
    units = [whole.units[place] for place in rng.permutation(len(whole.units))]
    edges = [whole.edges[place] for place in rng.permutation(len(whole.edges))]
    other = PartitionTask(units, edges, whole.band, k=whole.k)
    one, two = solve_partition(whole), solve_partition(other)
    assert (one.status, one.assignment) == (two.status, two.assignment)
    assert one.status in GONE or set(one.assignment) == {unit.id for unit in whole.units}


def behind(gate, count, households, pairs, low):
    """The gate and every component below ``low`` that is left without it."""
    rest, held = set(range(count)) - {gate}, {gate}
    while rest:
        reached, queue = set(), [min(rest)]
        while queue:
            at = queue.pop()
            if at not in reached:
                reached.add(at)
                queue += [b if a == at else a for a, b in pairs if at in (a, b) and {a, b} <= rest]
        if sum(households[place] for place in reached) < low:
            held |= reached
        rest -= reached
    return held


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_dead_ends_are_those_that_taking_each_node_out_finds(data):
    count = data.draw(st.integers(2, 9))
    households = data.draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))
    tree = {(data.draw(st.integers(0, place - 1)), place) for place in range(1, count)}
    pairs = tree | data.draw(st.sets(st.sampled_from(list(itertools.combinations(range(count), 2))), max_size=3))
    low = data.draw(st.integers(1, 15))
    high = low + data.draw(st.integers(12, 20))
    [part] = split(
        read_network(made(households, sorted(pairs), set(), [None] * count, (low, high), None, "grid"))
    ).parts
    found = dead_ends(part, low, high)
    wanted = {gate: behind(gate, count, households, pairs, low) for gate in range(count)}
    wanted = {gate: held for gate, held in wanted.items() if sum(households[place] for place in held) > high}
    assert bool(found) == bool(wanted)
    for end in found:
        assert set(end.nodes.tolist()) == wanted[end.gate]
        assert end.households == sum(households[place] for place in end.nodes)
