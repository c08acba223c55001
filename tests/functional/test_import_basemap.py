"""Files of OpenStreetMap, through the command that a person types, onto the map and into the index of places."""

from __future__ import annotations

import bz2
import gzip
import json
import re
import resource
import subprocess
import sys

import pytest
import shapely
from click.testing import CliRunner

from gezhi.contexts.ground.models import GroundFeature, GroundSource
from gezhi.contexts.ground.queries import beside, licences, named_things
from gezhi.interfaces.cli.ground import command as ground_command
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.jobs.upkeep import sweep_scratch_folders
from tests.factories.areas import SOUTH, WEST, make_small_city
from tests.factories.osm_town import METRE, as_pbf, as_plain_pbf, named, town
from tests.factories.osm_town import import_basemap as run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path / "home"
    settings.GEZHI_HOME.mkdir()
    return settings.GEZHI_HOME


def file_of(folder, ending: str):
    path = folder / f"Town 1{ending}"
    if ending.endswith("pbf"):
        return as_pbf(path, town())
    path.write_bytes({".osm": bytes, ".osm.gz": gzip.compress, ".osm.bz2": bz2.compress}[ending](town()))
    return path


def test_ground_without_areas_is_laid_and_said_to_show_nowhere(tmp_path, home):
    done = run(file_of(tmp_path, ".osm"))
    assert done.exit_code == 0
    assert "before there are areas" in done.stderr
    make_small_city()
    assert "before there are areas" not in run(file_of(tmp_path, ".osm")).stderr


@pytest.mark.parametrize("ending", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf"])
def test_a_file_becomes_ground(tmp_path, home, ending):
    make_small_city()
    done = run(file_of(tmp_path, ending), "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told.pop("seconds") < 30
    assert told == {
        "code": "town-1",
        "name": "Town 1",
        "licence": "© OpenStreetMap contributors (ODbL)",
        "features": 5,
        "layers": {"building": 1, "entrance": 1, "green": 1, "road": 2},
        "archive": "",
        "before": 0,
        "doubts": [],
    }
    rows = {row.ref: row for row in GroundFeature.objects.all()}
    assert {ref: (row.layer, row.kind, row.name) for ref, row in rows.items()} == {
        "n90": ("entrance", "address", ""),
        "w1": ("road", "arterial", "檀溪路"),
        "w2": ("building", "other", "8栋"),
        "w5": ("road", "path", ""),
        "r7": ("green", "park", "檀溪公园"),
    }
    shapes = {ref: shapely.from_wkb(bytes(row.geometry)) for ref, row in rows.items()}
    (park,) = shapely.get_parts(shapes["r7"])
    assert len(park.interiors) == 1
    assert park.area == pytest.approx((100 * 90 - 200) * METRE**2, rel=1e-3)
    # What an extract has cut off is left out; what is left is drawn.
    assert [len(part.coords) for part in shapely.get_parts(shapes["w5"])] == [2, 2]
    assert list(home.iterdir()) == []


def test_what_a_file_has_is_found(tmp_path):
    make_small_city()
    run(file_of(tmp_path, ".osm"))
    found = {(thing.kind, thing.names[0]) for thing in named_things()}
    assert found == {("road", "檀溪路"), ("building", "8栋"), ("address", "檀溪路12号"), ("park", "檀溪公园")}


def test_an_address_on_a_plot_is_no_door(tmp_path):
    make_small_city()
    run(file_of(tmp_path, ".osm"))
    found = beside(WEST - 20 * METRE, SOUTH)
    assert found is not None
    assert found.names == ("8栋",)


def test_a_file_replaces_itself_alone_and_is_taken_away_by_its_code(tmp_path):
    make_small_city()
    path = file_of(tmp_path, ".osm")
    assert run(path, "--code", "other", "--licence", "", "--name", "别的").exit_code == 0
    for _ in range(2):
        assert run(path).exit_code == 0
    assert GroundFeature.objects.count() == 10
    listed = json.loads(CliRunner().invoke(ground_command, ["list", "--json"]).stdout)
    assert listed == [
        {"code": "other", "name": "别的", "licence": "", "features": 5, "archive": ""},
        {
            "code": "town-1",
            "name": "Town 1",
            "licence": "© OpenStreetMap contributors (ODbL)",
            "features": 5,
            "archive": "",
        },
    ]
    assert "town-1" in CliRunner().invoke(ground_command, ["list"]).stdout
    gone = CliRunner().invoke(ground_command, ["clear", "town-1", "--json"])
    assert (gone.exit_code, json.loads(gone.stdout)) == (0, {"code": "town-1", "features": 5})
    assert [one.code for one in licences()] == ["other"]
    assert CliRunner().invoke(ground_command, ["clear", "town-1"]).exit_code == 2
    assert "taken away" in CliRunner().invoke(ground_command, ["clear", "other"]).stdout
    actions = AuditRecord.objects.filter(object_type="ground").values_list("action", flat=True)
    assert sorted(actions) == ["ground.cleared"] * 2 + ["ground.laid"] * 3


def sparse(path, head: bytes = b""):
    with path.open("wb") as file:
        file.write(head)
        file.truncate(2 * 2**30)


def pbf(path):
    return as_pbf(path.with_name("good.osm.pbf"), town()).read_bytes()


def bent(body: bytes) -> bytes:
    return body[:-40] + bytes([body[-40] ^ 0xFF]) + body[-39:]


BROKEN = {
    "a PBF that breaks off": ("a.osm.pbf", lambda path: path.write_bytes(pbf(path)[:-50]), "50 bytes are missing"),
    "a PBF cut in a head": ("a.osm.pbf", lambda path: path.write_bytes(pbf(path)[:2]), "no block of data"),
    "a PBF with a flipped bit": ("a.osm.pbf", lambda path: path.write_bytes(bent(pbf(path))), "is damaged"),
    "a PBF of 2 GB of nothing": ("a.osm.pbf", sparse, "at byte 0 there is no block"),
    "a PBF filled up to 2 GB": ("a.osm.pbf", lambda path: sparse(path, pbf(path)), "there is no block of data"),
    "an empty PBF": ("a.pbf", lambda path: path.write_bytes(b""), "is empty"),
    "a text called PBF": ("a.osm.pbf", lambda path: path.write_bytes(b"hello, this is a text"), "no block of data"),
    "XML that breaks off": ("a.osm", lambda path: path.write_bytes(town()[:-200]), "XML parsing error"),
    "2 GB of no XML": ("a.osm", sparse, "XML parsing error"),
    "2 GB of no gzip": ("a.osm.gz", sparse, "is damaged"),
    "2 GB of no bzip2": ("a.osm.bz2", sparse, "is damaged"),
    "gzip that breaks off": (
        "a.osm.gz",
        lambda path: path.write_bytes(gzip.compress(town())[:-30]),
        "cannot be unpacked",
    ),
    "bzip2 that breaks off": (
        "a.osm.bz2",
        lambda path: path.write_bytes(bz2.compress(town())[:-30]),
        "cannot be unpacked",
    ),
    "another XML": ("a.osm", lambda path: path.write_bytes(b"<gpx></gpx>"), "gpx"),
    "nothing for a map": ("a.osm", lambda path: path.write_bytes(b'<osm version="0.6"/>'), "nothing that a map shows"),
    "metres for degrees": (
        "a.osm",
        lambda path: path.write_bytes(b'<osm version="0.6"><node id="1" lat="668000.5" lon="2680000"/></osm>'),
        "none on earth",
    ),
    "a node off the earth": (
        "a.osm",
        lambda path: path.write_bytes(town().replace(b'<node id="2" lat="32', b'<node id="2" lat="92')),
        "node 2: 112.1003, 92",
    ),
    "a landmark off the earth": (
        "a.osm",
        lambda path: path.write_bytes(town().replace(b'<node id="90" lat="32', b'<node id="90" lat="-92')),
        "node 90: 112.1, -92",
    ),
    "another place": ("a.osm", lambda path: path.write_bytes(town(24.9, 60.1)), "nothing in a.osm lies in the city"),
    "ways before their nodes": (
        "a.osm",
        lambda path: path.write_bytes(
            b'<osm version="0.6"><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way>'
            b'<node id="1" lat="32" lon="112.1"/><node id="2" lat="32" lon="112.2"/></osm>'
        ),
        "sort the file",
    ),
    "a text of 2,000 octets": (
        "a.osm",
        lambda path: path.write_bytes(town().replace(b'v="primary"', b'v="%b"' % (b"x" * 2000))),
        "value is too long",
    ),
    "a number beyond all numbers": (
        "a.osm",
        lambda path: path.write_bytes(town().replace(b'ref="404"', b'ref="99999999999999999999"')),
        "illegal id",
    ),
    "a time that is none": (
        "a.osm",
        lambda path: path.write_bytes(town().replace(b'<way id="1"', b'<way id="1" timestamp="soon"')),
        "timestamp",
    ),
    "text that is none": (
        "a.osm.pbf",
        lambda path: path.write_bytes(
            as_plain_pbf(path.with_name("good.osm.pbf"), named("ABCDEFGH")).replace(b"ABCDEFGH", b"\xff" * 8)
        ),
        "is damaged",
    ),
    "what was never uploaded": (
        "a.osm",
        lambda path: path.write_bytes(re.sub(rb'(ref|node id|way id)="(\d)', rb'\1="-\2', town())),
        "never uploaded (way -1",
    ),
    "points alone": (
        "a.osm",
        lambda path: path.write_bytes(re.sub(rb"<(way|relation).*</(way|relation)>", b"", town(), flags=re.DOTALL)),
        "points alone",
    ),
    "no such kind of file": ("a.shp", lambda path: path.write_bytes(b"x"), "is not called"),
    "no file": ("a.osm", lambda path: None, "there is no file"),
    "a folder": ("a.osm", lambda path: path.mkdir(), "there is no file"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_used_is_named_and_nothing_is_written(tmp_path, home, case):
    make_small_city()
    assert run(file_of(tmp_path, ".osm"), "--code", "a").exit_code == 0
    before = (list(GroundFeature.objects.order_by("id").values()), list(GroundSource.objects.values()))
    name, make, words = BROKEN[case]
    make(tmp_path / name)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = run(tmp_path / name, "--code", "a", "--json")
    assert done.exit_code == 2, done.output
    assert name in done.stderr
    assert words in done.stderr
    assert (list(GroundFeature.objects.order_by("id").values()), list(GroundSource.objects.values())) == before
    assert list(home.iterdir()) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 100_000


def test_a_code_that_cannot_be_one_is_refused(tmp_path):
    done = run(file_of(tmp_path, ".osm"), "--code", "../a")
    assert done.exit_code == 2
    assert "no code of a source" in done.stderr
    assert not GroundSource.objects.exists()


def test_nodes_of_a_large_file_are_kept_on_disk(tmp_path, home, monkeypatch):
    monkeypatch.setattr("gezhi.interfaces.imports.osm_file._MOST_IN_MEMORY", 0)
    assert json.loads(run(file_of(tmp_path, ".osm.pbf"), "--json").stdout)["features"] == 5
    assert list(home.iterdir()) == []


def test_points_alone_are_taken_where_they_are_meant(tmp_path):
    make_small_city()
    file = tmp_path / "a.osm"
    file.write_bytes(re.sub(rb"<(way|relation).*</(way|relation)>", b"", town(), flags=re.DOTALL))
    assert json.loads(run(file, "--points-only", "--json").stdout)["layers"] == {"entrance": 1}


def test_a_file_with_far_less_than_the_one_before_is_doubted(tmp_path):
    make_small_city()
    first = run(file_of(tmp_path, ".osm"), "--code", "a")
    assert "before" not in first.stdout
    file = tmp_path / "a.osm"
    file.write_bytes(re.sub(rb'<tag k="(building|leisure|addr:street|name)"[^>]*>', b"", town()))
    done = run(file, "--code", "a")
    assert done.exit_code == 0
    assert "2 features laid" in done.stdout
    assert ", 5 before" in done.stdout
    assert "fewer than half of the 5" in done.stderr
    again = json.loads(run(file, "--code", "a", "--json").stdout)
    assert (again["before"], again["doubts"]) == (2, [])


def test_a_street_as_wide_as_a_square_is_found_and_drawn(tmp_path):
    make_small_city()
    file = tmp_path / "a.osm"
    wide = b'<tag k="highway" v="residential"/><tag k="area" v="yes"/><tag k="name" v="Pfarrplatz"/>'
    file.write_bytes(town().replace('<tag k="building" v="yes"/><tag k="name" v="8栋"/>'.encode(), wide))
    assert run(file).exit_code == 0
    found = GroundFeature.objects.filter(ref="w2").order_by("layer").values_list("layer", "kind", "name")
    assert list(found) == [("landmark", "square", "Pfarrplatz"), ("road", "local", "")]


def test_what_a_killed_import_left_goes_and_what_another_holds_stays(tmp_path, home):
    make_small_city()
    holding = (
        "import sys, pathlib, time\n"
        "from gezhi.platform.files.scratch import scratch_folder\n"
        "with scratch_folder(pathlib.Path(sys.argv[1])) as folder:\n"
        "    (folder / 'nodes').write_bytes(b'x')\n"
        "    print(folder.name, flush=True)\n"
        "    time.sleep(60)\n"
    )
    others = [
        subprocess.Popen([sys.executable, "-c", holding, str(home)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    killed, held = [one.stdout.readline().strip() for one in others]
    assert {path.name for path in home.iterdir()} == {killed, held}
    others[0].kill()
    others[0].wait()
    try:
        assert run(file_of(tmp_path, ".osm")).exit_code == 0
        assert [path.name for path in home.iterdir()] == [held]
        assert sweep_scratch_folders.call() == 0
    finally:
        others[1].kill()
        others[1].wait()
    assert sweep_scratch_folders.call() == 1
    assert list(home.iterdir()) == []
    for one in others:
        one.stdout.close()
