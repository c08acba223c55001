"""One dispatch decision from real places: by hand, by brute force, and beside the simulated day, which asks the same."""

from itertools import permutations

import numpy as np
import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.dispatch import (
    SQUARE,
    DayShape,
    Demand,
    DispatchState,
    Ground,
    OnDuty,
    OpenCase,
    Policy,
    Rectilinear,
    RoadTravel,
    Rules,
    Straight,
    decide,
    make_day,
    simulate_day,
)

# The shortest ways and nothing else.
PLAIN = Rules(swap=0, scarcity=0, stay=0, stay_idle=0, go=0)


def pairs(orders):
    return {order.case: order.worker for order in orders}


def ask(cases, workers, rules=PLAIN, travel=None, **more):
    return decide(
        DispatchState(cases=cases, workers=workers), travel=travel or Rectilinear(), ground=SQUARE, rules=rules, **more
    )


def test_ways_by_hand():
    places = {"case_x": [3_000.0], "case_y": [4_000.0], "worker_x": [0.0, 3_000.0], "worker_y": [0.0, 3_000.0]}
    # 7 km and 1 km at 12 km/h; 5 km and 1 km of straight line, half as long again.
    assert Rectilinear(speed_kmh=12).seconds(**places).tolist() == [pytest.approx([2_100.0, 300.0])]
    assert Straight(speed_kmh=12, detour=1.5).seconds(**places).tolist() == [pytest.approx([2_250.0, 450.0])]


def test_the_nearest_goes_and_the_other_stays():
    cases = [OpenCase(id="c", x=1_000, y=1_000)]
    workers = [OnDuty(id="far", x=5_000, y=1_000), OnDuty(id="near", x=1_000, y=2_000)]
    done = ask(cases, workers)
    assert pairs(done.sent) == {"c": "near"}
    assert done.sent[0].minutes == pytest.approx(5.0)
    assert (done.kept, done.taken_off, done.waiting) == ((), (), ())


def test_a_skill_is_needed_and_who_is_at_work_is_left_there():
    cases = [OpenCase(id=1, x=0, y=0, skill="lifts"), OpenCase(id=2, x=0, y=0)]
    workers = [OnDuty(id="a", x=0, y=0, at_work=True, skills=frozenset({"lifts"})), OnDuty(id="b", x=0, y=0)]
    done = ask(cases, workers)
    assert pairs(done.sent) == {2: "b"}
    assert done.waiting == (1,)


def test_who_is_under_way_is_redirected_unless_a_cap_forbids():
    # As in the simulated day: the one under way is beside the new case, the idle one nearer to the old.
    workers = [OnDuty(id="a", x=1_000, y=0), OnDuty(id="b", x=8_500, y=0)]
    cases = [OpenCase(id="old", x=4_000, y=0, given_to="a", waited_min=5), OpenCase(id="new", x=1_000, y=0)]
    done = ask(cases, workers)
    assert pairs(done.sent) == {"old": "b", "new": "a"}
    assert pairs(done.taken_off) == {"old": "a"}
    for rules, lost, changed in ((Rules(most_swaps=0), 0, ()), (PLAIN, 4, ()), (PLAIN, 0, (59.0, 30.0, 20.0, 10.0))):
        capped = [OpenCase(id="old", x=4_000, y=0, given_to="a", waited_min=5, lost=lost), cases[1]]
        kept = ask(capped, [OnDuty(id="a", x=1_000, y=0, changed_min=changed), workers[1]], rules)
        assert pairs(kept.kept) == {"old": "a"}
        assert pairs(kept.sent) == {"new": "b"}
        assert kept.taken_off == ()
    # The oldest of four changes is an hour old: it no longer counts.
    free = ask(cases, [OnDuty(id="a", x=1_000, y=0, changed_min=(60.0, 30.0, 20.0, 10.0)), workers[1]])
    assert pairs(free.sent) == {"old": "b", "new": "a"}


def test_the_worker_of_the_grid_is_worth_minutes():
    cases = [OpenCase(id="c", x=0, y=0, owner="mine")]
    workers = [OnDuty(id="other", x=0, y=200), OnDuty(id="mine", x=0, y=1_000)]  # 1 and 5 minutes
    assert pairs(ask(cases, workers).sent) == {"c": "other"}
    worth = Rules(owner=4.5, swap=0, scarcity=0, stay=0, stay_idle=0, go=0)
    assert pairs(ask(cases, workers, worth).sent) == {"c": "mine"}
    # An owner who is not on duty is nobody.
    assert pairs(ask(cases, workers[:1], worth).sent) == {"c": "other"}


def test_where_cases_come_up_somebody_stays():
    # Both are five minutes away; the demand so far lies around one of them.
    cases = [OpenCase(id="c", x=5_000, y=5_000)]
    workers = [OnDuty(id="west", x=4_000, y=5_000), OnDuty(id="east", x=6_000, y=5_000)]
    for x, goes in ((3_500.0, "east"), (6_500.0, "west")):
        known = Demand(x=[x] * 200, y=[5_000.0] * 200)
        assert pairs(ask(cases, workers, Rules(), demand=known).sent) == {"c": goes}


def test_no_road_no_order():
    roads = RoadTravel(x=[0, 1_000, 9_000], y=[0, 0, 0], arcs=[[0, 1]], seconds=[60])
    workers = [OnDuty(id="near-by-air", x=8_000, y=0), OnDuty(id="on-the-road", x=1_000, y=0)]
    done = ask([OpenCase(id="c", x=0, y=0)], workers, travel=roads)
    assert pairs(done.sent) == {"c": "on-the-road"}
    assert done.sent[0].minutes == pytest.approx(1.0)
    assert ask([OpenCase(id="c", x=0, y=0)], workers[:1], travel=roads).waiting == ("c",)


@pytest.mark.parametrize("seed", range(8))
def test_the_least_minutes_by_brute_force(seed):
    # Nobody is at work, so that nothing is worth waiting for: each case gets somebody, in the fewest minutes.
    rng = np.random.default_rng(seed)
    n, m = (3, 5) if seed % 2 else (5, 5)
    places = rng.integers(0, 10_000, (n + m, 2)).tolist()
    cases = [OpenCase(id=f"c{i}", x=x, y=y) for i, (x, y) in enumerate(places[:n])]
    workers = [OnDuty(id=f"w{j}", x=x, y=y) for j, (x, y) in enumerate(places[n:])]
    straight = Straight(speed_kmh=15, detour=1.4)
    way = straight.seconds(
        case_x=[c.x for c in cases], case_y=[c.y for c in cases],
        worker_x=[w.x for w in workers], worker_y=[w.y for w in workers],
    ) / 60  # fmt: skip
    least = min(sum(way[i, j] for i, j in enumerate(chosen)) for chosen in permutations(range(m), n))
    done = ask(cases, workers, travel=straight)
    assert len(done.sent) == n
    assert sum(order.minutes for order in done.sent) == pytest.approx(least)


def played(day, rules):
    """A day played with ``decide`` at each event, from nothing but what a dispatcher knows then: when each case was reached."""
    n, m = day.at.size, day.home_x.size
    own = np.column_stack([day.home_x, day.home_y]) * 1_000
    since, until, aim = np.zeros(m), np.full(m, np.inf), [None] * m
    at_work, changed, lost = [False] * m, [[] for _ in range(m)], [0] * n
    start, given, open_cases, following = np.full(n, np.inf), {}, [], 0
    used = np.zeros(m)
    metres_a_min = day.ground.speed_km_min * 1_000

    def place(worker, now):
        if aim[worker] is None or at_work[worker]:
            return own[worker]
        goal = np.array([day.x[aim[worker]], day.y[aim[worker]]]) * 1_000
        gone, (dx, dy) = (now - since[worker]) * metres_a_min, goal - own[worker]
        if gone <= abs(dx):
            return own[worker] + [np.sign(dx) * gone, 0]
        return np.array([goal[0], own[worker][1] + np.sign(dy) * min(gone - abs(dx), abs(dy))])

    while True:
        worker = int(until.argmin())
        case_at = day.at[following] if following < n else np.inf
        now = min(until[worker], case_at)
        if now >= day.end:
            return start
        if case_at <= until[worker]:
            open_cases.append(following)
            following += 1
        elif not at_work[worker]:
            case = aim[worker]
            used[worker] += now - since[worker]
            start[case], own[worker] = now, np.array([day.x[case], day.y[case]]) * 1_000
            at_work[worker], until[worker] = True, now + day.service[case]
            open_cases.remove(case)
            continue
        else:
            used[worker] += day.service[aim[worker]]
            at_work[worker], aim[worker], until[worker] = False, None, np.inf
        state = DispatchState(
            cases=[
                OpenCase(
                    id=c, x=day.x[c] * 1_000, y=day.y[c] * 1_000, waited_min=now - day.at[c],
                    skill=f"skill {day.kind[c]}" if day.kind[c] else None, owner=int(day.owner[c]),
                    given_to=given.get(c), lost=lost[c],
                )
                for c in open_cases
            ],
            workers=[
                OnDuty(
                    id=w, x=place(w, now)[0], y=place(w, now)[1], at_work=at_work[w],
                    skills=frozenset(f"skill {kind}" for kind in (1, 2) if day.skills[w, kind]),
                    changed_min=tuple(now - minute for minute in changed[w]), used_min=used[w],
                )
                for w in range(m)
            ],
            mean_service_min=day.mean_service,
        )  # fmt: skip
        known = Demand(x=day.x[:following] * 1_000, y=day.y[:following] * 1_000)
        travel = Rectilinear(speed_kmh=day.ground.speed_km_min * 60)
        done = decide(state, travel=travel, ground=day.ground, demand=known, rules=rules)
        for order in done.taken_off:
            used[order.worker] += now - since[order.worker]
            own[order.worker], aim[order.worker], until[order.worker] = place(order.worker, now), None, np.inf
            changed[order.worker].append(now)
            lost[order.case] += 1
            del given[order.case]
        for order in done.sent:
            aim[order.worker], given[order.case] = order.case, order.worker
            since[order.worker], until[order.worker] = now, now + order.minutes


@pytest.mark.parametrize(
    ("ground", "rules"),
    [
        (SQUARE, Rules()),
        (SQUARE, Rules(owner=4, most_swaps=1, most_case_swaps=1)),
        (Ground.covering(width_km=18, height_km=7, speed_kmh=20, cell_km=0.8), Rules(reach_km=3.0)),
    ],
)
def test_a_day_of_decisions_is_the_simulated_day(ground, rules):
    day = make_day(DayShape(workers=14, cases=90, service_min=50), 4, ground=ground)
    result = simulate_day(day, Policy.GEZHI, rules)
    assert result.swaps > 0
    assert played(day, rules) == pytest.approx(result.start)


def test_twice_the_land_at_twice_the_speed_is_the_same_day():
    large = Ground.covering(width_km=20, height_km=20, speed_kmh=24, cell_km=1.0)
    shape = DayShape(workers=30, cases=200, service_min=50)
    for policy in Policy:
        one = simulate_day(make_day(shape, 5), policy, Rules(reach_km=2.0))
        other = simulate_day(make_day(shape, 5, ground=large), policy, Rules(reach_km=4.0))
        assert np.array_equal(one.start, other.start)


def test_cells_cover_the_land_and_are_as_fine_as_may_be():
    assert (SQUARE.columns, SQUARE.rows, SQUARE.cell_km, SQUARE.speed_km_min) == (20, 20, 0.5, 0.2)
    prefecture = Ground.covering(width_km=222, height_km=156)
    assert prefecture.width_km >= 222
    assert prefecture.height_km >= 156
    assert 9_000 < prefecture.columns * prefecture.rows < 11_000


def test_nobody_or_nothing():
    assert ask([], [OnDuty(id=1, x=0, y=0)]).waiting == ()
    assert ask([OpenCase(id=1, x=0, y=0)], []).waiting == (1,)


CASE, WORKER = OpenCase(id="c", x=0, y=0), OnDuty(id="w", x=0, y=0)


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("cases[1].id", lambda: ask([CASE, CASE], [WORKER])),
        ("workers[1].id", lambda: ask([CASE], [WORKER, WORKER])),
        ("cases[0].x", lambda: ask([OpenCase(id=1, x=float("nan"), y=0)], [WORKER])),
        ("workers[0].y", lambda: ask([CASE], [OnDuty(id=1, x=0, y=float("inf"))])),
        ("cases[0].waited_min", lambda: ask([OpenCase(id=1, x=0, y=0, waited_min=-1)], [WORKER])),
        ("cases[0].lost", lambda: ask([OpenCase(id=1, x=0, y=0, lost=-1)], [WORKER])),
        ("cases[0].given_to", lambda: ask([OpenCase(id=1, x=0, y=0, given_to="x")], [WORKER])),
        (
            "cases[0].given_to",
            lambda: ask([OpenCase(id=1, x=0, y=0, given_to="w")], [OnDuty(id="w", x=0, y=0, at_work=True)]),
        ),
        (
            "cases[1].given_to",
            lambda: ask([OpenCase(id=name, x=0, y=0, given_to="w") for name in "ab"], [WORKER]),
        ),
        ("demand", lambda: ask([CASE], [WORKER], demand=Demand(x=[1.0], y=[]))),
        ("speed_kmh", lambda: Rectilinear(speed_kmh=0)),
        ("detour", lambda: Straight(detour=0.9)),
        ("width_km", lambda: Ground.covering(width_km=0, height_km=1)),
        ("cell_km", lambda: Ground.covering(width_km=1_000, height_km=1_000, cell_km=0.5)),
    ],
)
def test_bad_input_names_its_field(field, make):
    with pytest.raises(InvalidInput) as caught:
        make()
    assert caught.value.field == field
