"""Areas, people and cases as tasks of the solvers: by hand on a town of four grids in a row, and on the demo city."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.utils import timezone

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Area
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, accept_case, cancel_case, dispatch_case
from gezhi.contexts.workforce.use_cases.register_worker import register_worker
from gezhi.demo.make import make_city
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.planning import Measure, Span, plan_dispatch, plan_partition, plan_siting
from gezhi.planning.siting import Aim
from gezhi.solvers.certificate import Status
from gezhi.solvers.dispatch import Rectilinear, RoadTravel, Rules, Straight, decide
from gezhi.solvers.partition import solve_partition
from gezhi.solvers.siting import solve_siting
from tests.factories.cases import MONDAY, SYSTEM, make_town, report

pytestmark = pytest.mark.django_db
STREET = "420602001"
GRIDS = [f"{STREET}001001", f"{STREET}001002", f"{STREET}002001", f"{STREET}002002"]
FIRST, SECOND = f"{STREET}001", f"{STREET}002"
# A thousandth of a degree at 32° north: the meridian's metres from south to north, the parallel's from west to east.
HIGH_M, WIDE_M = 110.89, 94.493
# The same width on the globe that siting measures on.
GLOBE_M = 94.298
TODAY = Span(MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=1))
CALM = Rules(most_swaps=0, swap=0, scarcity=0, stay=0, stay_idle=0, go=0)


@pytest.fixture
def town():
    return make_town()


def live(*households):
    for code, count in zip(GRIDS, households, strict=True):
        Area.objects.filter(code=code).update(households=count)


def grids_planned(**more):
    return plan_partition(SYSTEM, **{"area": STREET, "units": AreaLevel.GRID, "band": (400, 400), **more})


def test_the_grids_of_a_street_as_units(town):
    live(300, 100, 250, 150)
    made = grids_planned(today=AreaLevel.COMMUNITY)
    assert made.measure is Measure.HOUSEHOLDS
    assert [(unit.id, unit.households, unit.today) for unit in made.task.units] == [
        (GRIDS[0], 300, FIRST), (GRIDS[1], 100, FIRST), (GRIDS[2], 250, SECOND), (GRIDS[3], 150, SECOND),
    ]  # fmt: skip
    assert [(edge.a, edge.b) for edge in made.task.edges] == [
        (GRIDS[0], GRIDS[1]),
        (GRIDS[1], GRIDS[2]),
        (GRIDS[2], GRIDS[3]),
    ]
    assert [edge.border_m for edge in made.task.edges] == pytest.approx([HIGH_M] * 3, abs=0.05)
    xs = [unit.x for unit in made.task.units]
    assert np.diff(xs) == pytest.approx([WIDE_M] * 3, abs=0.05)
    assert [unit.y for unit in made.task.units] == pytest.approx([HIGH_M / 2] * 4, abs=0.05)
    # The ends of the row have three free sides, the middle two.
    ends, middle = HIGH_M + 2 * WIDE_M, 2 * WIDE_M
    assert [unit.outer_m for unit in made.task.units] == pytest.approx([ends, middle, middle, ends], abs=0.2)
    assert [unit.area for unit in made.task.units] == pytest.approx([HIGH_M * WIDE_M] * 4, rel=1e-3)


def test_solved_and_read_back_as_areas(town):
    # 400 + 400 households only as grid 1 alone and 2 to 4 together: one grid moves to the other community.
    live(400, 150, 100, 150)
    made = grids_planned(k=2, today=AreaLevel.COMMUNITY)
    result = solve_partition(made.task)
    assert result.status is not Status.IMPOSSIBLE
    parts = sorted([land.code for land in members] for members in made.parts(result.assignment).values())
    assert parts == [GRIDS[:1], GRIDS[1:]]
    assert (result.figures["moved_units"], result.figures["moved_households"]) == (1, 150)
    # Kept within the communities there is no such plan.
    inside = grids_planned(within=AreaLevel.COMMUNITY)
    assert {unit.community for unit in inside.task.units} == {FIRST, SECOND}
    assert solve_partition(inside.task).status is Status.IMPOSSIBLE


def test_weighed_by_the_cases_of_a_span(town):
    for grid, count in enumerate([3, 1, 2, 0]):
        for _ in range(count):
            report(grid=grid)
    report(grid=3, now=MONDAY - timedelta(days=2))
    called_off = report(grid=0)
    cancel_case(Command(actor=town.actor("dispatcher"), number=called_off.number, now=MONDAY, note="重复上报"))
    made = grids_planned(band=(2, 4), span=TODAY)
    # The register knows no households, so the cases weigh.
    assert made.measure is Measure.CASES
    assert [unit.households for unit in made.task.units] == [3, 1, 2, 0]
    parts = made.parts(solve_partition(made.task).assignment).values()
    came = dict(zip(GRIDS, [3, 1, 2, 0], strict=True))
    assert sorted(land.code for members in parts for land in members) == GRIDS
    assert all(2 <= sum(came[land.code] for land in members) <= 4 for members in parts)
    live(400, 100, 250, 150)
    both = grids_planned(band=(300, 600), span=TODAY)
    assert both.measure is Measure.HOUSEHOLDS
    assert [(unit.households, unit.workload) for unit in both.task.units] == [(400, 3), (100, 1), (250, 2), (150, 0)]
    # Whoever sees less counts less.
    seen = plan_partition(
        town.actor("far_dispatcher"), area=STREET, units=AreaLevel.GRID, band=(1, 9), span=TODAY, measure=Measure.CASES
    )
    assert [unit.households for unit in seen.task.units] == [0, 0, 2, 0]


def test_communities_are_units_too(town):
    Area.objects.filter(code__in=[FIRST, SECOND]).update(households=400)
    made = grids_planned(units=AreaLevel.COMMUNITY, band=(800, 800))
    assert [(edge.a, edge.b) for edge in made.task.edges] == [(FIRST, SECOND)]
    (members,) = made.parts(solve_partition(made.task).assignment).values()
    assert [land.code for land in members] == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("code", "error", "more"),
    [
        ("unknown_area", NotFound, {"area": "999"}),
        ("no_such_level", InvalidInput, {"area": GRIDS[0], "units": AreaLevel.COMMUNITY}),
        ("no_households", InvalidInput, {}),
        ("no_households", InvalidInput, {"measure": Measure.HOUSEHOLDS, "span": TODAY}),
        ("field_missing", InvalidInput, {"measure": Measure.CASES}),
        ("level_order", InvalidInput, {"span": TODAY, "within": AreaLevel.GRID}),
    ],
)
def test_what_cannot_be_planned_is_said(town, code, error, more):
    with pytest.raises(error) as caught:
        grids_planned(**more)
    assert caught.value.code == code


def sites_planned(aim, **more):
    return plan_siting(SYSTEM, area=STREET, units=AreaLevel.GRID, sites=AreaLevel.GRID, aim=aim, **more)


def test_sites_in_the_grids_of_a_street(town):
    live(100, 100, 100, 1_000)
    made = sites_planned(Aim(model="p_median", p=1))
    result = solve_siting(made.task)
    # At grid 4: 100 · (3 + 2 + 1) widths; at grid 3: 100 · (2 + 1) + 1000.
    assert [land.code for land in made.opened(result)] == [GRIDS[3]]
    assert result.value == pytest.approx(600 * GLOBE_M, rel=1e-4)
    ids = [town.areas[code].pk for code in GRIDS]
    assert made.served_by(result) == dict.fromkeys(ids, ids[3])
    # One that stands already stays; the other then goes to the many.
    fixed = sites_planned(Aim(model="p_median", p=2, fixed=[GRIDS[0]]))
    assert [land.code for land in fixed.opened(solve_siting(fixed.task))] == [GRIDS[0], GRIDS[3]]
    # Within one width of a site everybody lives near two.
    cover = sites_planned(Aim(model="set_cover", radius_m=WIDE_M + 5))
    assert len(cover.opened(solve_siting(cover.task))) == 2
    with pytest.raises(InvalidInput) as caught:
        sites_planned(Aim(model="p_median", p=1, fixed=[FIRST]))
    assert caught.value.field == "fixed"
    with pytest.raises(InvalidInput) as caught:
        plan_siting(
            SYSTEM, area=GRIDS[0], units=AreaLevel.GRID, sites=AreaLevel.COMMUNITY, aim=Aim(model="p_median", p=1)
        )
    assert (caught.value.code, caught.value.field) == ("no_such_level", "sites")


def test_sites_by_the_cases_of_a_span(town):
    for _ in range(3):
        report(grid=1)
    report(grid=3)
    made = sites_planned(Aim(model="max_cover", p=1, radius_m=10, minimums={"420602": 1}), span=TODAY)
    result = solve_siting(made.task)
    assert [land.code for land in made.opened(result)] == [GRIDS[1]]
    assert result.value == 3
    assert [made.served_by(result)[town.areas[code].pk] for code in (GRIDS[0], GRIDS[3])] == [None, None]


def serve(town, name, grid, code):
    user = None if name is None else town.users[name].pk
    return register_worker(
        actor=SYSTEM, code=code, name=code, post="grid_worker", area_id=town.areas[GRIDS[grid]].pk,
        active_from=date(2026, 1, 1), now=MONDAY, user_id=user,
    )  # fmt: skip


def move(town, number, *, to, accepted=False):
    dispatch_case(Command(actor=town.actor("dispatcher"), number=number, now=MONDAY), assignee_id=town.users[to].pk)
    if accepted:
        accept_case(Command(actor=town.actor(to), number=number, now=MONDAY))


def test_a_moment_of_dispatch(town):
    one, two = serve(town, "worker", 0, "W1"), serve(town, None, 3, "W2")
    waiting = Case.objects.get(number=report(grid=2, now=MONDAY - timedelta(minutes=20)).number)
    given = Case.objects.get(number=report(grid=0).number)
    move(town, given.number, to="worker")
    other = report(grid=0)
    dispatch_case(
        Command(actor=town.actor("dispatcher"), number=other.number, now=MONDAY),
        organisation_id=town.bodies["sanitation"].pk,
    )
    made = plan_dispatch(SYSTEM, area=STREET, now=MONDAY, demand=TODAY)
    cases = {case.id: case for case in made.state.cases}
    assert set(cases) == {waiting.pk, given.pk}
    assert cases[waiting.pk].waited_min == 20
    assert (cases[waiting.pk].owner, cases[waiting.pk].given_to) == (None, None)
    assert (cases[given.pk].owner, cases[given.pk].given_to) == (one.id, one.id)
    places = {worker.id: (worker.x, worker.y) for worker in made.state.workers}
    assert places[one.id] == pytest.approx((WIDE_M / 2, HIGH_M / 2), abs=0.05)
    assert places[two.id] == pytest.approx((3.5 * WIDE_M, HIGH_M / 2), abs=0.05)
    assert (made.ground.columns, made.ground.rows) == (1, 1)
    assert len(made.demand.x) == 3
    for travel in (Rectilinear(speed_kmh=6), Straight(speed_kmh=6, detour=1.0), the_street(made)):
        done = decide(made.state, travel=travel, ground=made.ground, demand=made.demand, rules=CALM)
        assert [(task.id, worker.id) for task, worker in made.pairs(done)] == [(waiting.pk, two.id)]
        assert done.sent[0].minutes == pytest.approx(WIDE_M / 100, rel=0.01)
        assert [(order.case, order.worker) for order in done.kept] == [(given.pk, one.id)]


def the_street(made):
    """A road along the row, a node at each grid's centre, gone at 6 km/h."""
    x = [(column + 0.5) * WIDE_M for column in range(4)]
    return RoadTravel(x=x, y=[HIGH_M / 2] * 4, arcs=[[0, 1], [1, 2], [2, 3]], seconds=[WIDE_M * 0.6] * 3)


def test_who_handles_a_case_is_there_and_is_not_sent(town):
    one = serve(town, "worker", 0, "W1")
    handled, open_ = report(grid=0).number, report(grid=1).number
    Case.objects.filter(number=handled).update(lon=112.1 + 0.0001)
    move(town, handled, to="worker", accepted=True)
    made = plan_dispatch(SYSTEM, area=STREET, now=MONDAY)
    (worker,) = made.state.workers
    assert (worker.id, worker.at_work) == (one.id, True)
    assert worker.x == pytest.approx(WIDE_M / 10, abs=0.05)
    (case,) = made.state.cases
    done = decide(made.state, travel=Straight(), ground=made.ground, demand=made.demand)
    assert (case.given_to, done.waiting) == (None, (case.id,))
    assert made.tasks[case.id].number == open_


def test_a_worker_goes_to_the_case_given_first_and_the_others_are_open(town):
    one = serve(town, "worker", 0, "W1")
    numbers = [report(grid=0).number for _ in range(2)]
    for minute, number in ((2, numbers[0]), (1, numbers[1])):
        dispatch_case(
            Command(actor=town.actor("dispatcher"), number=number, now=MONDAY + timedelta(minutes=minute)),
            assignee_id=town.users["worker"].pk,
        )
    made = plan_dispatch(SYSTEM, area=STREET, now=MONDAY + timedelta(minutes=3))
    assert {made.tasks[case.id].number: case.given_to for case in made.state.cases} == {
        numbers[0]: None,
        numbers[1]: one.id,
    }


def test_a_case_without_a_point_stands_in_its_grid_or_nowhere(town):
    grid = report(lon=None, lat=None, area_id=town.areas[GRIDS[3]].pk)
    street = report(lon=None, lat=None, area_id=town.areas[STREET].pk)
    serve(town, "worker", 0, "W1")
    made = plan_dispatch(SYSTEM, area=STREET, now=MONDAY)
    (case,) = made.state.cases
    assert made.tasks[case.id].number == grid.number
    assert case.x == pytest.approx(3.5 * WIDE_M, abs=0.05)
    assert [made.tasks[left].number for left in made.left_out] == [street.number]


def test_who_has_left_or_not_come_yet_is_not_on_duty(town):
    serve(town, "worker", 0, "W1")
    early = datetime(2025, 12, 31, tzinfo=UTC)
    assert plan_dispatch(SYSTEM, area=STREET, now=early).state.workers == []


def test_the_demo_city(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    now = timezone.now()
    make_city(scale=0.01, seed=7, days=2, now=now, home=tmp_path)
    city = areas.root()
    street = max(
        areas.areas_of_level(AreaLevel.STREET), key=lambda row: len(areas.areas_of_level(AreaLevel.GRID, below=row.id))
    )
    grids = areas.areas_of_level(AreaLevel.GRID, below=street.id)
    total = sum(grid.households for grid in grids)
    made = plan_partition(
        SYSTEM, area=street.code, units=AreaLevel.GRID, band=(0, total), k=2, today=AreaLevel.COMMUNITY,
        span=Span(now - timedelta(days=4), now),
    )  # fmt: skip
    result = solve_partition(made.task)
    parts = made.parts(result.assignment)
    assert result.status in {Status.OPTIMAL, Status.FEASIBLE}
    assert sorted(land.id for members in parts.values() for land in members) == sorted(grid.id for grid in grids)
    assert len(parts) == 2

    sited = plan_siting(
        SYSTEM, area=city.code, units=AreaLevel.GRID, sites=AreaLevel.COMMUNITY, aim=Aim(model="p_median", p=3)
    )
    answer = solve_siting(sited.task)
    opened = sited.opened(answer)
    assert answer.status is Status.OPTIMAL
    assert len(opened) == 3
    assert set(sited.served_by(answer).values()) == {land.id for land in opened}

    Case.objects.filter(status="closed").update(status="reported", assignee=None)
    moment = plan_dispatch(SYSTEM, area=city.code, now=now, demand=Span(now - timedelta(days=4), now))
    assert moment.state.cases
    assert len(moment.state.workers) > 10
    done = decide(
        moment.state,
        travel=Straight(speed_kmh=15),
        ground=moment.ground,
        demand=moment.demand,
        rules=Rules(most_swaps=0),
    )
    pairs = moment.pairs(done)
    assert len({worker.id for _, worker in pairs}) == len(pairs) == len(done.sent) > 0
    assert len(pairs) + len(done.kept) + len(done.waiting) == len(moment.state.cases)
