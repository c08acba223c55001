"""``gezhi import areas``: good files arrive whole, bad ones leave nothing behind."""

import json
import zipfile

import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.models import Area, AreaShape, AreaVersion
from gezhi.interfaces.cli.main import main
from gezhi.kernel.datum import Datum, from_wgs84
from gezhi.platform.audit.models import AuditRecord
from tests.factories.areas import SOUTH, WEST, cell, centre, make_small_city

pytestmark = pytest.mark.django_db
CELLS = {"A1": cell(0), "A2": cell(1), "A3": cell(0, 1, columns=2)}


def feature(code, shape, **properties):
    geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
    return {"type": "Feature", "properties": {"code": code, "name": f"n{code}", **properties}, "geometry": geometry}


def write_geojson(path, shapes, crs=None):
    document = {"type": "FeatureCollection", "features": [feature(code, shape) for code, shape in shapes.items()]}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document))
    return path


def write_with_gdal(path, driver, shapes, crs="EPSG:4326"):
    wkb = shapely.to_wkb(np.array(list(shapes.values()), dtype=object))
    codes = np.array(list(shapes), dtype=object)
    pyogrio.raw.write(path, wkb, [codes, codes], ["code", "name"], driver=driver, geometry_type="Polygon", crs=crs)
    return path


def zipped(folder, target):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return target


def run(*arguments):
    return CliRunner().invoke(main, ["import", "areas", *map(str, arguments)])


def assert_nothing_written():
    assert not Area.objects.exists()
    assert not AreaShape.objects.exists()
    assert not AreaVersion.objects.exists()
    assert not AuditRecord.objects.exists()


def test_geojson_makes_a_city_and_its_areas(tmp_path):
    result = run(write_geojson(tmp_path / "a.geojson", CELLS), "--level", "grid", "--city", "襄阳市", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["imported"], report["areas"], report["created"], report["version"]) == (True, 3, 4, 1)
    assert Area.objects.find_problems() == ([], [], [], [], [])
    assert areas.root().name == "襄阳市"
    assert areas.area(areas.locate(*centre(1)).grid_id).code == "A2"
    [record] = AuditRecord.objects.all()
    assert record.action == "areas.planted"
    assert record.data["created"] == 4


@pytest.mark.parametrize("driver", ["GPKG", "ESRI Shapefile"])
def test_other_formats_and_reference_systems(tmp_path, driver):
    # EPSG:4546 is the 3° zone of Xiangyang, in metres.
    from gezhi.kernel.plane import Plane

    metric = dict(zip(CELLS, Plane("EPSG:4546").to_metres(np.array(list(CELLS.values()))), strict=True))
    if driver == "GPKG":
        path = write_with_gdal(tmp_path / "a.gpkg", driver, metric, crs="EPSG:4546")
    else:
        folder = tmp_path / "shp"
        folder.mkdir()
        write_with_gdal(folder / "a.shp", driver, metric, crs="EPSG:4546")
        path = zipped(folder, tmp_path / "a.zip")
    result = run(path, "--level", "grid")
    assert result.exit_code == 0, result.output
    shape = AreaShape.objects.get(area__code="A1").geometry
    assert shapely.hausdorff_distance(shape, CELLS["A1"]) < 1e-8


def test_gcj02_is_brought_to_wgs84(tmp_path):
    def shift(points):
        return np.column_stack(from_wgs84(points[:, 0], points[:, 1], Datum.GCJ02))

    shifted = {code: shapely.transform(shape, shift) for code, shape in CELLS.items()}
    path = write_geojson(tmp_path / "a.geojson", shifted)
    assert run(path, "--level", "grid", "--datum", "gcj02").exit_code == 0
    shape = AreaShape.objects.get(area__code="A1").geometry
    assert shapely.hausdorff_distance(shape, CELLS["A1"]) < 1e-8


def test_codes_tell_level_and_parent(tmp_path):
    city = make_small_city(4)
    codes = {"420602001001001": cell(0, columns=2), "420602001002001": cell(2), "420602001002009": cell(3)}
    AreaShape.objects.filter(area__code="420602001001002").delete()
    AreaShape.objects.filter(area__code="420602001002002").delete()
    areas.invalidate_index()
    result = run(write_geojson(tmp_path / "a.geojson", codes), "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["level"], report["created"], report["redrawn"]) == ("grid", 1, 2)
    new = Area.objects.get(code="420602001002009")
    assert Area.objects.get_parent(new).pk == city["420602001002"].pk
    assert areas.locate(*centre(1)).grid_id == city["420602001001001"].pk
    assert Area.objects.find_problems() == ([], [], [], [], [])
    assert AreaShape.objects.filter(area=city["420602001001001"]).count() == 2


def test_overlaps_and_gaps_are_refused_and_mended(tmp_path):
    sliver = shapely.box(WEST + 0.00098, SOUTH, WEST + 0.002, SOUTH + 0.001)
    path = write_geojson(tmp_path / "a.geojson", {"A1": cell(0), "A2": sliver})
    refused = run(path, "--level", "grid")
    assert refused.exit_code == 1
    assert "overlap: 1" in refused.stdout
    assert "A1 · A2" in refused.stdout
    assert "--repair can mend this" in refused.stdout
    assert_nothing_written()
    mended = run(path, "--level", "grid", "--repair", "--json")
    assert mended.exit_code == 0
    changes = json.loads(mended.stdout)["changes"]
    assert [(change["kind"], change["other"]) for change in changes] == [("overlapped", "A2"), ("lost", "")]
    shapes = list(AreaShape.objects.filter(area__level="grid").values_list("geometry", flat=True))
    assert shapely.coverage_is_valid(np.array(shapes, dtype=object))


def test_areas_in_force_are_not_overlapped(tmp_path):
    make_small_city(4)
    result = run(write_geojson(tmp_path / "a.geojson", {"420602001001009": cell(0)}), "--repair")
    assert result.exit_code == 1
    assert "with an area in force" in result.stdout
    assert not Area.objects.filter(code="420602001001009").exists()
    assert AreaVersion.objects.count() == 1


def test_areas_far_from_their_parent_are_refused(tmp_path):
    make_small_city(4)
    result = run(write_geojson(tmp_path / "a.geojson", {"420602001001009": cell(50)}))
    assert result.exit_code == 2
    assert "is the datum right?" in result.stderr


BAD_CONTENT = [
    ("empty file", b"", "neither GeoJSON nor GeoPackage"),
    ("text", b"hello", "neither GeoJSON nor GeoPackage"),
    ("truncated", b'{"type":"FeatureCollection","features":[{"type":"Feat', "cannot be read"),
    ("no features", b'{"type":"FeatureCollection","features":[]}', "no features"),
    ("png", b"\x89PNG\r\n\x1a\n" + b"0" * 99, "neither GeoJSON"),
    ("truncated zip", b"PK\x03\x04" + b"0" * 99, "damaged or truncated zip"),
    ("truncated geopackage", b"SQLite format 3\x00" + b"\x00" * 200, "cannot be read"),
    ("other json", b'{"a": 1}', "cannot be read"),
]


@pytest.mark.parametrize(("content", "words"), [c[1:] for c in BAD_CONTENT], ids=[c[0] for c in BAD_CONTENT])
def test_unreadable_files(tmp_path, content, words):
    path = tmp_path / "a.geojson"
    path.write_bytes(content)
    result = run(path, "--level", "grid")
    assert result.exit_code == 2
    assert words in result.stderr
    assert_nothing_written()


BAD_FEATURES = [
    ("code twice", [feature("A", cell(0)), feature("A", cell(1))], (), 1, "duplicate id: 1"),
    ("no geometry", [feature("A", cell(0)), feature("B", None)], (), 1, "no geometry"),
    ("point", [feature("A", shapely.Point(112, 32))], (), 1, "not a polygon: 1"),
    ("empty code", [feature("", cell(0))], (), 2, "feature 1 has no code"),
    ("null code", [feature(None, cell(0))], (), 2, "feature 1 has no code"),
    ("long code", [feature("9" * 21, cell(0))], (), 2, "over 20 long"),
    ("control sign", [feature("A\x07", cell(0))], (), 2, "not printable"),
    ("long name", [feature("A", cell(0), name="n" * 101)], (), 2, "needs a printable name"),
    ("unknown property", [feature("A", cell(0))], ("--code", "gid"), 2, "it has: code, name"),
    ("unknown parent", [feature("A", cell(0))], ("--parent", "X"), 2, "no area 'X'"),
    ("feet called degrees", [feature("A", shapely.box(7e5, 2e6, 8e5, 3e6))], (), 2, "the stated system is wrong"),
    ("unknown system", [feature("A", cell(0))], ("--crs", "EPSG:0"), 2, "not a known reference system"),
    ("degrees called metres", [feature("A", cell(0))], ("--crs", "EPSG:4546"), 2, "looks like degrees"),
    ("shift abroad", [feature("A", shapely.box(-71, 42, -70, 43))], ("--datum", "bd09"), 2, "shift inside China"),
]


@pytest.mark.parametrize(
    ("features", "options", "status", "words"), [c[1:] for c in BAD_FEATURES], ids=[c[0] for c in BAD_FEATURES]
)
def test_bad_features(tmp_path, features, options, status, words):
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    result = run(path, "--level", "grid", *options)
    assert result.exit_code == status
    assert words in result.output
    assert_nothing_written()


def test_level_must_be_told_by_code_or_option(tmp_path):
    result = run(write_geojson(tmp_path / "a.geojson", CELLS))
    assert result.exit_code == 2
    assert "--level" in result.stderr
    assert run(tmp_path / "a.geojson", "--datum", "mars").exit_code == 2
    assert run(tmp_path / "none.geojson", "--level", "grid").exit_code == 2


def test_zip_that_grows_too_much_is_refused(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"\0" * 5_000_000)
    result = run(path, "--level", "grid")
    assert result.exit_code == 2
    assert "would unpack to 5,000,000 bytes" in result.stderr


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a.txt"], "exactly one .shp file; it holds: none"),
        (["a.shp", "b.shp"], "it holds: a.shp, b.shp"),
        (["a.shp", "a.dbf"], "lacks .shx"),
    ],
)
def test_zip_without_one_whole_shapefile(tmp_path, names, words):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    result = run(path, "--level", "grid")
    assert result.exit_code == 2
    assert words in result.stderr
    assert_nothing_written()


def test_truncated_shapefile_leaves_nothing(tmp_path):
    folder = tmp_path / "shp"
    folder.mkdir()
    write_with_gdal(folder / "a.shp", "ESRI Shapefile", CELLS)
    body = (folder / "a.shp").read_bytes()
    (folder / "a.shp").write_bytes(body[: len(body) // 2])
    result = run(zipped(folder, tmp_path / "a.zip"), "--level", "grid", "--repair")
    assert result.exit_code in {1, 2}
    assert_nothing_written()


@pytest.mark.shared_data
def test_boston_precincts(shared_data):
    folder = shared_data / "boston_precincts"
    good, lying = folder / "precincts_wgs84.geojson", folder / "src_Precincts.geojson"
    options = ("--level", "grid", "--code", "WARD_PRECINCT", "--json")
    refused = json.loads(run(good, *options).stdout)
    assert (refused["imported"], refused["counts"]["invalid_ring"], refused["counts"]["overlap"]) == (False, 2, 66)
    misplaced = run(lying, *options, "--repair")
    assert misplaced.exit_code == 2
    assert "the stated system is wrong" in misplaced.stderr
    assert_nothing_written()
    mended = json.loads(run(good, *options, "--repair", "--city", "Boston").stdout)
    assert (mended["imported"], mended["created"]) == (True, 256)
    assert areas.locate(-71.0603, 42.3580) is not None


def test_land_that_the_grids_of_a_community_leave_is_told_with_its_place(tmp_path):
    make_small_city()
    west = cell(0)
    half = shapely.box(*west.bounds[:2], (west.bounds[0] + west.bounds[2]) / 2.0, west.bounds[3])
    path = write_geojson(tmp_path / "a.geojson", {"420602001001001": half})
    result = run(path, "--level", "grid", "--json")
    assert result.exit_code == 0, result.output
    [told] = [finding for finding in json.loads(result.stdout)["findings"] if finding["kind"] == "uncovered"]
    assert told["ids"] == ["420602001001"]
    assert shapely.contains_xy(west.difference(half), told["lon"], told["lat"])
    assert told["detail"] == "25.00% of it"
    whole = run(write_geojson(tmp_path / "b.geojson", {"420602001001001": west}), "--level", "grid", "--json")
    assert "uncovered" not in json.loads(whole.stdout)["counts"]
