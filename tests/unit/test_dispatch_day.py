"""The day simulator against days small enough to follow by hand, and what a policy may never do."""

import numpy as np
import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.dispatch import Day, DayShape, Policy, Rules, compare_policies, make_day, simulate_day
from gezhi.solvers.dispatch.compare import jain
from gezhi.solvers.dispatch.state import UNDER_WAY, CaseState, Fleet, may_change, send, take_off

KM_MIN = 0.2  # 12 km/h


def day(workers, cases, end=600.0, skills=None):
    """``workers``: places; ``cases``: (minute, x, y, kind, service, owner)."""
    table = np.array(cases, dtype=float).reshape(-1, 6)
    return Day(
        home_x=np.array([w[0] for w in workers], dtype=float),
        home_y=np.array([w[1] for w in workers], dtype=float),
        skills=np.ones((len(workers), 3), dtype=bool) if skills is None else np.array(skills),
        at=table[:, 0],
        x=table[:, 1],
        y=table[:, 2],
        kind=table[:, 3].astype(np.int64),
        service=table[:, 4],
        owner=table[:, 5].astype(np.int64),
        idle_home=np.zeros(len(table)),
        end=end,
        mean_service=30.0,
    )


@pytest.mark.parametrize("policy", list(Policy))
def test_one_worker_one_case(policy):
    result = simulate_day(day([(0, 0)], [(10, 1, 1, 0, 30, 0)]), policy)
    assert result.response == pytest.approx([10.0])  # 2 km of rectilinear way at 12 km/h
    assert result.way == pytest.approx([10.0])
    assert result.work == pytest.approx([30.0])


@pytest.mark.parametrize("policy", list(Policy))
def test_what_nobody_reaches_has_waited_to_the_end(policy):
    late = simulate_day(day([(0, 0)], [(10, 0, 0, 0, 1_000, 0), (20, 0, 0, 0, 5, 0)]), policy)
    assert late.response == pytest.approx([0.0, 580.0])
    assert np.isinf(late.start[1])
    assert late.served_by.tolist() == [0, -1]
    unskilled = simulate_day(day([(0, 0)], [(10, 0, 0, 1, 5, -1)], skills=[[True, False, True]]), policy)
    assert unskilled.response == pytest.approx([590.0])


def test_the_owner_serves_though_another_is_nearer():
    given = day([(0, 0), (5, 0)], [(0, 4, 0, 0, 10, 0)])
    assert simulate_day(given, Policy.FIXED_OWNER).response == pytest.approx([20.0])
    assert simulate_day(given, Policy.NEAREST_FIFO).response == pytest.approx([5.0])


def test_a_freed_worker_takes_the_oldest_or_the_nearest():
    # Worker at work from 0 to 100; at 10 a far case, at 20 a near one.
    given = day([(0, 0)], [(0, 0, 0, 0, 100, 0), (10, 4, 0, 0, 10, 0), (20, 1, 0, 0, 10, 0)])
    fifo, aged = (simulate_day(given, policy) for policy in (Policy.NEAREST_FIFO, Policy.NEAREST_AGED))
    assert fifo.start == pytest.approx([0, 120, 145])
    assert aged.start == pytest.approx([0, 130, 105])


def test_a_worker_under_way_is_redirected_and_another_takes_over():
    # Both idle; A sends the worker at 0 east. Then B appears beside them, with the other worker near to A's place.
    cases = [(0, 4, 0, 0, 10, 0), (5, 1, 0, 0, 10, 0)]
    given = day([(0, 0), (8.5, 0)], cases)
    plain = simulate_day(given, Policy.NEAREST_AGED)
    ours = simulate_day(given, Policy.GEZHI, Rules(swap=0.0, scarcity=0.0, stay=0.0, stay_idle=0.0, go=0.0))
    assert plain.response == pytest.approx([20, 37.5])
    assert ours.swaps == 1
    assert ours.response == pytest.approx([5 + 22.5, 0])
    kept = simulate_day(given, Policy.GEZHI, Rules(most_swaps=0))
    assert kept.swaps == 0
    assert kept.response == pytest.approx([20, 37.5])


@pytest.mark.parametrize(("worker_most", "case_most"), [(0, 3), (1, 3), (2, 1), (3, 100)])
def test_nobody_is_redirected_more_often_than_the_caps(worker_most, case_most):
    given = make_day(DayShape(workers=40, cases=400, service_min=50), 2)
    result = simulate_day(given, Policy.GEZHI, Rules(most_swaps=worker_most, most_case_swaps=case_most))
    assert result.changes.sum() == result.swaps
    assert (result.swaps > 0) == (worker_most > 0)
    assert result.changes.max() <= worker_most * 10
    assert result.swaps <= case_most * 400


def test_the_window_of_an_hour_is_counted_from_each_change():
    fleet = Fleet(
        x=np.zeros(1), y=np.zeros(1), skills=np.ones((1, 3), dtype=bool), state=np.full(1, UNDER_WAY),
        case=np.zeros(1, np.int64), since=np.zeros(1), until=np.full(1, np.inf), way=np.zeros(1), used=np.zeros(1),
        changed=np.full((1, 2), -np.inf), changes=np.zeros(1, np.int64), speed_km_min=KM_MIN,
    )  # fmt: skip
    cases = CaseState(
        at=np.zeros(1), x=np.full(1, 9.0), y=np.zeros(1), kind=np.zeros(1, np.int64), owner=np.full(1, -1),
        given_to=np.zeros(1, np.int64), lost=np.zeros(1, np.int64),
    )  # fmt: skip
    for minute in (10.0, 20.0):
        assert may_change(0, minute, fleet)
        take_off(0, minute, fleet, cases)
        send(0, 0, minute, fleet, cases)
    assert [may_change(0, minute, fleet) for minute in (21.0, 69.9, 70.0, 79.0)] == [False, False, True, True]
    assert cases.lost.tolist() == [2]


def test_a_case_waits_for_somebody_nearer_only_while_somebody_is_at_work():
    # The other worker, beside the second case, is at work until minute 20; the idle one is 40 minutes away.
    cases = [(0, 9, 0, 0, 20, 0), (5, 9, 0.2, 0, 10, 0)]
    given = day([(9, 0), (1, 0)], cases)
    patient = simulate_day(given, Policy.GEZHI, Rules(stay=0, stay_idle=0, go=0))
    assert patient.start == pytest.approx([0, 21])
    assert patient.way[1] == 0
    # With nobody at work there is nobody to wait for.
    alone = simulate_day(day([(1, 0)], [(5, 9, 0.2, 0, 10, 0)]), Policy.GEZHI)
    assert alone.start == pytest.approx([5 + 41])


def test_nobody_knows_what_lies_ahead():
    # Two days that differ only after minute 300 give the same plan until then, under every policy.
    one = make_day(DayShape(workers=30, cases=150), 3)
    later = one.at > 300
    service = one.service.copy()
    began_later = later | (one.at + one.service > 300)
    service[later] *= 3
    x = np.where(later, one.x[::-1], one.x)
    other = Day(
        home_x=one.home_x, home_y=one.home_y, skills=one.skills, at=one.at, x=x, y=one.y, kind=one.kind,
        service=service, owner=one.owner, idle_home=one.idle_home, end=one.end,
        mean_service=one.mean_service,
    )  # fmt: skip
    for policy in Policy:
        a, b = simulate_day(one, policy), simulate_day(other, policy)
        before = a.start <= 300
        assert before.any()
        assert began_later.any()
        assert np.array_equal(a.start[before], b.start[before])
        assert np.array_equal(a.served_by[before], b.served_by[before])


@pytest.mark.parametrize("policy", list(Policy))
def test_nobody_is_in_two_places_and_skills_hold(policy):
    given = make_day(DayShape(workers=40, cases=400, service_min=50), 1)
    result = simulate_day(given, policy)
    reached = np.isfinite(result.start)
    assert (result.start[reached] >= given.at[reached]).all()
    assert given.skills[result.served_by[reached], given.kind[reached]].all()
    for worker in range(40):
        mine = np.flatnonzero(reached & (result.served_by == worker))
        mine = mine[np.argsort(result.start[mine])]
        free = result.start[mine] + given.service[mine]
        way = np.abs(np.diff(given.x[mine])) + np.abs(np.diff(given.y[mine]))
        # From the end of a case to the next one there is time for the way, unless the worker stood elsewhere by then.
        assert (result.start[mine][1:] >= free[:-1] - 1e-9).all()
        if policy is not Policy.GEZHI:
            assert (result.start[mine][1:] >= free[:-1] + way / KM_MIN - 1e-9).all()


def test_pooling_and_re_assignment_pay():
    done = compare_policies(DayShape(workers=120, cases=800, service_min=60), list(Policy), seeds=3).figures
    mean = {policy: row.mean for policy, row in done.items()}
    assert mean[Policy.GEZHI] < mean[Policy.NEAREST_AGED] <= mean[Policy.NEAREST_FIFO] < mean[Policy.FIXED_OWNER]
    low, high = done[Policy.GEZHI].ci95
    assert low < mean[Policy.GEZHI] < high


def test_the_same_seed_is_the_same_day_and_policies_share_it():
    shape = DayShape(workers=20, cases=100)
    assert np.array_equal(make_day(shape, 7).at, make_day(shape, 7).at)
    assert not np.array_equal(make_day(shape, 7).at, make_day(shape, 8).at)
    # Longer work changes nothing about where and when the cases come.
    longer = make_day(DayShape(workers=20, cases=100, service_min=80), 7)
    assert np.array_equal(longer.x, make_day(shape, 7).x)
    assert longer.service == pytest.approx(make_day(shape, 7).service * 2)


@pytest.mark.parametrize(("workers", "cases"), [(0, 5), (5, 0), (0, 0)])
def test_nobody_or_nothing(workers, cases):
    done = compare_policies(DayShape(workers=workers, cases=cases), list(Policy), seeds=1)
    for row in done.figures.values():
        assert row.started_same_day == (0.0 if cases else 1.0)
        assert row.ci95 is None


def test_jains_index():
    assert jain(np.array([2.0, 2.0])) == 1
    assert jain(np.array([4.0, 0.0, 0.0, 0.0])) == 0.25
    assert jain(np.zeros(3)) == 1


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("workers", lambda: DayShape(workers=-1)),
        ("cases", lambda: DayShape(cases=10**6)),
        ("hours", lambda: DayShape(hours=0)),
        ("service_min", lambda: DayShape(service_min=float("nan"))),
        ("sigma", lambda: DayShape(sigma=-1)),
        ("cases", lambda: DayShape(workers=20_000, cases=200_000)),
        ("swap", lambda: Rules(swap=-1)),
        ("reach_km", lambda: Rules(reach_km=0)),
        ("prior", lambda: Rules(prior=0)),
        ("most_swaps", lambda: Rules(most_swaps=101)),
        ("seeds", lambda: compare_policies(DayShape(), [Policy.GEZHI], seeds=0)),
    ],
)
def test_bad_input_names_its_field(field, make):
    with pytest.raises(InvalidInput) as caught:
        make()
    assert caught.value.field == field
