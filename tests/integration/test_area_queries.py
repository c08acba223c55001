"""Locating points and drawing maps from the version in force."""

import threading

import numpy as np
import pytest

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel, VersionStatus
from gezhi.contexts.areas.models import AreaShape, AreaVersion
from gezhi.contexts.areas.queries import location
from gezhi.interfaces.serving.warm_up import warm_up
from tests.factories.areas import CELL, WEST, cell, centre, make_area, make_small_city, make_version

pytestmark = pytest.mark.django_db


def test_a_point_is_located_on_every_level():
    city = make_small_city()
    assert areas.locate(*centre(3)) == areas.Located(
        area_id=city["420602001002002"].pk,
        city_id=city["4206"].pk,
        district_id=city["420602"].pk,
        street_id=city["420602001"].pk,
        community_id=city["420602001002"].pk,
        grid_id=city["420602001002002"].pk,
    )


def test_outside_the_city_is_nowhere():
    make_small_city()
    assert areas.locate(0.0, 0.0) is None
    assert areas.locate(float("nan"), 32.0) is None


def test_without_areas_everything_is_nowhere():
    assert areas.locate(112.1, 32.0) is None
    assert areas.locate_many([112.1], [32.0]).tolist() == [0]
    assert areas.bounds() is None


def test_many_points_agree_with_single_ones():
    make_small_city()
    rng = np.random.default_rng(1)
    lon, lat = WEST + rng.uniform(-1, 5, 200) * CELL, 32.0 + rng.uniform(-1, 2, 200) * CELL
    many = areas.locate_many(lon, lat)
    single = [areas.locate(x, y) for x, y in zip(lon, lat, strict=True)]
    assert many.tolist() == [found.area_id if found else 0 for found in single]


def test_border_point_goes_to_the_smaller_code():
    city = make_small_city()
    lon, lat = round(WEST + CELL, 6), centre(0)[1]
    assert areas.locate(lon, lat).grid_id == city["420602001001001"].pk


def test_community_without_grids_still_holds_its_points():
    city = make_small_city()
    version = AreaVersion.objects.get()
    late = make_area(city["420602001"], "420602001003", AreaLevel.COMMUNITY, cell(4), version)
    found = areas.locate(*centre(4))
    assert (found.area_id, found.community_id, found.grid_id) == (late.pk, late.pk, None)


def test_no_query_while_the_version_is_unchanged(django_assert_num_queries):
    make_small_city()
    areas.locate(*centre(0))
    with django_assert_num_queries(0):
        areas.locate(*centre(1))
        areas.locate_many(*np.array([centre(0), centre(2)]).T)


def a_second_version(city):
    AreaVersion.objects.update(status=VersionStatus.SUPERSEDED)
    second = make_version(2)
    AreaShape.objects.filter(area=city["420602001001002"]).update(version_to=second)


@pytest.mark.django_db(transaction=True)
def test_a_new_version_is_indexed_in_the_background_while_the_last_one_answers(monkeypatch):
    city = make_small_city()
    areas.locate(*centre(0))
    a_second_version(city)
    assert areas.locate(*centre(1)).grid_id == city["420602001001002"].pk
    monkeypatch.setattr(location, "RECHECK_SECONDS", 0.0)
    may_build = threading.Event()
    build = location._build
    monkeypatch.setattr(location, "_build", lambda key: may_build.wait(20) and build(key))
    assert areas.locate(*centre(1)).grid_id == city["420602001001002"].pk
    may_build.set()
    location._INDEX.builder.join(20)
    found = areas.locate(*centre(1))
    assert (found.community_id, found.grid_id) == (city["420602001001"].pk, None)


@pytest.mark.django_db(transaction=True)
def test_a_failed_rebuild_leaves_the_last_index_and_is_tried_again(monkeypatch):
    city = make_small_city()
    areas.locate(*centre(0))
    a_second_version(city)
    monkeypatch.setattr(location, "RECHECK_SECONDS", 0.0)
    build = location._build
    calls = []

    def fail_once(key):
        calls.append(key)
        if len(calls) == 1:
            raise ValueError("no polygon")
        return build(key)

    monkeypatch.setattr(location, "_build", fail_once)
    areas.locate(*centre(1))
    location._INDEX.builder.join(20)
    assert areas.locate(*centre(1)).grid_id == city["420602001001002"].pk
    location._INDEX.builder.join(20)
    assert areas.locate(*centre(1)).grid_id is None
    assert len(calls) == 2


def test_a_process_that_warmed_up_answers_its_first_question_without_building(monkeypatch):
    city = make_small_city()
    areas.invalidate_index()
    warm_up()
    monkeypatch.setattr(location, "_build", lambda key: pytest.fail("the index was built again"))
    assert areas.locate(*centre(1)).grid_id == city["420602001001002"].pk


def test_warming_up_without_areas_is_no_error():
    warm_up()
    assert areas.locate(*centre(1)) is None


def test_ancestors_of_any_area_and_of_one_without_a_shape():
    city = make_small_city()
    assert areas.ancestors_of(city["420602001001"].pk).street_id == city["420602001"].pk
    AreaShape.objects.filter(area=city["420602001001001"]).delete()
    areas.invalidate_index()
    found = areas.ancestors_of(city["420602001001001"].pk)
    assert (found.grid_id, found.community_id) == (city["420602001001001"].pk, city["420602001001"].pk)
    with pytest.raises(LookupError):
        areas.ancestors_of(10**9)


def test_bounds_have_a_margin():
    make_small_city()
    box = areas.bounds(margin=0.5)
    assert (box.min_lon, box.max_lon) == pytest.approx((WEST - 0.5, WEST + 4 * CELL + 0.5))


def test_tree_reads():
    city = make_small_city()
    assert areas.root().code == "4206"
    assert [row.code for row in areas.children_of(city["420602001"].pk)] == ["420602001001", "420602001002"]
    assert areas.children_of(city["420602001001001"].pk) == []
    assert areas.children_of(10**9) == []
    assert areas.area_by_code("420602").id == city["420602"].pk
    assert areas.area(10**9) is None
    grids = areas.areas_of_level(AreaLevel.GRID, below=city["420602001002"].pk)
    assert [row.code for row in grids] == ["420602001002001", "420602001002002"]


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_index():
    city = make_small_city()
    areas.locate(*centre(0))
    answers: list[int] = []

    def ask() -> None:
        answers.extend(areas.locate(*centre(n % 4)).area_id for n in range(200))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 800
    assert answers.count(city["420602001001001"].pk) == 200
