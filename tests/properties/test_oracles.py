"""What the solvers say of small random tasks, with any combination of their optional fields, against all that there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Status
from gezhi.solvers.partition import Edge, PartitionTask, Unit, solve_partition
from tests.oracles import assign, partition

pytestmark = pytest.mark.no_database
# Answers to these were once wrong, most of them called proven.
WRONG_BEFORE = Path(partition.__file__).with_name("wrong_before")
IN_THE_SUITE = 320
SHARES = 10


def partition_task(name: str) -> PartitionTask:
    told = json.loads((WRONG_BEFORE / f"{name}.json").read_text("utf-8"))
    return PartitionTask(
        [Unit(**unit) for unit in told["units"]],
        [Edge(**edge) for edge in told["edges"]],
        tuple(told["band"]),
        k=told.get("k"),
        objective=told.get("objective", "grid"),
        locked=told.get("locked", ()),
    )


@pytest.mark.parametrize("name", sorted(path.stem for path in WRONG_BEFORE.glob("P[1-79]*.json")))
def test_what_was_once_wrong_of_partition_is_right(name):
    _, faults = partition.faults_of(partition_task(name))
    assert faults == []


def test_a_city_of_three_communities_has_the_number_of_grids_asked_for():
    # By hand: 24 units in three communities can be nine grids of 300 to 500 households, with another spread.
    answer = solve_partition(partition_task("P8_false_impossible_city_k_spread"))
    assert answer.status in {Status.OPTIMAL, Status.FEASIBLE}
    assert len(set(answer.assignment.values())) == 9


@pytest.mark.parametrize("other", ["B", None])
def test_a_locked_grid_lies_in_one_community(other):
    units = [Unit("u", 3, 0, 0, community="A", today="t"), Unit("v", 3, 9, 0, community=other, today="t")]
    with pytest.raises(InvalidInput, match="locked grid 't'") as refused:
        solve_partition(PartitionTask(units, [Edge("u", "v")], (0, 9), locked=("t",)))
    assert refused.value.field == "units[1].today"


@pytest.mark.parametrize("share", range(SHARES))
def test_partition_says_nothing_that_is_not_so(share):
    for seed in range(share, IN_THE_SUITE, SHARES):
        _, faults = partition.faults_of(partition.random_task(seed))
        assert faults == [], f"seed {seed}"


@pytest.mark.parametrize("share", range(4))
def test_assignment_says_nothing_that_is_not_so(share):
    for seed in range(share, 800, 4):
        _, faults = assign.faults_of(assign.random_task(seed))
        assert faults == [], f"seed {seed}"
