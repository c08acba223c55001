"""The demo city: exact figures, valid coverages, the same for the same seed."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.models import Area, AreaShape, Compound
from gezhi.contexts.cases import queries as cases
from gezhi.contexts.cases.models import Case
from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.workforce.models import Worker
from gezhi.demo.build import home_grid
from gezhi.demo.case_courses import JOINT, LATE, STEPS, Course
from gezhi.demo.case_plan import CITY_TIME, plan_cases
from gezhi.demo.case_run import play_cases
from gezhi.demo.case_sites import case_sites
from gezhi.demo.contiguity import hang_together
from gezhi.demo.divisions import plan_divisions
from gezhi.demo.joint import CALLED
from gezhi.demo.logins import LOGINS
from gezhi.demo.plan import plan_city
from gezhi.interfaces.cli.main import main
from gezhi.kernel import clock
from gezhi.platform.access.actor import actor_of
from gezhi.platform.accounts.models import User
from gezhi.platform.steps.consistency import all_that_differ
from gezhi.solvers.coverage import check_coverage

TINY = 0.01


@pytest.fixture(scope="module")
def plan():
    return plan_city(scale=TINY, seed=7)


@pytest.fixture
def home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, ["demo", *arguments])


def test_same_seed_same_city_other_seed_another(plan):
    assert plan_city(scale=TINY, seed=7).digest() == plan.digest()
    assert plan_city(scale=TINY, seed=8).digest() != plan.digest()


def test_the_digest_sees_every_change(plan):
    first = plan.workers[0]
    changed = replace(plan, workers=(replace(first, name=first.name + "某"), *plan.workers[1:]))
    assert changed.digest() != plan.digest()
    moved = replace(plan.areas[-1], shape=shapely.transform(plan.areas[-1].shape, lambda p: p + 1e-9))
    assert replace(plan, areas=(*plan.areas[:-1], moved)).digest() != plan.digest()


def test_every_body_has_an_english_name_without_a_chinese_sign(plan):
    assert [body.name for body in plan.bodies if not body.name_en or not body.name_en.isascii()] == []
    offices = [body for body in plan.bodies if body.kind == "street_office"]
    areas = {area.code: area.name_en for area in plan.areas}
    assert all(areas[body.area_code] in body.name_en for body in offices)
    assert max(len(body.name_en) for body in plan.bodies) <= 120


@pytest.mark.parametrize("level", ["district", "street", "community", "grid"])
def test_every_level_is_a_coverage(plan, level):
    members = [area for area in plan.areas if area.level == level]
    shapes = np.array([area.shape for area in members], dtype=object)
    report = check_coverage(shapes, [area.code for area in members], gap_width_m=5_000.0)
    assert report.faults == ()
    assert shapely.coverage_is_valid(shapes)
    city = plan.areas[0].shape
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(shapes), city)) < 1e-12


def test_compounds_lie_whole_in_their_grids_and_apart(plan):
    grids = {area.code: area.shape for area in plan.areas if area.level == "grid"}
    for compound in plan.compounds:
        assert grids[compound.grid_code].buffer(1e-9).contains(compound.shape)
        assert compound.households >= 20
    shapes = np.array([compound.shape for compound in plan.compounds], dtype=object)
    overlapping = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert overlapping.size == 0
    assert len({compound.name for compound in plan.compounds}) == len(plan.compounds)


def test_days_of_cases_are_planned_alike_and_mostly_settled_the_same_day(plan):
    now = datetime(2026, 11, 20, 4, tzinfo=UTC)
    grid = home_grid(plan).code
    scripts = plan_cases(case_sites(plan), home_grid=grid, a_day=300, days=3, seed=7, now=now)
    assert scripts == plan_cases(case_sites(plan), home_grid=grid, a_day=300, days=3, seed=7, now=now)
    assert all(script.reported_at < now for script in scripts)
    local = [script.reported_at.astimezone(CITY_TIME).date() for script in scripts]
    assert local.count(date(2026, 11, 18)) == 300
    late = [script for script in scripts if script.course in LATE]
    assert 0 < len(late) < 0.02 * len(scripts)
    grids = {area.code: area.shape for area in plan.areas if area.level == "grid"}
    assert all(grids[grid].contains(shapely.Point(s.lon, s.lat)) for s in scripts if s.own_grid)


def test_some_in_a_hundred_cases_need_a_second_body(plan):
    now = datetime(2026, 11, 20, 4, tzinfo=UTC)
    scripts = plan_cases(case_sites(plan), home_grid=home_grid(plan).code, a_day=300, days=3, seed=7, now=now)
    joint = [script for script in scripts if script.course in JOINT]
    assert 0.01 < len(joint) / len(scripts) < 0.03
    assert {script.course for script in joint} == JOINT
    assert {script.class_code for script in joint} <= CALLED.keys()
    for script in joint:
        steps = STEPS[script.course]
        taken = script.minutes[steps.index("accept_part") : steps.index("handle_part") + 1]
        assert sum(taken) > 60 if script.course is Course.JOINT_LATE else sum(taken) < 240


def test_cases_lie_where_their_words_say(plan):
    """What is a street's lies in no house, what is a house's in one."""
    now = datetime(2026, 11, 20, 4, tzinfo=UTC)
    scripts = plan_cases(case_sites(plan), home_grid=home_grid(plan).code, a_day=300, days=3, seed=7, now=now)
    houses = shapely.union_all(plan.ground.of(Layer.BUILDING).shapes)
    compounds = shapely.union_all([one.shape for one in plan.compounds])
    streets = shapely.union_all([*plan.ground.of(Layer.ROAD).shapes, *plan.ground.of(Layer.ENTRANCE).shapes])
    for shape in (houses, compounds, streets):
        shapely.prepare(shape)
    seen = set()
    for script in scripts:
        at = shapely.Point(script.lon, script.lat)
        if any(word in script.description for word in ("楼道", "电梯", "厨房", "老人", "楼上")):
            assert houses.contains(at), script.description
            seen.add("house")
        elif any(word in script.description for word in ("路面", "路灯", "井", "小区门口", "人行道", "盲道")):
            assert not houses.contains(at), script.description
            assert streets.distance(at) < 0.00006, script.description
            seen.add("street")
        else:
            assert compounds.distance(at) < 0.001
    assert seen == {"house", "street"}


def row_of_parts(count):
    return [[other for other in (part - 1, part + 1) if 0 <= other < count] for part in range(count)]


@pytest.mark.parametrize(
    ("before", "kinds", "after"),
    [
        ("AABBA", "ooooo", "AAABB"),
        ("ABAB", "oooo", "AABB"),
        ("AABCA", "ooooo", "AAABC"),
        ("AABBA", "ooxxo", "AABBA"),
        ("AAABB", "ooooo", "AAABB"),
    ],
)
def test_parts_that_lie_apart_are_exchanged_within_their_kind(before, kinds, after):
    settled = hang_together(row_of_parts(len(before)), list(before), list(kinds))
    pieces = sum(one != other for one, other in pairwise(settled)) + 1
    assert Counter(settled) == Counter(before)
    assert pieces == sum(one != other for one, other in pairwise(after)) + 1


def test_communities_and_streets_hang_together(plan):
    scattered = [area for area in plan.areas if shapely.get_num_geometries(area.shape) > 1]
    assert [area.code for area in scattered if area.level != "street"] == []
    assert len(scattered) <= 1
    counties = plan_divisions(TINY)
    grids = Counter(area.parent_code for area in plan.areas if area.level == "grid")
    assert grids == {community.code: community.grids for county in counties for community in county.communities}


def test_slow_and_cancelled_cases_never_exceed_the_articles_share(plan):
    now = datetime(2026, 11, 20, 4, tzinfo=UTC)
    grid = home_grid(plan).code
    for seed in range(5):
        scripts = plan_cases(case_sites(plan), home_grid=grid, a_day=40, days=5, seed=seed, now=now)
        whole = [script for script in scripts if script.reported_at < now - timedelta(hours=12)]
        assert len(whole) == 200
        assert sum(script.course in LATE for script in whole) <= 2
        assert Counter(script.course for script in whole)[Course.CANCELLED] == 1
        for script in whole:
            if script.course not in LATE:
                ends = script.reported_at + timedelta(minutes=sum(script.minutes[: len(STEPS[script.course])]))
                assert ends.astimezone(CITY_TIME).date() == script.reported_at.astimezone(CITY_TIME).date()


def test_roads_and_river_lie_in_the_city(plan):
    city = plan.areas[0].shape.buffer(1e-6)
    roads, rivers = plan.ground.of(Layer.ROAD), plan.ground.of(Layer.WATERWAY)
    assert "arterial" in roads.kinds
    assert "river" in rivers.kinds
    assert all(city.covers(line) for line in (*roads.shapes, *rivers.shapes))


@pytest.mark.parametrize("minutes", [1, 30, 90, 119, 600])
def test_fresh_cases_are_of_today_at_any_hour(plan, minutes):
    midnight = datetime(2026, 11, 20, tzinfo=CITY_TIME)
    now = midnight + timedelta(minutes=minutes)
    scripts = plan_cases(case_sites(plan), home_grid=home_grid(plan).code, a_day=40, days=1, seed=7, now=now)
    fresh = [script for script in scripts if script.steps is not None]
    assert len(fresh) == 14
    for script in fresh:
        taken = script.minutes[: script.steps]
        assert midnight < script.reported_at <= script.reported_at + timedelta(minutes=sum(taken)) < now


@pytest.mark.django_db
def test_founding_figures_and_logins(home):
    founded = run("city", "--scale", str(TINY), "--seed", "7", "--days", "1", "--json")
    assert founded.exit_code == 0, founded.output
    counts = json.loads(founded.stdout)
    assert counts["grids"] == 47
    assert counts["digest"] == plan_city(scale=TINY, seed=7).digest()

    figures = run("figures", "--json")
    assert figures.exit_code == 0, figures.output
    report = json.loads(figures.stdout)
    assert (report["scale"], report["seed"], report["different"]) == (TINY, 7, 0)
    by_what = {row["what"]: row for row in report["figures"]}
    assert by_what["full-time grid workers"]["city"] == 47
    assert by_what["volunteer teams"]["match"] == "not built"
    assert by_what["frequent cases a day, the fewest"]["city"] == 3
    assert by_what["share closed the same day, %"]["city"] == 100
    assert {row["capability"] for row in report["figures"]} >= {"A1", "A5", "B1", "B5", "C1", "C5", "D1", "D2", "D3"}

    assert Area.objects.find_problems() == ([], [], [], [], [])
    assert AreaShape.objects.count() == Area.objects.count() == counts["areas"]
    for compound in Compound.objects.select_related("grid")[:20]:
        assert areas.locate(compound.lon, compound.lat).grid_id == compound.grid_id

    shown = json.loads(run("logins", "--json").stdout)
    assert (home / "demo-logins.txt").stat().st_mode & 0o077 == 0
    for login in LOGINS:
        user = User.objects.get(username=login.username)
        assert user.check_password(shown["password"])
        [grant] = actor_of(user, now=clock.now()).grants
        assert grant.role == login.role
    worker = Worker.objects.get(user__username="worker")
    assert worker.area_id == actor_of(worker.user, now=clock.now()).grants[0].area_id

    again = run("city", "--scale", str(TINY))
    assert again.exit_code == 2
    assert "holds a city already" in again.stderr
    kept = run("city", "--scale", "0.02", "--keep")
    assert kept.exit_code == 0
    assert "kept the demo city that is here: scale 0.01" in kept.stderr
    assert shown["password"] in kept.stdout

    assert counts["cases"] == Case.objects.count() > 14
    assert list(all_that_differ()) == []
    worker_actor = actor_of(worker.user, now=clock.now())
    in_hand = {row["status"] for row in cases.list_cases(worker_actor).rows}
    assert {"reported", "dispatched", "handling", "handled"} <= in_hand
    assert Case.objects.filter(assignee=worker.user).exists()
    assert not Case.objects.filter(reported_at__gt=clock.now()).exists()

    Worker.objects.filter(post="lawyer").first().delete()
    different = run("figures")
    assert different.exit_code == 1
    assert "1 different" in different.stdout

    # Last: what is played early in the day began the day before, and the figures of that day are done.
    assert_every_course_can_be_played(plan_city(scale=TINY, seed=7))


def assert_every_course_can_be_played(plan):
    now = clock.now() - timedelta(hours=1)
    [pattern, *_] = plan_cases(case_sites(plan), home_grid=home_grid(plan).code, a_day=1, days=2, seed=7, now=now)
    minutes = tuple(10.0 + step for step in range(13))
    start = now - timedelta(hours=12)
    others = {Course.MERGED, Course.APPEALED, Course.ON_THE_SPOT, *JOINT}
    played_alone = [course for course in Course if course not in others]
    scripts = [
        replace(pattern, course=course, minutes=minutes, rating=(False, 2), reported_at=start, channel=channel)
        for course in played_alone
        for channel in ("web", "patrol", "hotline", "app")
    ]
    own = replace(pattern, own_grid=True, channel="patrol", minutes=minutes, reported_at=start, rating=None)
    # Noticed in office; late by a day; and two of one matter.
    late = replace(pattern, course=Course.APPEALED, class_code="E0405", minutes=(5.0, 5.0, 300.0, *minutes[3:]))
    main = replace(pattern, reported_at=start, minutes=minutes, rating=None, key=9_001)
    twin = replace(main, course=Course.MERGED, key=9_002, same_as=9_001, reported_at=start + timedelta(minutes=5))
    alone = replace(twin, key=9_003, same_as=9_004, minutes=minutes)
    scripts += [
        replace(late, reported_at=start, rating=None),
        replace(pattern, course=Course.ON_THE_SPOT, channel="patrol", minutes=minutes, reported_at=start, rating=None),
        *(main, replace(twin, minutes=minutes), alone),
        # What a worker took in themselves, somebody else verifies.
        replace(own, course=Course.VERIFIED),
        *(
            replace(pattern, course=course, class_code=code, minutes=minutes, reported_at=start, rating=(True, 4))
            for course in sorted(JOINT)
            for code in CALLED
        ),
    ]
    before = set(Case.objects.values_list("pk", flat=True))
    assert play_cases(scripts, now=now, tick=lambda: None) == len(scripts)
    parts = Case.objects.exclude(pk__in=before).filter(parent__isnull=False)
    assert Counter(parts.values_list("status", "rating_score", "street_score")) == {
        ("closed", 4, 4): len(CALLED),
        ("closed", 4, 3): len(CALLED),
    }
    assert {(case.unit_score, case.handle_limit) for case in parts} == {(5, "4WH"), (3, "1UH")}
    assert all(case.answer_due and case.accepted_at < case.answer_due for case in parts)
    joint = Case.objects.filter(part_count=1)
    assert Counter(joint.values_list("status", "open_parts")) == {("closed", 0): 2 * len(CALLED)}
    assert not joint.filter(parent__isnull=False).exists()
    played = Case.objects.exclude(pk__in=before).exclude(pk__in=parts).exclude(pk__in=joint)
    per_status = Counter(played.values_list("status", flat=True))
    assert per_status == {"closed": 4 * (len(played_alone) - 1) + 6, "cancelled": 4}
    assert played.filter(rework_count=1).count() == 4
    assert played.filter(return_count=1).count() == 4
    assert played.filter(verification="exists").count() == 5
    assert played.filter(unsolved_count=1).count() == 4
    assert played.filter(extension="2WD").count() == 4
    assert Counter(played.exclude(closing="").values_list("closing", flat=True)) == {
        "forced": 4,
        "set_aside": 4,
        "on_the_spot": 1,
        "with_main": 1,
    }
    assert played.get(appeal="granted").unscored == "appeal"
    assert list(all_that_differ()) == []


@pytest.mark.django_db
def test_without_a_city_the_commands_say_so(home):
    for command in ("figures", "logins"):
        result = run(command)
        assert result.exit_code == 2
        assert "there is no demo city here" in result.stderr


@pytest.mark.parametrize("scale", ["0", "0.001", "2", "x"])
def test_impossible_scales(scale):
    assert run("city", "--scale", scale).exit_code == 2


def test_an_empty_folder_is_told_to_be_initialised(tmp_path):
    environment = {**os.environ, "GEZHI_HOME": str(tmp_path), "GEZHI_DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "gezhi.config.settings.embedded"
    command = [sys.executable, "-m", "gezhi.interfaces.cli.main", "demo", "figures"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "run `gezhi init`" in result.stderr
