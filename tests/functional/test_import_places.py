"""A city's own list of landmarks: on the map, and found by all its names."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import OperationalError, connection

from gezhi.contexts.ground.models import GroundFeature, GroundSource
from gezhi.contexts.places.queries import find_places
from gezhi.contexts.places.use_cases import refresh_index
from gezhi.interfaces.cli.import_places import command
from gezhi.interfaces.imports.source import read_records
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
        ("x.csv", b"name,lon,lat\n", "x.csv has no rows"),
        ("x.json", b"[]", "x.json has no rows"),
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
    assert not list(tmp_path.rglob("*.rejects.csv"))
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


def test_a_list_is_read_to_its_end_before_anything_is_locked(tmp_path, monkeypatch):
    depth = []

    def read(path):
        for one in read_records(path):
            depth.append(len(connection.savepoint_ids))
            yield one

    monkeypatch.setattr("gezhi.interfaces.imports.gazetteer.read_records", read)
    before = len(connection.savepoint_ids)
    done = run(written(tmp_path / "a.csv", ROWS), "--json")
    assert json.loads(done.output)["imported"] == 3
    assert depth == [before] * 3
    assert [path.name for path in tmp_path.iterdir() if path.name != "imports"] == ["a.csv"]


def test_a_busy_database_is_said_to_be_busy(tmp_path, monkeypatch):
    def locked(**_given):
        held = sqlite3.OperationalError("database is locked")
        held.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
        raise OperationalError("database is locked") from held

    monkeypatch.setattr("gezhi.contexts.ground.use_cases.lay_ground", locked)
    done = run(written(tmp_path / "a.csv", ROWS))
    assert (done.exit_code, "somebody else is writing" in done.output) == (2, True)
    assert "gezhi init" not in done.output


def test_a_text_that_would_be_cut_off_is_a_fault_of_its_row(tmp_path):
    place = [f"{LON}", f"{LAT}", "学校", ""]
    long = [
        ["长" * 101, *place, ""],
        ["学校", *place[:3], "e" * 101, ""],
        ["学校", *place, "别" * 101],
        ["学校", *place, ";".join("别" * 99 + str(n) for n in range(3))],
    ]
    fits = [["长" * 100, *place, ";".join("别" * 98 + str(n) for n in range(3))]]
    done = run(written(tmp_path / "a.csv", [*fits, *long]), "--json")
    told = json.loads(done.output)
    assert (told["imported"], told["rejected"]) == (1, 4)
    assert set(told["reasons"]) == {
        "名称: longer than 100 signs", "英文名称: longer than 100 signs",
        "别名: longer than 100 signs", "别名: longer than 300 signs",
    }  # fmt: skip
    assert GroundFeature.objects.get().also.count("\n") == 2


def test_no_name_turns_what_stands_after_it_around(tmp_path):
    row = ["市\u202e第一\n中学", f"{LON}", f"{LAT}", "学校", "No.\u2066 1", "一\u200f中"]
    named = ("--name", "地\u202d名", "--licence", "© \u202e民政局\r\n2026")
    assert run(written(tmp_path / "a.csv", [row]), *named).exit_code == 0
    found, source = GroundFeature.objects.get(), GroundSource.objects.get()
    assert (found.name, found.name_en, found.also) == ("市第一 中学", "No. 1", "一中")
    assert (source.name, source.licence) == ("地名", "© 民政局  2026")
