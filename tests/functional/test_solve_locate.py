"""``gezhi solve locate``: areas and points in, one row a point out; bad input is named."""

import csv
import json

import pytest
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main


def square(west, south, **more):
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, **more}


AREAS = {
    "type": "FeatureCollection",
    "features": [square(0, 0, id="b", properties={"code": "2"}), square(1, 0, id="a", properties={"code": "10"})],
}


@pytest.fixture
def solve(tmp_path):
    def run(areas=AREAS, points="id,lon,lat\n1,0.5,0.5\n", *more):
        raw = areas if isinstance(areas, str | bytes) else json.dumps(areas)
        (tmp_path / "areas.geojson").write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        (tmp_path / "points.csv").write_bytes(points if isinstance(points, bytes) else points.encode())
        names = [str(tmp_path / name) for name in ("areas.geojson", "points.csv", "out.csv")]
        result = CliRunner().invoke(main, ["solve", "locate", *names[:2], "--out", names[2], *more])
        out = tmp_path / "out.csv"
        rows = list(csv.reader(out.open(encoding="utf-8"))) if out.exists() else None
        assert {path.name for path in tmp_path.iterdir()} <= {"areas.geojson", "points.csv", "out.csv"}
        return result, rows

    return run


def test_interior_border_corner_and_nowhere(solve):
    result, rows = solve(points="id,lon,lat\nin,0.5,0.5\nborder,1,0.5\ncorner,2,1\nout,5,5\n点,1.5,0.2\n")
    assert result.exit_code == 0, result.output
    assert rows == [["id", "area"], ["in", "b"], ["border", "a"], ["corner", "a"], ["out", ""], ["点", "a"]]


def test_the_smallest_id_is_the_smallest_text(solve):
    _, rows = solve(AREAS, "id,lon,lat\nborder,1,0.5\n", "--id", "code")
    assert rows == [["id", "area"], ["border", "10"]]


def test_other_columns_and_a_byte_order_mark_do_no_harm(solve):
    result, rows = solve(points="\ufefflat,name,id,lon\n0.5,x,7,0.5\n")
    assert result.exit_code == 0
    assert rows == [["id", "area"], ["7", "b"]]


def test_no_points_and_no_areas(solve):
    assert solve(points="id,lon,lat\n")[1] == [["id", "area"]]
    assert solve({"type": "FeatureCollection", "features": []})[1] == [["id", "area"], ["1", ""]]


TWICE = {**AREAS, "features": [square(0, 0, id="a"), square(1, 0, id="a")]}
BAD = [
    ("areas is no JSON", "{", None, "not valid JSON"),
    ("areas is a list", [], None, "FeatureCollection"),
    ("a feature is a text", {**AREAS, "features": ["x"]}, None, "features[0]"),
    ("an area has no id", {**AREAS, "features": [square(0, 0)]}, None, "features[0]"),
    ("an id stands twice", TWICE, None, "twice"),
    (
        "an area is a point",
        {**AREAS, "features": [{"id": "p", "geometry": {"type": "Point", "coordinates": [0, 0]}}]},
        None,
        "no Polygon",
    ),
    ("an area has no geometry", {**AREAS, "features": [{"id": "p", "geometry": None}]}, None, "no Polygon"),
    ("an area has NaN", json.dumps(AREAS).replace("[1, 1]", "[NaN, 1]"), None, "features["),
    ("areas lie too deep", '{"a":' * 50_000, None, "too deep"),
    ("areas are not UTF-8", b"\xff\xfe{}", None, "areas.geojson"),
    ("properties are a list", {**AREAS, "features": [{**square(0, 0), "properties": [1]}]}, None, "features[0]"),
    ("an id is a list", {**AREAS, "features": [square(0, 0, id=["a"])]}, None, "features[0]"),
    ("areas are in metres", {**AREAS, "features": [square(500_000, 3_500_000, id="a")]}, None, "no degrees"),
    ("points have a huge field", AREAS, 'id,lon,lat\n1,0,0\n"' + "x" * 1_100_000, "after row 1"),
    ("points end in another encoding", AREAS, b"id,lon,lat\n1,0,0\n\xd6\xd0,0,0\n", "not valid UTF-8"),
    ("points have no lat", AREAS, "id,lon\n1,2\n", "lat"),
    ("a longitude is a word", AREAS, "id,lon,lat\n1,east,2\n", "row 1, lon"),
    ("a longitude is NaN", AREAS, "id,lon,lat\n1,0,0\n2,nan,2\n", "row 2, lon"),
    ("a latitude is off the globe", AREAS, "id,lon,lat\n1,0,91\n", "row 1, lat"),
    ("a latitude is missing", AREAS, "id,lon,lat\n1,0\n", "row 1, lat"),
    ("points are not UTF-8", AREAS, "编号".encode("gbk"), "points.csv"),
    ("points are empty", AREAS, "", "id, lon, lat"),
]


@pytest.mark.parametrize(("areas", "points", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input_is_named_and_nothing_is_written(solve, areas, points, words):
    result, rows = solve(areas, *([points] if points is not None else []))
    assert result.exit_code == 2, result.output
    assert words in result.output
    assert rows is None


def test_a_missing_file_is_bad_input(tmp_path):
    result = CliRunner().invoke(main, ["solve", "locate", "nowhere.json", "none.csv", "--out", str(tmp_path / "o.csv")])
    assert result.exit_code == 2
    assert "nowhere.json" in result.output
