"""Tiles in one file: PMTiles 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md). Nothing in it is trusted.

A tile is found by its number along a Hilbert curve, zoom after zoom, in directories that are read as they are needed: the root
says which leaf has it, the leaf where its bytes are. Read by place and length, so that threads share one open file.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gezhi.kernel.datum import Bounds
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.kernel.filled import Filled, filled
from gezhi.kernel.mercator import Tile

_HEAD = struct.Struct("<7sB11Q6B4iB2i")
_PLAIN, _GZIP = 1, 2
# What is larger than this, once unpacked, was made to fill memory: a directory (those of a whole planet have 0.5 MB), a
# description, a tile. An entry of a directory takes 32 bytes of memory, so that few are kept.
_MOST_DIRECTORY, _MOST_DESCRIPTION, _MOST_TILE = 2**20, 2 * 2**20, 8 * 2**20
_MOST_LAYERS, _LONGEST_NAME = 200, 100
_DEEPEST = 3
_DIRECTORIES_KEPT = 8
_GZIP_MARK, _SHORTEST_GZIP = b"\x1f\x8b", 18
_E7 = 10_000_000


class TileKind(IntEnum):
    """What the tiles of an archive are."""

    VECTOR = 1
    PNG = 2
    JPEG = 3
    WEBP = 4
    AVIF = 5

    @property
    def media_type(self) -> str:
        """As the web calls it."""
        return "application/vnd.mapbox-vector-tile" if self is TileKind.VECTOR else f"image/{self.name.lower()}"


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the file."""

    at: int
    length: int


@dataclass(frozen=True, slots=True)
class _Directory:
    numbers: npt.NDArray[np.int64]
    runs: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PackedTile:
    """A tile's bytes as they lie in the archive."""

    content: bytes
    is_gzip: bool

    def plain(self) -> bytes:
        """Without gzip. Raises ``InvalidInput`` (``file_damaged``) where it is none, or far too large."""
        try:
            return _unzipped(self.content, _MOST_TILE) if self.is_gzip else self.content
        except ValueError as error:
            raise InvalidInput("file_damaged", filled("a tile of the archive cannot be unpacked")) from error


class TileArchive:
    """An open archive. Raises ``NotFound`` and ``InvalidInput`` (``file_damaged``, ``tiles_unknown``) where it cannot be used."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise NotFound("file_missing", filled("there is no file %(file)s", file=str(path)))
        self._name = path.name
        self._file = path.open("rb")
        try:
            self._open(path.stat().st_size)
        except BaseException:
            self._file.close()
            raise
        self._directory = lru_cache(maxsize=_DIRECTORIES_KEPT)(self._read_directory)

    def _open(self, size: int) -> None:
        head = self._file.read(_HEAD.size)
        if len(head) < _HEAD.size or not head.startswith(b"PMTiles\x03"):
            raise self._damaged(filled("it does not begin as PMTiles of version 3 do"))
        values = _HEAD.unpack(head)
        pairs = values[2:10]
        self._root, self._metadata, self._leaves, self._tiles = map(_Part, pairs[::2], pairs[1::2])
        ends = [part.at + part.length for part in (self._root, self._metadata, self._leaves, self._tiles)]
        if max(ends) > size:
            raise self._damaged(filled("it breaks off: %(missing)s bytes are missing", missing=f"{max(ends) - size:,}"))
        _, self._packing, tile_packing, kind, self.min_zoom, self.max_zoom = values[13:19]
        if kind not in {one.value for one in TileKind} or {self._packing, tile_packing} - {_PLAIN, _GZIP}:
            said = filled(
                "%(file)s has tiles of a kind (%(kind)s) or packing (%(packing)s) that is not read here",
                file=self._name,
                kind=kind,
                packing=tile_packing,
            )
            raise InvalidInput("tiles_unknown", said)
        self.kind, self._zipped = TileKind(kind), tile_packing == _GZIP
        self.bounds = Bounds(*(degree / _E7 for degree in values[19:23]))
        box = self.bounds
        if not (-180 <= box.min_lon <= box.max_lon <= 180 and -90 <= box.min_lat <= box.max_lat <= 90):
            raise self._damaged(filled("its box is none on earth"))
        if not self.min_zoom <= self.max_zoom <= 30:
            raise self._damaged(filled("its zooms are none"))
        self._read_directory(self._root.at, self._root.length)
        self.layers = tuple(self._named_layers())

    def tile(self, tile: Tile) -> PackedTile | None:
        """A tile; None where the archive has none. Raises ``InvalidInput`` for a directory that cannot be read."""
        if not tile.exists:
            return None
        number, part = _number(tile), self._root
        for _ in range(_DEEPEST + 1):
            found = self._directory(part.at, part.length)
            place = int(np.searchsorted(found.numbers, number, side="right")) - 1
            if place < 0:
                return None
            run, length, at = int(found.runs[place]), int(found.lengths[place]), int(found.places[place])
            if run == 0:
                part = self._within(self._leaves, at, length)
                continue
            if number - int(found.numbers[place]) >= run or length > _MOST_TILE:
                return None
            content = self._bytes(self._within(self._tiles, at, length))
            if self._zipped and not _looks_packed(content):
                raise self._damaged(filled("a tile cannot be unpacked"))
            return PackedTile(content, self._zipped)
        raise self._damaged(filled("its directories lead nowhere"))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _within(self, whole: _Part, at: int, length: int) -> _Part:
        if at < 0 or length < 0 or at + length > whole.length:
            raise self._damaged(filled("a directory leads out of it"))
        return _Part(whole.at + at, length)

    def _bytes(self, part: _Part) -> bytes:
        return os.pread(self._file.fileno(), part.length, part.at)

    def _unpacked(self, part: _Part, most: int) -> bytes:
        if part.length > most:
            raise self._damaged(filled("a directory is far too large"))
        content = self._bytes(part)
        try:
            return _unzipped(content, most) if self._packing == _GZIP else content
        except ValueError as error:
            raise self._damaged(filled("a directory cannot be unpacked")) from error

    def _read_directory(self, at: int, length: int) -> _Directory:
        values = _varints(self._unpacked(_Part(at, length), _MOST_DIRECTORY))
        count = int(values[0]) if len(values) else -1
        if count < 0 or len(values) != 1 + 4 * count:
            raise self._damaged(filled("a directory is not whole"))
        steps, runs, lengths, places = values[1:].reshape(4, count)
        # A zero says: right after the one before.
        places = places - 1
        for place in np.flatnonzero(places < 0).tolist():
            places[place] = places[place - 1] + lengths[place - 1] if place else 0
        if (steps[1:] <= 0).any() or any((one < 0).any() for one in (steps, runs, lengths, places)):
            raise self._damaged(filled("a directory is not in order"))
        reach = np.where(runs == 0, self._leaves.length, self._tiles.length)
        # Either might be near the end of what a number holds, and their sum beyond it.
        if (places > reach).any() or (lengths > reach - places).any():
            raise self._damaged(filled("a directory leads out of it"))
        return _Directory(np.cumsum(steps), runs, lengths, places)

    def _named_layers(self) -> Iterator[str]:
        """What the vector layers are called, as far as the archive says."""
        try:
            told: Any = json.loads(self._unpacked(self._metadata, _MOST_DESCRIPTION) or b"{}")
        except (ValueError, RecursionError) as error:
            raise self._damaged(filled("its description is no JSON")) from error
        layers = told.get("vector_layers") if isinstance(told, dict) else None
        layers = layers if isinstance(layers, list) else []
        if len(layers) > _MOST_LAYERS:
            raise self._damaged(filled("it describes far too many layers"))
        for layer in layers:
            name = layer.get("id") if isinstance(layer, dict) else None
            if isinstance(name, str) and len(name) <= _LONGEST_NAME:
                yield name

    def _damaged(self, reason: Filled) -> InvalidInput:
        said = filled("%(file)s is damaged, or no archive of tiles: %(reason)s", file=self._name, reason=reason)
        return InvalidInput("file_damaged", said)


def _number(tile: Tile) -> int:
    """The number of a tile: all tiles of lower zooms first, then along the Hilbert curve."""
    number, x, y = ((1 << 2 * tile.zoom) - 1) // 3, tile.x, tile.y
    for bit in range(tile.zoom - 1, -1, -1):
        side = 1 << bit
        east, south = int(bool(x & side)), int(bool(y & side))
        number += side * side * ((3 * east) ^ south)
        if not south:
            if east:
                x, y = side - 1 - (x & (side - 1)), side - 1 - (y & (side - 1))
            x, y = y, x
    return number


def _varints(content: bytes) -> npt.NDArray[np.int64]:
    """Numbers as protocol buffers write them, all at once; what is cut off at the end is left out."""
    octets = np.frombuffer(content, dtype=np.uint8)
    last = np.flatnonzero(octets < 0x80)
    if not len(last):
        return np.empty(0, dtype=np.int64)
    octets = octets[: last[-1] + 1]
    starts = np.concatenate([[0], last[:-1] + 1])
    shifts = 7 * (np.arange(len(octets)) - np.repeat(starts, last - starts + 1))
    parts = (octets & 0x7F).astype(np.int64) << np.minimum(shifts, 56)
    found: npt.NDArray[np.int64] = np.add.reduceat(parts, starts)
    return found


def _looks_packed(content: bytes) -> bool:
    """Whether it begins as gzip does, and ends with a size (RFC 1952, 2.3.1) that a tile may have: it is passed on as it is."""
    size = int.from_bytes(content[-4:], "little")
    return content.startswith(_GZIP_MARK) and len(content) >= _SHORTEST_GZIP and size <= _MOST_TILE


def _unzipped(content: bytes, most: int) -> bytes:
    """Raises ``ValueError`` for what is no gzip, breaks off, or would be larger than ``most`` bytes."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        plain = unpacking.decompress(content, most)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpacking.eof:
        raise ValueError("it breaks off, or is too large")
    return plain
