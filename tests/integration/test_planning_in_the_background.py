"""A planner checks a file of areas on a page, reads what is wrong with its borders, imports it, and has grids cut."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile

from gezhi.contexts.areas.models import Area, AreaVersion
from gezhi.interfaces.work.plan_words import REASON_WORDS
from gezhi.platform.work import progress
from gezhi.platform.work.models import WorkRun, WorkState
from gezhi.solvers.partition import solve_partition
from tests.factories.areas import cell
from tests.factories.cases import make_town
from tests.factories.clients import signed_in
from tests.factories.work import work_one

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/staff/work/new/check_area_file"


@pytest.fixture
def town(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return make_town()


def feature(code, shape):
    properties = {"code": code, "name": f"{code} 网格"}
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}


def redrawn():
    """The two grids of the second community with another border between them."""
    left, right = cell(2), cell(3)
    west, south, east, north = left.union(right).bounds
    middle = round(west + 0.0015, 6)
    shapes = shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)
    return [feature(f"42060200100200{number}", shape) for number, shape in enumerate(shapes, start=1)]


def sent(client, *features, **more):
    content = json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()
    form = {"file": SimpleUploadedFile("street.geojson", content), "key": str(uuid4()), "datum": "wgs84"} | more
    return client.post(NEW, form)


def test_a_file_with_an_overlap_is_told_and_not_imported(town):
    client = signed_in(town, "planner")
    before = Area.objects.count()
    page = sent(client, feature("420602001002001", cell(2, columns=2)), feature("420602001002002", cell(3))).url
    run = work_one()
    assert (run.state, run.result["can_be_imported"], run.result["findings"]) == ("done", False, {"overlap": 1})
    shown = client.get(page).content.decode()
    assert "重叠" in shown
    assert "findings.csv" in shown
    assert Area.objects.count() == before


def test_what_lies_outside_its_parent_fails_in_words(town):
    client = signed_in(town, "planner")
    page = sent(client, feature("420602001002001", cell(40))).url
    run = work_one()
    assert (run.state, run.failure_code) == ("failed", "outside_parent")
    assert "超出上级区域" in client.get(page).content.decode()


def test_good_areas_are_imported_after_the_check_and_a_stop_before_leaves_nothing(town, monkeypatch):
    client = signed_in(town, "planner")
    page = sent(client, *redrawn()).url
    checked = work_one()
    assert checked.result["can_be_imported"], checked.result
    assert AreaVersion.objects.count() == 1
    told = progress.Progress.report

    def stopped(self, done, **more):
        if done == 2:
            self.stop = progress.Why.ASKED
        told(self, done, **more)

    with monkeypatch.context() as patched:
        patched.setattr(progress.Progress, "report", stopped)
        client.post(page + "/again", {"kind": "import_area_file"})
        assert work_one().state == WorkState.STOPPED
    assert AreaVersion.objects.count() == 1
    client.post(page + "/again", {"kind": "import_area_file"})
    done = work_one()
    assert (done.state, done.result["imported"], done.result["redrawn"]) == ("done", True, 2)
    assert AreaVersion.objects.count() == 2


@pytest.mark.parametrize("who", [None, "dispatcher", "operations", "security_admin"])
def test_only_planners_and_system_administrators_import_areas(town, who):
    assert sent(signed_in(town, who), *redrawn()).status_code in {302, 403}
    assert not WorkRun.objects.exists()


def test_the_form_names_its_fields(town):
    shown = signed_in(town, "planner").get(NEW).content.decode()
    names = set(re.findall(r'name="(\w+)"', shown))
    assert {"file", "level", "code", "name", "parent", "datum", "crs", "repair", "key"} <= names


def task(count):
    units = [{"id": f"u{n}", "households": 100, "x": 10 * n, "y": 0} for n in range(count)]
    edges = [{"a": f"u{n}", "b": f"u{n + 1}", "border_m": 12.5} for n in range(count - 1)]
    return {"units": units, "edges": edges, "band": [300, 500], "k": None, "objective": "grid"}


def asked_to_cut(client, content, **more):
    file = SimpleUploadedFile("street.json", json.dumps(content).encode())
    return client.post("/staff/work/new/cut_grids", {"file": file, "seconds": "20"} | more)


def test_grids_are_cut_from_a_task_file(town):
    client = signed_in(town, "planner")
    page = asked_to_cut(client, task(12)).url
    run = work_one()
    assert (run.state, run.result["units"], run.result["grids"], run.done) == ("done", 12, 3, 100)
    link = re.search(r'href="(/staff/work/[^"]+/files/[^"]+)"', client.get(page).content.decode())[1]
    plan = json.loads(b"".join(client.get(link).streaming_content))
    assert len(set(plan["assignment"].values())) == 3


@pytest.mark.parametrize(
    ("content", "chinese", "english"),
    [
        ({"units": 7}, "$.units 处：应为 array 类型，实为 int 类型", "Expected `array`, got `int` - at `$.units`"),
        (task(3) | {"band": [5, 2]}, "band：[5, 2] 不是有效的区间", "band: [5, 2] is no band"),
        (task(3) | {"edges": [{"a": "u0", "b": "x"}]}, "edges[0].b：“x”不是任务中的单元", "edges[0].b: 'x' is no unit"),
    ],
)
def test_what_is_wrong_with_a_task_is_said_in_the_readers_language(town, content, chinese, english):
    client = signed_in(town, "planner")
    page = asked_to_cut(client, content).url
    assert work_one().state == WorkState.FAILED
    shown = unescape(client.get(page).content.decode())
    assert chinese in shown
    assert "任务文件有误" in shown
    assert english in unescape(client.get(page, headers={"accept-language": "en"}).content.decode())


def test_findings_are_a_file_in_the_starters_language(town):
    client = signed_in(town, "planner")
    page = sent(client, feature("420602001002001", cell(2, columns=2)), feature("420602001002002", cell(3))).url
    work_one()
    link = re.search(r'href="(/staff/work/[^"]+/files/[^"]+)"', client.get(page).content.decode())[1]
    head, row = b"".join(client.get(link).streaming_content).decode("utf-8-sig").splitlines()
    assert (head, row.split(",")[0]) == ("类型,区域,面积（平方米）,经度,纬度,说明", "重叠")


PLANS = [
    (task(12), "共划 3 个网格，每个网格 300 至 500 户", "3 grids of 300 to 500 households", True),
    (
        task(1) | {"units": [{"id": "big", "households": 900, "x": 0, "y": 0}]},
        "单个小区的户数已超过一个网格的上限",
        "A compound alone has more households than a grid may have",
        False,
    ),
]


@pytest.mark.parametrize(("content", "chinese", "english", "usable"), PLANS)
def test_a_plan_is_told_in_plain_sentences(town, content, chinese, english, usable):
    client = signed_in(town, "planner")
    page = asked_to_cut(client, content).url
    run = work_one()
    assert (run.state, run.result["usable"]) == ("done", usable)
    shown = unescape(client.get(page).content.decode())
    assert chinese in shown
    assert not re.search(r"households|optimal|bound|proven", shown)
    assert ('data-tone="good"' in shown) == usable
    assert english in unescape(client.get(page, headers={"accept-language": "en"}).content.decode())


def test_every_reason_of_the_solver_has_plain_words():
    source = Path(solve_partition.__code__.co_filename).parent
    codes = {
        code for path in source.glob("*.py") for code in re.findall(r'Reason\(\s*"(\w+)"', path.read_text("utf-8"))
    }
    assert codes == set(REASON_WORDS)


def test_a_choice_of_one_stands_beside_its_words(town):
    shown = signed_in(town, "planner").get(NEW).content.decode()
    assert re.search(
        r'<label class="choice"[^>]*><input type="checkbox"[^>]*><span class="choice-text">自动修正边界', shown
    ), shown


def test_a_bad_task_and_a_time_without_end_are_refused_in_words(town):
    client = signed_in(town, "planner")
    page = asked_to_cut(client, {"units": 7}).url
    assert work_one().failure_code == "task_unreadable"
    assert "任务文件有误" in client.get(page).content.decode()
    assert asked_to_cut(client, task(3), seconds="99999").status_code == 422
    assert asked_to_cut(signed_in(town, "dispatcher"), task(3)).status_code == 403


def test_a_search_that_is_stopped_leaves_no_plan(town, monkeypatch, tmp_path):
    client = signed_in(town, "planner")
    page = asked_to_cut(client, task(12)).url
    told = progress.Progress.report

    def stopped(self, done, **more):
        if not more:
            self.stop = progress.Why.ASKED
        told(self, done, **more)

    monkeypatch.setattr(progress.Progress, "report", stopped)
    assert work_one().state == WorkState.STOPPED
    assert "/files/" not in client.get(page).content.decode()
