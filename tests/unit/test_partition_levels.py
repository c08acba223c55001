"""What counts between plans of a partition: even workload by the mean of the community, and borders whose length is known."""

import pytest

from gezhi.solvers.certificate import Status
from gezhi.solvers.partition import Edge, PartitionTask, Unit, solve_partition


def two_pieces(**locks):
    """A community in two pieces behind a barrier: two units of 6 households and two of 4, the shorter border inside the latter."""
    units = [Unit("a1", 6, 0, 0), Unit("a2", 6, 1, 0), Unit("b1", 4, 5, 0), Unit("b2", 4, 6, 0)]
    edges = [Edge("a1", "a2", 100.0), Edge("b1", "b2", 1.0), Edge("a2", "b1", 10.0, barrier=True)]
    return PartitionTask(units, edges, (4, 12), **locks)


def workload_of(result):
    [level] = [one for one in result.certificate.details["levels"] if one["level"].startswith("workload")]
    return level


def test_workload_is_even_by_the_mean_of_the_whole_community():
    # By hand: the mean is 20 / 3. 12, 4, 4 are 0.65, 0.25, 0.25 beyond 15 % of it; 6, 6, 8 only 0.05, at longer borders.
    result = solve_partition(two_pieces(k=3))
    assert sorted(result.figures["grid_households"].values()) == [6, 6, 8]
    assert workload_of(result)["value"] == pytest.approx(0.05)
    assert result.status is Status.FEASIBLE


def test_a_locked_grid_counts_in_the_mean():
    # By hand: 4, 6 and 6 have a mean of 16 / 3; 4 is 0.25 below it, and no plan changes that.
    units = [Unit("u0", 4, 0, 0, today="T0"), Unit("u1", 6, 1, 0, today="T2"), Unit("u2", 6, 2, 0, today="T1")]
    edges = [Edge("u2", "u1", 0.0), Edge("u2", "u0", 0.0), Edge("u0", "u1", 0.0)]
    level = workload_of(solve_partition(PartitionTask(units, edges, (2, 13), locked=["T0", "T2"])))
    assert (level["value"], level["bound"], level["proven"]) == (pytest.approx(0.1), pytest.approx(0.1), True)


def test_borders_without_a_length_are_told():
    units = [Unit(f"u{place}", 3, float(place), 0) for place in range(5)]
    edges = [Edge(f"u{place}", f"u{place + 1}", metres) for place, metres in enumerate((10.0, 20.0, 60.0, None))]
    result = solve_partition(PartitionTask(units, edges, (3, 3)))
    assert (result.figures["cut_border_m"], result.figures["cut_border_estimated_m"]) == (120.0, 30.0)
    assert "the border of 'u3' and 'u4' has no length" in result.certificate.claim
    assert "30 of the 120 metres of border" in result.certificate.claim


def test_pieces_of_one_community_share_the_number_of_grids_by_workload():
    # By hand: of 24, 24 and 12 with a mean of 10 the spread 2, 3, 1 has 12, 12 | 8, 8, 8 | 12: six times 0.05. The spread 2, 2, 2
    # has 12 four times and 6, or 8 and 4, twice: 0.2 and 0.5.
    units, edges = [], []
    for piece, count in (("a", 6), ("b", 6), ("c", 3)):
        units += [Unit(f"{piece}{place}", 4, float(place), 0) for place in range(count)]
        edges += [Edge(f"{piece}{place}", f"{piece}{place + 1}", 50.0) for place in range(count - 1)]
    result = solve_partition(PartitionTask(units, edges, (4, 16), k=6))
    assert sorted(result.figures["grid_households"].values()) == [8, 8, 8, 12, 12, 12]
    assert workload_of(result)["value"] == pytest.approx(0.3)


def test_who_has_no_time_left_gets_a_plan_of_another_number_of_grids():
    # Two units of 6 and one of 2 make two grids of 3 to 8 households; three, the number nearest to the middle, cannot be.
    units = [
        Unit(name, number, x, y)
        for name, number, x, y in (
            ("u0", 2, 0, 0), ("u1", 0, 101, 0), ("u2", 6, 208, 0), ("u3", 0, 8, 100), ("u4", 0, 104, 100), ("u5", 0, 201, 100),
            ("u6", 6, 1, 200),
        )
    ]  # fmt: skip
    pairs = ("60", "32", "43", "62", "46", "12", "54", "56", "36", "05", "10")
    edges = [Edge(f"u{a}", f"u{b}") for a, b in pairs]
    result = solve_partition(PartitionTask(units, edges, (3, 8), objective="cut_edges"), should_stop=lambda: True)
    assert result.status is Status.FEASIBLE
    assert sorted(result.figures["grid_households"].values()) == [6, 8]
