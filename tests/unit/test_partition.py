"""The partition solver: every answer is checked by rules written here, not by what the solver says of itself."""

import dataclasses
from collections import defaultdict

import numpy as np
import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Status
from gezhi.solvers.partition import Edge, PartitionTask, Unit, solve_partition


def lattice(rows, columns, households=60, **more):
    """Units in rows and columns, each a neighbour of the next; ``households`` a number or a function of the place."""
    units, edges = [], []
    for row in range(rows):
        for column in range(columns):
            number = households(row, column) if callable(households) else households
            extra = {key: value(row, column) for key, value in more.items()}
            units.append(Unit(f"{row:02}.{column:02}", number, 100.0 * column, 100.0 * row, **extra))
            if row:
                edges.append(Edge(f"{row - 1:02}.{column:02}", f"{row:02}.{column:02}", border_m=100.0))
            if column:
                edges.append(Edge(f"{row:02}.{column - 1:02}", f"{row:02}.{column:02}", border_m=100.0))
    return units, edges


def faults(task, assignment):
    """What is wrong with an assignment, in words; bands, connection, groups, communities."""
    assert set(assignment) == {str(unit.id) for unit in task.units}
    found = []
    members = defaultdict(set)
    for unit, grid in assignment.items():
        members[grid].add(unit)
    near = defaultdict(set)
    for edge in task.edges:
        if not edge.barrier:
            near[str(edge.a)].add(str(edge.b))
            near[str(edge.b)].add(str(edge.a))
    by_id = {str(unit.id): unit for unit in task.units}
    low, high = task.band
    for grid, inside in members.items():
        total = sum(by_id[unit].households for unit in inside)
        if not low <= total <= high:
            found.append(f"{grid} holds {total}")
        reached, queue = set(), [min(inside)]
        while queue:
            at = queue.pop()
            if at not in reached:
                reached.add(at)
                queue += near[at] & inside
        if reached != inside:
            found.append(f"{grid} is disconnected")
        if len({by_id[unit].community for unit in inside}) > 1:
            found.append(f"{grid} spans communities")
    return found + cut_groups(task, assignment)


def cut_groups(task, assignment):
    """Groups that fit into a grid and yet are in several."""
    groups = defaultdict(list)
    for unit in task.units:
        if unit.group is not None:
            groups[unit.group].append(unit)
    return [
        f"group {name} is cut"
        for name, inside in groups.items()
        if sum(unit.households for unit in inside) <= task.band[1]
        and len({assignment[str(unit.id)] for unit in inside}) > 1
    ]


def test_a_lattice_is_cut_into_equal_grids():
    units, edges = lattice(6, 6)
    result = solve_partition(PartitionTask(units, edges, (300, 500)))
    assert result.status in {Status.FEASIBLE, Status.OPTIMAL}
    assert faults(PartitionTask(units, edges, (300, 500)), result.assignment) == []
    assert result.figures["in_band"] == result.figures["grids"]
    assert result.figures["cut_border_m"] >= result.certificate.bound > 0


def test_a_small_task_is_proven_optimal():
    units, edges = lattice(4, 4, 10)
    task = PartitionTask(units, edges, (80, 80), k=2, objective="cut_edges")
    result = solve_partition(task)
    assert result.status is Status.OPTIMAL
    assert (result.figures["cut_edges"], result.certificate.bound, result.certificate.gap) == (4, 4, 0)
    assert "Proven optimal" in result.certificate.claim


def test_groups_and_barriers_and_communities_are_kept():
    rng = np.random.default_rng(3)
    sizes = rng.integers(20, 130, (12, 12))
    units, edges = lattice(
        12,
        12,
        lambda row, column: int(sizes[row, column]),
        group=lambda row, column: f"g{row}{column // 2}" if row % 3 == 0 else None,
        community=lambda row, column: "west" if column < 6 else "east",
    )
    walls = {("05", "06")}
    edges = [
        dataclasses.replace(edge, barrier=(edge.a[:2], edge.b[:2]) in walls and edge.a[3:] not in {"02", "09"})
        for edge in edges
    ]
    task = PartitionTask(units, edges, (300, 500))
    result = solve_partition(task, seed=1)
    assert faults(task, result.assignment) == []
    assert result.status is Status.FEASIBLE
    assert result.figures["barrier_crossings"] == 0
    assert result.figures["neighbours_across_barrier_in_one_grid"] == 0


def test_the_order_of_the_input_does_not_matter():
    rng = np.random.default_rng(5)
    sizes = rng.integers(20, 130, (8, 8))
    units, edges = lattice(8, 8, lambda row, column: int(sizes[row, column]))
    turned = [Edge(edge.b, edge.a, edge.border_m) for edge in edges[::-1]]
    one = solve_partition(PartitionTask(units, edges, (300, 500)), seed=4)
    other = solve_partition(PartitionTask(units[::-1], turned, (300, 500)), seed=4)
    assert one.assignment == other.assignment


def test_todays_plan_is_kept_when_it_is_good():
    units, edges = lattice(8, 8)
    first = solve_partition(PartitionTask(units, edges, (300, 500)))
    named = [dataclasses.replace(unit, today=f"old-{first.assignment[unit.id]}") for unit in units]
    again = solve_partition(PartitionTask(named, edges, (300, 500)), seed=9)
    assert again.figures["moved_households"] == 0
    assert set(again.assignment.values()) == {unit.today for unit in named}


def test_todays_plan_changes_little_when_one_grid_outgrows_the_band():
    units, edges = lattice(6, 6)
    today = {unit.id: f"{int(unit.id[:2]) // 2}{int(unit.id[3:]) // 3}" for unit in units}
    grown = [
        dataclasses.replace(unit, today=today[unit.id], households=100 if today[unit.id] == "00" else 60)
        for unit in units
    ]
    task = PartitionTask(grown, edges, (300, 500))
    result = solve_partition(task)
    assert faults(task, result.assignment) == []
    assert 0 < result.figures["moved_households"] <= 300


def test_locked_grids_stay():
    units, edges = lattice(6, 6, today=lambda row, column: "corner" if row < 2 and column < 3 else None)
    task = PartitionTask(units, edges, (300, 500), locked=["corner"])
    result = solve_partition(task)
    assert faults(task, result.assignment) == []
    assert {unit for unit, grid in result.assignment.items() if grid == "corner"} == {
        unit.id for unit in units if unit.today == "corner"
    }


def test_a_locked_grid_in_two_places_cannot_be_mended():
    units, edges = chain(200, 400, 200)
    apart = [dataclasses.replace(unit, today="both") if unit.households == 200 else unit for unit in units]
    result = solve_partition(PartitionTask(apart, edges, (300, 500), locked=["both"]))
    assert result.status is Status.IMPOSSIBLE
    assert [(reason.code, reason.concerns) for reason in result.certificate.reasons] == [
        ("grid_disconnected", ("u0", "u2"))
    ]


def test_a_fixed_number_of_grids_is_met_over_communities():
    units, edges = lattice(6, 12, community=lambda row, column: column // 6)
    for k in (10, 13):
        result = solve_partition(PartitionTask(units, edges, (300, 500), k=k))
        assert len(set(result.assignment.values())) == k
        assert faults(PartitionTask(units, edges, (300, 500)), result.assignment) == []


def test_a_group_above_the_band_may_be_cut_and_nothing_else():
    units, edges = lattice(6, 6, group=lambda row, column: "big" if row < 3 else f"{row}{column // 2}")
    task = PartitionTask(units, edges, (300, 500))
    result = solve_partition(task)
    assert faults(task, result.assignment) == []
    assert result.figures["groups_cut_because_too_large"] == 1


def test_a_group_whose_units_do_not_touch_is_joined_by_what_lies_between():
    units, edges = lattice(1, 12, 50, group=lambda _, column: "pair" if column in {2, 4} else None)
    task = PartitionTask(units, edges, (300, 300))
    result = solve_partition(task)
    assert faults(task, result.assignment) == []


def chain(*households, barrier_after=()):
    units = [Unit(f"u{place}", number, 10.0 * place, 0.0) for place, number in enumerate(households)]
    edges = [Edge(f"u{place}", f"u{place + 1}", barrier=place in barrier_after) for place in range(len(households) - 1)]
    return units, edges


@pytest.mark.parametrize(
    ("households", "walls", "band", "k", "code"),
    [
        ((100,), (), (300, 500), None, "isolated_component"),
        ((200, 200, 100), (1,), (300, 500), None, "isolated_component"),
        ((300, 250), (), (300, 500), None, "not_divisible"),
        ((600,), (), (300, 500), None, "unit_above_band"),
        ((100, 450, 100), (), (300, 500), None, "dead_end"),
        ((150, 250, 150), (), (300, 500), None, "not_divisible"),
        ((400, 400), (), (300, 500), 3, "more_grids_than_units"),
        ((200, 200, 200, 200), (), (300, 500), 3, "number_of_grids"),
        ((200, 200, 200, 200), (), (300, 500), 1, "number_of_grids"),
    ],
)
def test_the_impossible_is_proven_and_named(households, walls, band, k, code):
    units, edges = chain(*households, barrier_after=walls)
    result = solve_partition(PartitionTask(units, edges, band, k=k))
    assert result.status is Status.IMPOSSIBLE
    assert code in {reason.code for reason in result.certificate.reasons}
    assert result.certificate.claim.startswith("Impossible")


def test_a_ring_that_cannot_be_packed_is_proven_by_search():
    units, edges = chain(299, 299, 299, 299, 299)
    result = solve_partition(PartitionTask(units, [*edges, Edge("u4", "u0")], (300, 500)))
    assert result.status is Status.IMPOSSIBLE
    assert {reason.code for reason in result.certificate.reasons} == {"no_packing"}


def test_an_oversized_unit_does_not_spoil_the_others():
    units, edges = lattice(4, 6, lambda row, column: 700 if (row, column) == (0, 0) else 80)
    task = PartitionTask(units, edges, (300, 500))
    result = solve_partition(task)
    assert len(faults(task, result.assignment)) == 1
    assert [item["reason"] for item in result.certificate.details["out_of_band"]] == ["unit_above_band"]


def test_one_unit_and_no_edges():
    result = solve_partition(PartitionTask([Unit("only", 400, 0, 0)], [], (300, 500)))
    assert result.status is Status.OPTIMAL
    assert result.assignment == {"only": "001"}


def test_edges_given_twice_and_loops_change_nothing():
    units, edges = chain(200, 200, 200, 200)
    plain = solve_partition(PartitionTask(units, edges, (300, 500)))
    doubled = [*edges, Edge("u1", "u0"), Edge("u2", "u2")]
    assert solve_partition(PartitionTask(units, doubled, (300, 500))).assignment == plain.assignment


def test_who_stops_at_once_still_gets_a_plan():
    units, edges = lattice(12, 12)
    result = solve_partition(PartitionTask(units, edges, (300, 500)), should_stop=lambda: True)
    assert len(result.assignment) == 144
    assert result.figures["disconnected"] == 0


def test_several_processes_give_the_same_plan():
    units, edges = lattice(2, 6 * 17, community=lambda row, column: column // 6)
    task = PartitionTask(units, edges, (300, 500))
    assert solve_partition(task, processes=2).assignment == solve_partition(task).assignment


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"band": (500, 300)}, "band"),
        ({"band": (-1, 300)}, "band"),
        ({"k": 0}, "k"),
        ({"units": []}, "units"),
        ({"units": [Unit("a", -5, 0, 0)]}, "units[0].households"),
        ({"units": [Unit("a", 5, float("nan"), 0)]}, "units[0].x"),
        ({"units": [Unit("a", 5, 0, 0), Unit("a", 5, 0, 0)]}, "units[1].id"),
        ({"units": [Unit("", 5, 0, 0)]}, "units[0].id"),
        ({"units": [Unit("a", 5, 0, 0, workload=-1.0)]}, "units[0].workload"),
        ({"edges": [Edge("u0", "ghost")]}, "edges[0].b"),
        ({"edges": [Edge("u0", "u1", border_m=-1.0)]}, "edges[0].border_m"),
        ({"locked": ["nowhere"]}, "locked[0]"),
        (
            {"units": [Unit("a", 5, 0, 0, group="g", community="x"), Unit("b", 5, 0, 0, group="g", community="y")]},
            "units[1].group",
        ),
    ],
)
def test_bad_input_names_the_field(change, field):
    units, edges = chain(200, 200)
    fields = {"units": units, "edges": edges if "units" not in change else [], "band": (300, 500)} | change
    with pytest.raises(InvalidInput) as caught:
        solve_partition(PartitionTask(**fields))
    assert caught.value.field == field


def uneven_lattice(rows, columns, seed=7, **more):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(20, 130, (rows, columns))
    return lattice(rows, columns, lambda row, column: int(sizes[row, column]), **more)


def seen_after(calls):
    """A caller who wants to stop from the given question on."""
    asked = iter(range(10**9))
    return lambda: next(asked) >= calls


@pytest.mark.parametrize("calls", [0, 5])
@pytest.mark.parametrize("objective", ["grid", "cut_edges"])
def test_who_stops_a_large_part_early_has_a_plan_in_the_band(calls, objective):
    units, edges = uneven_lattice(50, 50)
    task = PartitionTask(units, edges, (300, 500), objective=objective)
    result = solve_partition(task, should_stop=seen_after(calls))
    assert result.status is Status.FEASIBLE
    assert faults(task, result.assignment) == []


def test_more_time_gives_a_better_plan_of_a_large_part():
    units, edges = uneven_lattice(50, 50)
    task = PartitionTask(units, edges, (300, 500))
    early, late = (solve_partition(task, should_stop=seen_after(calls)) for calls in (0, 10**9))
    assert faults(task, late.assignment) == []
    assert late.figures["cut_border_m"] < 0.95 * early.figures["cut_border_m"]
    assert late.figures["workload_deviation"] < early.figures["workload_deviation"]


def test_a_large_part_that_is_stopped_keeps_todays_grids():
    units, edges = uneven_lattice(50, 50)
    first = solve_partition(PartitionTask(units, edges, (300, 500)), should_stop=seen_after(0))
    task = PartitionTask(
        [dataclasses.replace(unit, today=first.assignment[unit.id]) for unit in units], edges, (300, 500)
    )
    again = solve_partition(task, should_stop=seen_after(0))
    assert again.figures["moved_households"] == 0


@pytest.mark.parametrize("width", [2, 25])
def test_todays_large_grids_are_cut_up(width):
    units, edges = uneven_lattice(50, 50, today=lambda row, column: f"{row // width}.{column // 5}")
    task = PartitionTask(units, edges, (300, 500))
    result = solve_partition(task, should_stop=seen_after(0))
    assert faults(task, result.assignment) == []
    assert {unit.today for unit in units} <= set(result.assignment.values())


def test_whoever_stops_is_heard_in_every_process():
    units, edges = uneven_lattice(20, 60, community=lambda row, column: f"{column // 3:02}")
    task = PartitionTask(units, edges, (300, 500))
    result = solve_partition(task, processes=2, should_stop=seen_after(0))
    assert faults(task, result.assignment) == []


def test_a_large_part_with_a_dead_end_is_told_so():
    units, edges = uneven_lattice(50, 50)
    units += [Unit("gate", 400, -100.0, 0.0), Unit("pocket", 200, -200.0, 0.0)]
    edges += [Edge("gate", "00.00", 100.0), Edge("pocket", "gate", 100.0)]
    result = solve_partition(PartitionTask(units, edges, (300, 500)), should_stop=seen_after(0))
    assert result.status is Status.PARTIAL, result.certificate.claim
    assert "dead_end" in {item["reason"] for item in result.certificate.details["out_of_band"]}
