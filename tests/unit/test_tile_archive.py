"""Our reader of PMTiles, on archives that the format's own library wrote, and on broken ones."""

from __future__ import annotations

import gzip
import random
import struct

import pytest
from pmtiles.tile import Compression, TileType, tileid_to_zxy, zxy_to_tileid

from gezhi.kernel.datum import Bounds
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.kernel.mercator import Tile
from gezhi.platform.geodb.tile_archive import TileArchive, TileKind, _number
from tests.factories.archives import write_archive

TILES = {Tile(13, 6648, 3327): b"one", Tile(13, 6649, 3327): b"one", Tile(14, 13296, 6654): b"two"}


def test_the_numbers_of_tiles_are_those_of_the_format():
    chance = random.Random(7)  # noqa: S311
    for _ in range(2_000):
        zoom = chance.randint(0, 24)
        tile = Tile(zoom, chance.randrange(1 << zoom), chance.randrange(1 << zoom))
        assert _number(tile) == zxy_to_tileid(zoom, tile.x, tile.y)


def test_what_an_archive_says_of_itself(tmp_path):
    archive = TileArchive(write_archive(tmp_path / "a.pmtiles", TILES))
    assert (archive.kind, archive.min_zoom, archive.max_zoom) == (TileKind.VECTOR, 13, 14)
    assert archive.bounds == Bounds(112.0, 31.9, 112.3, 32.1)
    assert archive.layers == ("water", "roads")
    assert TileKind.PNG.media_type == "image/png"


def test_tiles_are_read_as_they_were_written(tmp_path):
    archive = TileArchive(write_archive(tmp_path / "a.pmtiles", TILES))
    for tile, content in TILES.items():
        found = archive.tile(tile)
        assert found is not None
        assert (found.is_gzip, found.plain(), gzip.decompress(found.content)) == (True, content, content)
    assert archive.tile(Tile(13, 0, 0)) is None
    assert archive.tile(Tile(0, 0, 0)) is None
    assert archive.tile(Tile(13, 1 << 13, 0)) is None


def test_a_large_archive_has_leaves(tmp_path):
    chance = random.Random(3)  # noqa: S311
    numbers = {
        zxy_to_tileid(zoom, *(chance.randrange(1 << zoom) for _ in "xy")) for zoom in range(13) for _ in range(3_000)
    }
    tiles = {Tile(*tileid_to_zxy(number)): b"%d" % (number % 500) for number in numbers}
    path = write_archive(tmp_path / "a.pmtiles", tiles, kind=TileType.PNG, zipped=False)
    assert struct.unpack_from("<Q", path.read_bytes(), 48)[0] > 0
    archive = TileArchive(path)
    for tile, content in tiles.items():
        found = archive.tile(tile)
        assert found is not None
        assert (found.is_gzip, found.content) == (False, content)
    for _ in range(2_000):
        tile = Tile(12, chance.randrange(1 << 12), chance.randrange(1 << 12))
        assert (archive.tile(tile) is not None) == (tile in tiles)


def bent(at: int, form: str, value: int):
    def bend(body: bytes) -> bytes:
        changed = bytearray(body)
        struct.pack_into(form, changed, at, value)
        return bytes(changed)

    return bend


@pytest.mark.parametrize(
    ("bend", "code", "words"),
    [
        (lambda body: b"", "file_damaged", "does not begin"),
        (lambda body: b"hello " * 100, "file_damaged", "does not begin"),
        (lambda body: body[:60], "file_damaged", "does not begin"),
        (lambda body: body[:-10], "file_damaged", "10 bytes are missing"),
        (bent(7, "<B", 2), "file_damaged", "version 3"),
        (bent(97, "<B", 3), "tiles_unknown", "packing"),
        (bent(98, "<B", 4), "tiles_unknown", "packing (4)"),
        (bent(99, "<B", 6), "tiles_unknown", "kind (6)"),
        (bent(100, "<B", 15), "file_damaged", "zooms"),
        (bent(102, "<i", 2_000_000_000), "file_damaged", "none on earth"),
        (bent(129, "<Q", 0), "file_damaged", "unpacked"),
        (bent(16, "<Q", 20), "file_damaged", "unpacked"),
        (bent(16, "<Q", 1 << 62), "file_damaged", "are missing"),
        (bent(32, "<Q", 5), "file_damaged", "unpacked"),
    ],
)
def test_what_is_no_archive_is_refused(tmp_path, bend, code, words):
    path = write_archive(tmp_path / "a.pmtiles", TILES)
    path.write_bytes(bend(path.read_bytes()))
    with pytest.raises(InvalidInput) as refused:
        TileArchive(path)
    assert refused.value.code == code
    assert "a.pmtiles" in refused.value.message
    assert words in refused.value.message


def test_a_file_of_two_gigabytes_of_nothing_is_refused_at_once(tmp_path):
    path = tmp_path / "a.pmtiles"
    with path.open("wb") as file:
        file.truncate(2 * 2**30)
    with pytest.raises(InvalidInput, match="does not begin"):
        TileArchive(path)
    with pytest.raises(NotFound):
        TileArchive(tmp_path / "b.pmtiles")


def test_a_directory_that_would_fill_memory_is_refused(tmp_path):
    path = write_archive(tmp_path / "a.pmtiles", TILES)
    bomb = gzip.compress(bytes(64 * 2**20))
    body = path.read_bytes()
    path.write_bytes(bent(8, "<Q", len(body))(bent(16, "<Q", len(bomb))(body)) + bomb)
    with pytest.raises(InvalidInput, match="unpacked"):
        TileArchive(path)


def test_a_directory_that_leads_out_of_the_file_is_refused_when_it_is_met(tmp_path):
    path = write_archive(tmp_path / "a.pmtiles", {Tile(0, 0, 0): b"x" * 50}, zipped=False)
    path.write_bytes(bent(64, "<Q", 3)(path.read_bytes()))
    with pytest.raises(InvalidInput, match="leads out of it"):
        TileArchive(path).tile(Tile(0, 0, 0))
    assert Compression.NONE.value == 1
