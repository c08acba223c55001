"""Files of finished tiles under the city's own ground: taken in, told to the map, served by the tile and by parts."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import time

import pytest
from click.testing import CliRunner
from django.test import Client
from pmtiles.tile import TileType

from gezhi.contexts.ground.models import GroundFeature, GroundSource
from gezhi.contexts.ground.use_cases import NewSource, lay_archive
from gezhi.interfaces.cli.ground import command as ground_command
from gezhi.interfaces.cli.import_basemap import command
from gezhi.interfaces.web.tile_service import TileService
from gezhi.kernel import clock
from gezhi.kernel.datum import Datum
from gezhi.kernel.errors import InvalidInput, NotAllowed
from gezhi.kernel.mercator import Tile
from gezhi.platform.access.actor import Actor
from gezhi.platform.kept import forget_all
from tests.factories.archives import write_archive
from tests.factories.areas import make_small_city
from tests.factories.cases import SYSTEM
from tests.factories.ground import lay

pytestmark = pytest.mark.django_db
TILES = {Tile(13, 6648, 3327): b"water", Tile(14, 13296, 6654): b"more water"}


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path / "home"
    return settings.GEZHI_HOME


@pytest.fixture
def archive(tmp_path):
    return write_archive(tmp_path / "Xiang Yang.pmtiles", TILES)


def run(*arguments):
    done = CliRunner().invoke(command, [str(one) for one in arguments])
    forget_all()
    return done


def told() -> dict:
    return Client().get("/map/tiles.json").json()


def kept(home) -> list[str]:
    return sorted(path.name for path in (home / "basemaps").iterdir())


def test_tiles_of_another_place_are_doubted(tmp_path, archive):
    done = run(archive, "--json")
    assert json.loads(done.stdout)["doubts"] == []
    make_small_city()
    assert json.loads(run(archive, "--json").stdout)["doubts"] == []
    far = write_archive(tmp_path / "far.pmtiles", {Tile(13, 100, 100): b"x"}, box=(24.0, 60.0, 25.0, 61.0))
    done = run(far)
    assert done.exit_code == 0
    assert "no tile of far.pmtiles lies in the city" in done.stderr


def test_what_a_killed_import_left_of_its_copy_goes_after_a_day(archive, home):
    (home / "basemaps").mkdir(parents=True)
    for name, age in (("old.part", 90_000), ("new.part", 60)):
        (home / "basemaps" / name).touch()
        os.utime(home / "basemaps" / name, (time.time() - age,) * 2)
    run(archive)
    assert [name for name in kept(home) if name.endswith(".part")] == ["new.part"]


def test_a_file_is_kept_and_told_to_the_map(archive, home, django_capture_on_commit_callbacks):
    make_small_city()
    done = run(archive, "--licence", "© Protomaps", "--json")
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert (figures["code"], figures["name"], figures["features"]) == ("xiang-yang", "Xiang Yang", 0)
    assert kept(home) == [figures["archive"]]
    key = figures["archive"].removesuffix(".pmtiles")
    document = told()
    assert document["attribution"] == "© Protomaps"
    assert document["base"] == [
        {
            "kind": "vector",
            "tiles": [f"/map/base/{key}/{{z}}/{{x}}/{{y}}"],
            "minzoom": 13,
            "maxzoom": 14,
            "datum": "wgs84",
            "bounds": [112.0, 31.9, 112.3, 32.1],
            "layers": ["water", "roads"],
        }
    ]
    assert "tiles  Xiang Yang" in CliRunner().invoke(ground_command, ["list"]).stdout
    with django_capture_on_commit_callbacks(execute=True):
        assert CliRunner().invoke(ground_command, ["clear", "xiang-yang"]).exit_code == 0
    forget_all()
    assert (kept(home), told()["base"], told()["attribution"]) == ([], [], "")


def test_the_next_file_takes_the_place_of_the_last(archive, home, django_capture_on_commit_callbacks):
    run(archive, "--code", "base")
    first = kept(home)
    other = write_archive(archive.with_name("other.pmtiles"), {Tile(0, 0, 0): b"sea"}, kind=TileType.PNG, zipped=False)
    with django_capture_on_commit_callbacks(execute=True):
        assert run(other, "--code", "base").exit_code == 0
    second = kept(home)
    assert len(second) == 1
    assert second != first
    assert [one["kind"] for one in told()["base"]] == ["raster"]
    # The same file once more stays where it is; features of the same code take its place.
    with django_capture_on_commit_callbacks(execute=True):
        run(other, "--code", "base")
    assert kept(home) == second
    with django_capture_on_commit_callbacks(execute=True):
        lay(code="base")
    assert (kept(home), told()["base"]) == ([], [])


@pytest.mark.parametrize("end", [60, -5])
def test_a_broken_file_is_refused_and_the_last_one_stays(archive, home, end):
    run(archive, "--code", "base")
    before = kept(home), list(GroundSource.objects.values())
    broken = archive.with_name("broken.pmtiles")
    broken.write_bytes(archive.read_bytes()[:end])
    done = run(broken, "--code", "base")
    assert done.exit_code == 2
    assert "broken.pmtiles is damaged" in done.stderr
    assert (kept(home), list(GroundSource.objects.values())) == before


def test_nothing_is_left_of_a_file_that_could_not_be_recorded(archive, home, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a fault")

    monkeypatch.setattr(GroundFeature.objects, "filter", fail)
    with pytest.raises(RuntimeError):
        lay_archive(actor=SYSTEM, source=NewSource("base", "Base"), path=archive, now=clock.now())
    assert (kept(home), GroundSource.objects.count()) == ([], 0)


def test_only_who_may_lay_the_ground_takes_in_tiles(archive, home):
    nobody = Actor(user_id=1, label="nobody")
    with pytest.raises(NotAllowed):
        lay_archive(actor=nobody, source=NewSource("base", "Base"), path=archive, now=clock.now())
    with pytest.raises(InvalidInput):
        lay_archive(actor=SYSTEM, source=NewSource("../base", "Base"), path=archive, now=clock.now())
    assert not (home / "basemaps").exists()


def test_tiles_are_served_for_a_year(archive, home):
    run(archive, "--code", "base")
    key = kept(home)[0].removesuffix(".pmtiles")
    client = Client()
    answer = client.get(f"/map/base/{key}/13/6648/3327", headers={"accept-encoding": "gzip"})
    assert (answer.status_code, gzip.decompress(answer.content)) == (200, b"water")
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert answer["Cache-Control"] == "max-age=31536000, public, immutable"
    again = client.get(f"/map/base/{key}/13/6648/3327", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    plain = client.get(f"/map/base/{key}/13/6648/3327")
    assert (plain.content, plain.has_header("Content-Encoding")) == (b"water", False)
    assert client.get(f"/map/base/{key}/13/0/0").status_code == 204
    for nowhere in (f"{key}/12/0/0", f"{key}/13/99999/0", "base/13/6648/3327", "..%2Fkeys/13/6648/3327"):
        assert client.get(f"/map/base/{nowhere}").status_code == 404
    assert client.post(f"/map/base/{key}/13/6648/3327").status_code == 405


def test_pictures_are_served_as_pictures(tmp_path, home):
    tile = Tile(13, 6648, 3327)
    run(write_archive(tmp_path / "a.pmtiles", {tile: b"\x89PNG"}, kind=TileType.PNG, zipped=False))
    key = kept(home)[0].removesuffix(".pmtiles")
    answer = Client().get(f"/map/base/{key}/13/6648/3327", headers={"accept-encoding": "gzip"})
    assert (answer.content, answer["Content-Type"]) == (b"\x89PNG", "image/png")
    assert not answer.has_header("Content-Encoding")


@pytest.fixture
def whole(archive, home):
    run(archive, "--code", "base")
    name = kept(home)[0]
    body = archive.read_bytes()

    def ask(**headers: str):
        named = {header.replace("_", "-"): value for header, value in headers.items()}
        return Client().get(f"/map/base/{name}", headers=named)

    return ask, body


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-126", 0, 126), ("bytes=100-100", 100, 100), ("bytes=50-", 50, None), ("bytes=-20", -20, None)],
)
def test_parts_of_the_file(whole, asked, first, last):
    ask, body = whole
    answer = ask(range=asked)
    begin = first % len(body)
    end = len(body) - 1 if last is None else last
    assert (answer.status_code, answer.content) == (206, body[begin : end + 1])
    assert answer["Content-Range"] == f"bytes {begin}-{end}/{len(body)}"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Cache-Control"] == "max-age=31536000, public, immutable"
    assert ask(range=asked, if_range=answer["ETag"]).status_code == 206
    assert ask(range=asked, if_range='"another"').status_code == 200
    assert ask(range=asked, if_none_match=answer["ETag"]).status_code == 304
    beyond = ask(range=f"bytes={begin}-{10**12}")
    assert beyond.content == body[begin:]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=20-10", "bytes=-0"])
def test_a_part_that_is_not_there(whole, asked):
    ask, body = whole
    answer = ask(range=asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(body)}")


@pytest.mark.parametrize(
    "asked", ["", "bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=０-1", "bytes=1-" + "9" * 5_000]
)
def test_what_is_no_single_part_gets_the_whole(whole, asked):
    ask, body = whole
    answer = ask(range=asked)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, body)
    assert answer["Content-Length"] == str(len(body))


def test_a_part_is_never_more_than_memory_allows(whole, monkeypatch):
    ask, body = whole
    monkeypatch.setattr("gezhi.interfaces.web.views.base_map._MOST_OF_A_PART", 100)
    answer = ask(range="bytes=10-")
    assert (answer.status_code, answer.content) == (206, body[10:110])
    assert answer["Content-Range"] == f"bytes 10-109/{len(body)}"


def test_a_map_does_without_a_file_that_is_gone(archive, home):
    make_small_city()
    run(archive, "--code", "base")
    shutil.rmtree(home / "basemaps")
    forget_all()
    assert told()["base"] == []


def test_a_service_elsewhere_lies_lowest(archive, settings):
    settings.GEZHI_TILE_SERVICE = TileService(
        (("https://t0.a.cn/{z}/{x}/{y}", "https://t1.a.cn/{z}/{x}/{y}"), ("https://t0.a.cn/names/{z}/{x}/{y}",)),
        17,
        Datum.GCJ02,
        "© 某图",
    )
    run(archive, "--licence", "© Protomaps")
    lay(code="more", licence="© Protomaps")
    lay(code="own", licence="© 某测绘院")
    document = told()
    assert document["attribution"] == "© 某图 · © Protomaps · © 某测绘院"
    assert [(one["kind"], one["datum"], one["maxzoom"]) for one in document["base"]] == [
        ("raster", "gcj02", 17),
        ("raster", "gcj02", 17),
        ("vector", "wgs84", 14),
    ]
    assert document["base"][0]["tiles"] == ["https://t0.a.cn/{z}/{x}/{y}", "https://t1.a.cn/{z}/{x}/{y}"]
    policy = Client().get("/")["Content-Security-Policy"]
    assert "connect-src 'self' https://t0.a.cn https://t1.a.cn;" in policy
    assert policy.count("a.cn") == 2
