"""Travel times on a road graph."""

import numpy as np
import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.dispatch import RoadTravel

# A line of four nodes 100 m apart, and a far one that no road reaches.
LINE = {"x": [0, 100, 200, 300, 5_000], "y": [0] * 5, "arcs": [[0, 1], [1, 2], [2, 3]], "seconds": [10, 20, 30]}


def ask(travel, cases, workers):
    places = [np.array(p, dtype=float) for p in (cases, workers)]
    return travel.seconds(case_x=places[0], case_y=places[0] * 0, worker_x=places[1], worker_y=places[1] * 0).tolist()


def test_ways_add_up_and_walks_at_both_ends():
    travel = RoadTravel(**LINE, walk_mps=1.0)
    assert ask(travel, [300], [0, 203]) == [[60.0, 33.0]]


def test_one_way_roads_are_gone_from_the_worker_to_the_case():
    travel = RoadTravel(**LINE, both_ways=False)
    assert ask(travel, [300], [0]) == [[60.0]]
    assert ask(travel, [0], [300]) == [[np.inf]]


def test_no_road_and_beyond_the_limit_are_infinite():
    assert ask(RoadTravel(**LINE), [5_000], [0]) == [[np.inf]]
    assert ask(RoadTravel(**LINE, limit_s=55), [300], [0, 100]) == [[np.inf, 50.0]]


def test_the_quicker_of_two_roads_counts():
    travel = RoadTravel(x=[0, 1], y=[0, 0], arcs=[[0, 1], [0, 1]], seconds=[9, 4])
    assert ask(travel, [1], [0]) == [[4.0]]


def test_standing_cases_are_searched_once():
    travel = RoadTravel(**LINE)
    for worker in (0, 100, 200):
        ask(travel, [300, 299], [worker])
    assert travel.searches == 1
    small = RoadTravel(**LINE, remember=1)
    for case in (0, 300, 0):
        ask(small, [case], [0])
    assert small.searches == 3


def test_nobody_and_nothing():
    assert ask(RoadTravel(**LINE), [], [1]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"arcs": [[0, 9]], "seconds": [1]},
        {"seconds": [1, 2]},
        {"seconds": [1, 2, -3]},
        {"seconds": [1, 2, np.nan]},
        {"x": [0, 1, 2, 3, np.nan]},
        {"walk_mps": 0},
    ],
)
def test_bad_input_is_refused(change):
    with pytest.raises(InvalidInput):
        RoadTravel(**{**LINE, **change})
