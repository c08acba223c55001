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


def test_a_directory_that_leads_out_of_the_file_is_refused_at_once(tmp_path):
    path = write_archive(tmp_path / "a.pmtiles", {Tile(0, 0, 0): b"x" * 50}, zipped=False)
    path.write_bytes(bent(64, "<Q", 3)(path.read_bytes()))
    with pytest.raises(InvalidInput, match="leads out of it"):
        TileArchive(path)
    assert Compression.NONE.value == 1


def number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def directory(*entries: tuple[int, int, int, int]) -> bytes:
    """A directory of (step, run, length, place)."""
    columns = list(zip(*entries, strict=True)) or [()] * 4
    return number(len(entries)) + b"".join(number(value) for column in columns for value in column)


def by_hand(
    path, root: bytes, *, description: bytes = b"{}", leaves: bytes = b"", tiles: bytes = b"0123456789", packed=False
):
    """An archive as nobody's library writes it. ``packed``: the tiles are said to be gzip."""
    at, parts = 127, []
    for part in (root, description, leaves, tiles):
        parts += [at, len(part)]
        at += len(part)
    box = (1_120_000_000, 319_000_000, 1_123_000_000, 321_000_000)
    counts = (0, 0, 0, 0, 1, 1 + packed, 1, 0, 2)
    head = struct.pack("<7sB11Q6B4iB2i", b"PMTiles", 3, *parts, *counts[:3], *counts[3:], *box, 0, 0, 0)
    path.write_bytes(head + root + description + leaves + tiles)
    return path


ONE = directory((0, 1, 10, 1))


@pytest.mark.parametrize(
    ("root", "words"),
    [
        (directory((0, 1, 11, 1)), "leads out of it"),
        (directory((0, 1, 1, 12)), "leads out of it"),
        (directory((0, 0, 1, 1)), "leads out of it"),
        (directory((0, 1, (1 << 62), (1 << 62))), "leads out of it"),
        (directory((0, 1, (1 << 63) - 1, 2)), "leads out of it"),
        (directory((5, 1, 10, 1), (0, 1, 10, 1)), "not in order"),
        (directory((5, 1, 10, 1), ((1 << 64) - 2, 1, 10, 1)), "not in order"),
        (directory((0, (1 << 64) - 1, 10, 1)), "not in order"),
        (directory(*[(1, 1, 10, 1)] * 300_000), "far too large"),
        (number(9) + b"\x00", "not whole"),
    ],
)
def test_a_directory_that_lies_is_refused_at_once(tmp_path, root, words):
    with pytest.raises(InvalidInput, match=words):
        TileArchive(by_hand(tmp_path / "a.pmtiles", root))


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (b"[" * 100_000, "no JSON"),
        (b'{"vector_layers": [%s]}' % b",".join([b'{"id": "a"}'] * 201), "too many layers"),
        (b'{"a": "%s"}' % (b"x" * 2**21), "far too large"),
    ],
)
def test_a_description_that_would_fill_memory_is_refused(tmp_path, description, words):
    with pytest.raises(InvalidInput, match=words):
        TileArchive(by_hand(tmp_path / "a.pmtiles", ONE, description=description))


def test_names_of_layers_that_no_map_has_are_left_out(tmp_path):
    description = b'{"vector_layers": [{"id": "%s"}, {"id": "roads"}, 7, {"id": 7}]}' % (b"x" * 101)
    assert TileArchive(by_hand(tmp_path / "a.pmtiles", ONE, description=description)).layers == ("roads",)


@pytest.mark.parametrize(
    "tile",
    [b"plain tile", gzip.compress(bytes(9 * 2**20)), gzip.compress(b"tile")[:-8], b"\x1f\x8b", b""],
    ids=["plain", "bomb", "cut", "mark", "empty"],
)
def test_a_tile_that_is_not_what_it_is_said_to_be_is_refused_for_every_reader(tmp_path, tile):
    archive = TileArchive(by_hand(tmp_path / "a.pmtiles", directory((0, 1, len(tile), 1)), tiles=tile, packed=True))
    with pytest.raises(InvalidInput) as refused:
        archive.tile(Tile(0, 0, 0))
    assert refused.value.code == "file_damaged"
