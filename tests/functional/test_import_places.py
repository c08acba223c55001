"""A city's own list of landmarks: on the map, and found by all its names."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gezhi.contexts.ground.models import GroundFeature, GroundSource
from gezhi.contexts.places.queries import find_places
from gezhi.contexts.places.use_cases import refresh_index
from gezhi.interfaces.cli.import_places import command
from gezhi.kernel.datum import Datum, from_wgs84
from gezhi.platform.kept import forget_all
from tests.factories.areas import centre
from tests.factories.cases import make_town

pytestmark = pytest.mark.django_db
LON, LAT = centre(0)
ROWS = [
    ["市第一中学", f"{LON}", f"{LAT}", "学校", "No. 1 Middle School", "一中;襄樊一中"],
    ["檀溪市场", f"{centre(1)[0]}", f"{LAT}", "market", "", ""],
    ["古隆中", f"{centre(2)[0]}", f"{LAT}", "", "", ""],
]
HEAD = ["名称", "经度", "纬度", "类别", "英文名称", "别名"]


@pytest.fixture(autouse=True)
def town(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    return make_town()


def written(path: Path, rows: list[list[str]], head: list[str] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([head or HEAD, *rows])
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments])


def test_landmarks_are_found_by_every_name_and_a_list_replaces_itself(tmp_path):
    file = written(tmp_path / "landmarks.csv", ROWS)
    done = run(file, "--json", "--licence", "© 民政局")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["imported"] == 3
    forget_all()
    refresh_index()
    for text in ("市第一中学", "襄樊一中", "shidiyizhongxue", "No. 1 Middle School"):
        (first, *_) = find_places(text)
        assert (first.name, first.kind, first.is_exact) == ("市第一中学", "school", True)
    assert find_places("古隆中")[0].kind == "other"
    assert run(written(tmp_path / "landmarks.csv", ROWS[:1])).exit_code == 0
    assert list(GroundFeature.objects.values_list("name", flat=True)) == ["市第一中学"]
    assert GroundSource.objects.get().licence == ""


def test_a_file_of_any_name_names_its_list(tmp_path):
    assert run(written(tmp_path / "地标 2026 (新).csv", ROWS)).exit_code == 0
    assert list(GroundSource.objects.values_list("code", "name")) == [("地标-2026-新", "地标 2026 (新)")]


def test_each_bad_row_is_reported_and_the_caller_chooses(tmp_path):
    bad = [
        ["", f"{LON}", f"{LAT}", "学校", "", ""],
        ["北", "东经", f"{LAT}", "学校", "", ""],
        ["南", f"{LON}", "91", "学校", "", ""],
        ["零", "0", "0", "学校", "", ""],
        ["怪", f"{LON}", f"{LAT}", "飞碟场", "", ""],
        ["远", "-70", "10", "学校", "", ""],
        ["换", f"{LAT}", f"{LON}", "学校", "", ""],
    ]
    file = written(tmp_path / "some.csv", [*ROWS, *bad])
    whole = run(file, "--all-or-nothing", "--json")
    assert (whole.exit_code, json.loads(whole.output)["imported"]) == (1, 0)
    assert not GroundFeature.objects.exists()
    done = run(file, "--json")
    told = json.loads(done.output)
    assert (done.exit_code, told["imported"], told["rejected"]) == (1, 3, 7)
    with Path(told["rejects_file"]).open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.reader(handle))[1:]
    assert [(line[0], line[2]) for line in lines] == [
        ("5", "名称"), ("6", "经度"), ("7", "纬度"), ("8", "经度"), ("9", "类别"),
        ("10", "经度"), ("11", "纬度"),
    ]  # fmt: skip


def test_degrees_of_a_chinese_service_are_brought_back(tmp_path):
    lon, lat = from_wgs84(LON, LAT, Datum.GCJ02)
    assert (
        run(written(tmp_path / "gcj.csv", [["学校", str(lon), str(lat), "", "", ""]]), "--datum", "gcj02").exit_code
        == 0
    )
    forget_all()
    refresh_index()
    (first, *_) = find_places("学校")
    assert (first.lon, first.lat) == (pytest.approx(LON, abs=1e-6), pytest.approx(LAT, abs=1e-6))


def test_a_geojson_of_points_is_read_too(tmp_path):
    point = {"type": "Point", "coordinates": [LON, LAT]}
    told = ({"Name": "文化宫", "kind": "theatre"}, {"Name": "", "kind": ""})
    features = [{"type": "Feature", "properties": properties, "geometry": point} for properties in told]
    file = tmp_path / "points.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    done = run(file, "--json")
    assert (done.exit_code, json.loads(done.output)["imported"]) == (1, 1)
    found = GroundFeature.objects.get()
    assert (found.name, found.kind) == ("文化宫", "theatre")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.txt", b"name,lon,lat", "expected"),
        ("x.csv", b"name,where\nA,B\n", "no column for lon, lat"),
        ("x.csv", b"\xff\xfe\x00", "x.csv"),
        ("x.geojson", b"{", "x.geojson"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, name, content, words):
    file = tmp_path / name
    file.write_bytes(content)
    done = run(file)
    assert done.exit_code == 2
    assert words in done.output
    assert run(tmp_path / "none.csv").exit_code == 2
    assert not GroundSource.objects.exists()


def test_a_list_of_which_nothing_lies_in_the_city_is_refused(tmp_path):
    far = run(written(tmp_path / "far.csv", [["远", "-70", "10", "", "", ""], ["更远", "-71", "11", "", "", ""]]))
    assert (far.exit_code, "no row of far.csv lies in the city" in far.output) == (2, True)
    assert "another datum?" in far.output
    assert not GroundSource.objects.exists()


def test_exchanged_columns_are_said_to_be_exchanged(tmp_path, monkeypatch):
    # Here a latitude of 112 is none; where both could be either, the city tells.
    there = run(written(tmp_path / "there.csv", [["换", f"{LAT}", f"{LON}", "", "", ""]]))
    assert (there.exit_code, "exchanged?" in there.output) == (1, True)
    monkeypatch.setattr(
        "gezhi.interfaces.imports.gazetteer.located_many",
        lambda lon, lat: [object() if x == 15.6 else None for x in lon],
    )
    krems = run(written(tmp_path / "krems.csv", [["换", "48.4", "15.6", "", "", ""]]))
    assert (krems.exit_code, "are exchanged" in krems.output) == (2, True)


def test_half_a_character_is_a_fault_of_its_row(tmp_path):
    file = tmp_path / "half.json"
    rows = [
        {"name": "Sur\ud800", "lon": LON, "lat": LAT, "also": ""},
        {"name": "学校", "lon": LON, "lat": LAT, "also": "\0"},
    ]
    file.write_text(json.dumps([*rows, {"name": "学校", "lon": LON, "lat": LAT}]), encoding="utf-8")
    done = run(file, "--json")
    told = json.loads(done.output)
    assert (done.exit_code, told["imported"], told["rejected"]) == (1, 1, 2)
    assert "Sur\\ud800" in Path(told["rejects_file"]).read_text("utf-8")
    file.write_text(json.dumps([{"na\ud800me": "x", "lon": LON, "lat": LAT}]), encoding="utf-8")
    assert run(file).exit_code == 2
