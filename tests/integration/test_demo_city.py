"""The demo city: exact figures, valid coverages, the same for the same seed."""

import json
from dataclasses import replace

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.models import Area, AreaShape, Compound
from gezhi.contexts.workforce.models import Worker
from gezhi.demo.logins import LOGINS
from gezhi.demo.plan import plan_city
from gezhi.interfaces.cli.main import main
from gezhi.kernel import clock
from gezhi.platform.access.actor import actor_of
from gezhi.platform.accounts.models import User
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


def test_roads_and_river_lie_in_the_city(plan):
    city = plan.areas[0].shape.buffer(1e-6)
    assert {road.road_class for road in plan.roads} == {"river", "arterial"}
    assert all(city.covers(road.line) for road in plan.roads)


@pytest.mark.django_db
def test_founding_figures_and_logins(home):
    founded = run("city", "--scale", str(TINY), "--seed", "7", "--json")
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
    assert run("city", "--scale", str(TINY), "--if-missing").exit_code == 0

    Worker.objects.filter(post="lawyer").first().delete()
    different = run("figures")
    assert different.exit_code == 1
    assert "1 different" in different.stdout


@pytest.mark.django_db
def test_without_a_city_the_commands_say_so(home):
    for command in ("figures", "logins"):
        result = run(command)
        assert result.exit_code == 2
        assert "there is no demo city here" in result.stderr


@pytest.mark.parametrize("scale", ["0", "0.001", "2", "x"])
def test_impossible_scales(scale):
    assert run("city", "--scale", scale).exit_code == 2
