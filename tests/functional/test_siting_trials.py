"""The siting solver on public instances: the known optima, proven, and by one seed the same plan again."""

import pytest
from benchmarks.solve_siting import SJC, SJC_P, read_city, read_pmed, read_sjc

from gezhi.solvers.certificate import Status
from gezhi.solvers.siting import solve_siting


@pytest.mark.shared_data
@pytest.mark.parametrize("number", [1, 6, 9, 13, 20])
def test_a_p_median_is_proven_optimal(shared_data, number):
    task, optimum = read_pmed(shared_data / "instances" / "pmed", number)
    result = solve_siting(task)
    assert (result.value, result.bound, result.status) == (optimum, optimum, Status.OPTIMAL)
    assert solve_siting(task) == result


@pytest.mark.shared_data
@pytest.mark.parametrize(("size", "place"), [(324, 2), (402, 3), (708, 4)])
def test_a_covering_is_proven_optimal(shared_data, size, place):
    task = read_sjc(shared_data / "instances" / "mclp_sjc", size, SJC_P[place])
    result = solve_siting(task)
    assert (result.value, result.bound, result.status) == (SJC[size][place], SJC[size][place], Status.OPTIMAL)


@pytest.mark.shared_data
def test_a_city_of_blocks_comes_near_the_best_known_cover(shared_data):
    task, best = read_city(shared_data / "instances" / "mclp_city", "NewYork", 50, 400)
    result = solve_siting(task, effort=0.02)
    assert 0.99 * best <= result.value <= result.bound
    assert result.bound >= best
