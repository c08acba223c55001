"""``gezhi solve coverage``: one layer cleaned, several made into one, every change told; bad input named."""

import json
import zipfile

import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main


def box(code, west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def layer(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def of_size(transfers):
    """Without the traces of rounding along common borders."""
    return [one for one in transfers if one["area_m2"] > 100]


# Two grids side by side; the police have a border further east, and land in the north that the grids have not.
GRIDS = layer(box("g1", 112.00, 32.00, 112.01, 32.01), box("g2", 112.01, 32.00, 112.02, 32.01))
POLICE = layer(box("p1", 112.00, 32.00, 112.012, 32.02), box("p2", 112.012, 32.00, 112.02, 32.01))


@pytest.fixture
def solve(tmp_path):
    def run(layers, *more, points=None):
        names = []
        for number, content in enumerate(layers):
            path = tmp_path / f"layer{number}.geojson"
            path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
            names.append(str(path))
        out, areas = tmp_path / "out.json", tmp_path / "areas.geojson"
        if points is not None:
            (tmp_path / "points.csv").write_bytes(points if isinstance(points, bytes) else points.encode())
            more = (*more, "--points", str(tmp_path / "points.csv"))
        options = [option.format(folder=tmp_path) for option in more]
        done = CliRunner().invoke(
            main, ["solve", "coverage", *names, "--out", str(out), "--areas", str(areas), *options]
        )
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        if done.exit_code:
            assert not out.exists()
            assert not areas.exists()
            return done, None, None
        shapes = {
            one["id"]: shapely.from_geojson(json.dumps(one["geometry"]))
            for one in json.loads(areas.read_text("utf-8"))["features"]
        }
        return done, json.loads(out.read_text("utf-8")), shapes

    return run


def test_an_overlap_and_a_gap_of_one_layer_are_mended_and_told(solve):
    dirty = layer(
        box("a", 112.0, 32.0, 112.01, 32.01),
        box("b", 112.0099, 32.0, 112.02, 32.01),
        box("c", 112.02005, 32.0, 112.03, 32.01),
        box("d", 112.0, 32.01, 112.03, 32.02),
    )
    done, answer, shapes = solve([dirty], "--snap", "1")
    assert done.exit_code == 0, done.output
    assert answer["status"] == "feasible"
    assert answer["transfers"] == []
    assert {change["kind"] for change in answer["cleaned"]["layer0.geojson"]} == {"overlapped", "gained", "lost"}
    assert shapely.coverage_is_valid(list(shapes.values()))
    whole = shapely.union_all(list(shapes.values()))
    assert not shapely.get_num_interior_rings(whole)
    assert sum(shape.area for shape in shapes.values()) == pytest.approx(whole.area)


def test_two_layers_become_one_and_each_face_that_changed_hands_is_told(solve):
    done, answer, shapes = solve(
        [GRIDS, POLICE], points="lon,lat,households\n112.005,32.005,30\n112.011,32.005,10\n112.005,32.015,2\n"
    )
    assert done.exit_code == 0, done.output
    assert sorted(shapes) == ["g1", "g2"]
    [moved] = of_size(answer["transfers"])
    assert (moved["from"], moved["to"], moved["why"], moved["households"]) == (None, "g1", "outside_master", 2)
    assert shapes["g1"].contains(shapely.Point(moved["lon"], moved["lat"]))
    assert answer["figures"]["households"] == 42
    assert shapely.coverage_is_valid(list(shapes.values()))
    assert answer["certificate"]["claim"] in done.stderr


def test_a_layer_that_must_stay_whole_moves_the_border(solve):
    done, answer, shapes = solve(
        [GRIDS, POLICE],
        "--whole",
        "{folder}/layer1.geojson",
        points="lon,lat,households\n112.005,32.005,30\n112.011,32.005,10\n112.015,32.005,5\n",
    )
    assert done.exit_code == 0, done.output
    assert shapes["g1"].covers(shapely.Point(112.0115, 32.005))
    assert {(one["from"], one["to"], one["why"]) for one in of_size(answer["transfers"])} == {
        ("g2", "g1", "kept_whole"),
        (None, "g1", "outside_master"),
    }


BAD = [
    ("no JSON", [b"{"], [], None, "layer0.geojson"),
    ("text", [b"hello"], [], None, "neither GeoJSON"),
    ("empty", [layer()], [], None, "no features"),
    ("no id", [layer(box("", 0, 0, 1, 1))], [], None, "features[0]"),
    ("unknown property", [GRIDS], ["--id", "name"], None, "name"),
    ("id twice", [layer(box("a", 0, 0, 1, 1), box("a", 1, 0, 2, 1))], [], None, "features[1]"),
    (
        "a point",
        [layer({"type": "Feature", "properties": {"code": "a"}, "geometry": {"type": "Point", "coordinates": [1, 1]}})],
        [],
        None,
        "features[0]",
    ),
    ("no geometry", [layer(box("b", 0, 0, 1, 1), {**box("a", 0, 0, 1, 1), "geometry": None})], [], None, "features[1]"),
    ("metres", [layer(box("a", 500_000, 3_500_000, 500_100, 3_500_100))], [], None, "degrees"),
    ("the first layer whole", [GRIDS], ["--whole", "{folder}/layer0.geojson"], None, "--whole"),
    ("points without lat", [GRIDS], [], "lon\n1\n", "lat"),
    ("points off the globe", [GRIDS], [], "lon,lat\n112,32\n112,95\n", "row 2, lat"),
    ("negative households", [GRIDS], [], "lon,lat,households\n112,32,-1\n", "row 1, households"),
    ("NaN households", [GRIDS], [], "lon,lat,households\n112,32,nan\n", "row 1, households"),
    ("points in GBK", [GRIDS], [], "lon,lat,名\n112,32,西湖\n".encode("gbk"), "points.csv"),
]


@pytest.mark.parametrize(("layers", "more", "points", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input_is_named_and_nothing_is_written(solve, layers, more, points, words):
    done, _, _ = solve(layers, *more, points=points)
    assert done.exit_code == 2, done.output
    assert words in done.output


def test_a_missing_layer_is_bad_input(tmp_path):
    done = CliRunner().invoke(main, ["solve", "coverage", "nowhere.geojson", "--out", str(tmp_path / "o.json")])
    assert done.exit_code == 2
    assert "nowhere.geojson" in done.output


def shapefile(folder, name, *squares):
    """A zipped Shapefile that does not say in which reference system it is."""
    path = folder / f"{name}.shp"
    pyogrio.raw.write(
        path, geometry=shapely.to_wkb([shapely.box(*square) for square in squares]), geometry_type="Polygon",
        field_data=[np.array([f"{name}{number}" for number in range(len(squares))], dtype=object)], fields=["code"],
        crs=None, driver="ESRI Shapefile",
    )  # fmt: skip
    zipped = folder / f"{name}.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for kind in ("shp", "shx", "dbf"):
            archive.write(path.with_suffix(f".{kind}"), f"{name}.{kind}")
    return zipped


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_reference_system_can_be_named_for_all_layers_or_for_one(tmp_path):
    degrees = shapefile(tmp_path, "a", (112.0, 32.0, 112.01, 32.01))
    metres = shapefile(tmp_path, "b", (500_000, 3_540_000, 501_000, 3_541_000))
    out = ["--out", str(tmp_path / "out.json")]

    def run(*arguments):
        return CliRunner().invoke(main, ["solve", "coverage", *map(str, arguments), *out])

    refused = run(degrees)
    assert refused.exit_code == 2
    assert "name it with --crs" in refused.output
    assert run(degrees, "--crs", "EPSG:4326").exit_code == 0
    both = run(degrees, metres, "--crs", f"{metres}=EPSG:32649", "--crs", "EPSG:4326")
    assert both.exit_code == 0, both.output
    assert json.loads((tmp_path / "out.json").read_text())["figures"]["areas"] == 2
    assert "--crs" in run(degrees, metres, "--crs", "EPSG:4326", "--crs", "EPSG:32649").output


def test_swapped_axes_are_named(solve):
    done, *_ = solve([layer(box("a", 32.0, 112.0, 32.01, 112.01))])
    assert done.exit_code == 2
    assert "the axes seem swapped" in done.output


def test_what_only_the_width_of_snapping_takes_away_is_not_called_impossible(tmp_path):
    path, out = tmp_path / "in.geojson", tmp_path / "out.json"
    path.write_text(
        json.dumps(layer(box("g1", 112.0, 32.0, 112.01, 32.01), box("hut", 112.02, 32.0, 112.0202, 32.0002)))
    )
    done = CliRunner().invoke(main, ["solve", "coverage", str(path), "--out", str(out), "--snap", "100"])
    assert done.exit_code == 4, done.output
    assert "nothing is left of area 'hut'" in done.output
    assert "--snap 100 m" in done.output
    assert CliRunner().invoke(main, ["solve", "coverage", str(path), "--out", str(out)]).exit_code == 0
