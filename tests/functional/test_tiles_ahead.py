"""Tiles that are cut ahead: the same as those cut on request, read instead of cut, and replaced whole."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from gezhi.contexts.ground.finished import TILES, finished_tile, tile_file
from gezhi.contexts.ground.queries import tiles
from gezhi.contexts.ground.use_cases import cut_ahead
from gezhi.contexts.ground.use_cases.cut_ahead import MOST_TILES, tiles_ahead
from gezhi.kernel.datum import Bounds
from gezhi.kernel.mercator import Tile, to_square
from tests.factories.areas import centre
from tests.factories.cases import make_town
from tests.factories.ground import lay, road


@pytest.fixture
def town(settings, tmp_path, db):
    settings.GEZHI_HOME = tmp_path
    found = make_town()
    (west, y), (east, _) = centre(0), centre(3)
    lay(road("长虹路", "arterial", (west, y), (east, y)))
    return found


def a_tile(zoom: int) -> Tile:
    x, y = to_square(np.array([centre(0)]))[0]
    return Tile(zoom, int(x * (1 << zoom)), int(y * (1 << zoom)))


def test_what_was_cut_ahead_is_read_and_is_the_same(town, monkeypatch):
    assert finished_tile(tiles.city_ground().token, a_tile(12)) is None
    made = cut_ahead()
    assert made is not None
    assert 17 <= made <= MOST_TILES
    assert cut_ahead() is None
    city = tiles.city_ground()
    files = list((TILES.at(city.token)).rglob("*.mvt.gz"))
    assert len(files) == made
    for zoom in (0, 9, 12, 14):
        assert finished_tile(city.token, a_tile(zoom)) == city.cut(a_tile(zoom))
    there = gzip.decompress(city.cut(a_tile(12)))
    assert "长虹路".encode() in there

    def never(self: object, tile: Tile) -> bytes:
        raise AssertionError(f"{tile} was cut")

    monkeypatch.setattr(tiles._City, "cut", never)
    tiles.city_ground.forget()
    one = a_tile(12)
    answer = Client().get(f"/map/tiles/{city.token}/12/{one.x}/{one.y}.mvt")
    assert answer.content == there
    assert "immutable" in answer["Cache-Control"]


def test_another_ground_has_other_tiles_and_the_last_but_one_go(town):
    cut_ahead()
    versions = [tiles.city_ground().token]
    for number, name in enumerate(["建设路", "解放路"]):
        (west, south) = centre(number)
        lay(road(name, "arterial", (west, south), (west + 0.003, south + 0.001)), code=f"road{number}")
        tiles.city_ground.forget()
        token = tiles.city_ground().token
        assert token not in versions
        # Until they are cut ahead they are cut on request.
        assert finished_tile(token, a_tile(13)) is None
        cut = tiles.cut_tile(a_tile(13))
        assert name.encode() in gzip.decompress(cut.packed)
        cut_ahead()
        assert name.encode() in gzip.decompress(finished_tile(token, a_tile(13)))
        versions.append(token)
    assert TILES.ready() == versions[-1]
    assert sorted(entry.name for entry in TILES.home.iterdir() if entry.is_dir()) == sorted(versions[1:])


def test_a_full_disk_leaves_what_was_there(town, monkeypatch):
    cut_ahead()
    before = TILES.ready()
    lay(road("建设路", "arterial", centre(1), centre(2)), code="more")
    written = []

    def full(self: Path, data: bytes) -> int:
        if len(written) == 5:
            raise OSError(28, "No space left on device")
        written.append(self)
        return 0

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        cut_ahead()
    monkeypatch.undo()
    assert TILES.ready() == before
    assert [entry.name for entry in TILES.home.iterdir() if entry.is_dir()] == [before]


@pytest.mark.django_db
def test_without_a_city_there_is_nothing_to_cut(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    assert cut_ahead() is None
    assert not TILES.home.exists()


SIDE = st.floats(0.0001, 40)


@given(lon=st.floats(-179, 138), lat=st.floats(-80, 39), width=SIDE, height=SIDE)
def test_the_tiles_of_a_box_are_all_that_touch_it(lon, lat, width, height):
    zooms = list(tiles_ahead(Bounds(lon, lat, lon + width, lat + height)))
    wanted = [tile for zoom in zooms for tile in zoom]
    assert len(wanted) == len(set(wanted)) <= MOST_TILES
    assert all(tile.exists for tile in wanted)
    assert [zoom[0].zoom for zoom in zooms] == list(range(len(zooms)))
    (west, top), (east, bottom) = to_square(np.array([(lon, lat + height), (lon + width, lat)]))
    for zoom in zooms:
        boxes = [tile.box(0) for tile in zoom]
        assert min(box[0] for box in boxes) <= west
        assert min(box[1] for box in boxes) <= top
        assert max(box[2] for box in boxes) >= east
        assert max(box[3] for box in boxes) >= bottom
        for x0, y0, x1, y1 in boxes:
            assert x0 <= east
            assert x1 >= west
            assert y0 <= bottom
            assert y1 >= top


def test_a_file_is_named_by_its_tile(tmp_path):
    assert tile_file(tmp_path, Tile(3, 5, 2)) == tmp_path / "3" / "5-2.mvt.gz"
