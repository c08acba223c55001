"""Photos as cameras write them, and photos that no camera writes."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")


def photo(
    *,
    at: tuple[float, float] | None = None,
    taken: str | None = None,
    colour: object = "green",
    size: tuple[int, int] = (64, 48),
    kind: str = "JPEG",
    **more: object,
) -> bytes:
    """A picture in one colour; ``at`` is longitude and latitude, ``taken`` an EXIF time (``2026:03:02 09:58:00``)."""
    exif = Image.Exif()
    if at is not None:
        lon, lat = at
        exif[0x8825] = {1: "N", 2: _parts(lat), 3: "E", 4: _parts(lon)}
    if taken is not None:
        exif[0x8769] = {0x9003: taken}
    for tag, value in more.items():
        exif[int(tag.removeprefix("tag_"), 16)] = value
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, exif=exif)
    return out.getvalue()


def _parts(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return float(whole), float(minutes), round((degrees - whole - minutes / 60) * 3600, 4)


def upload(raw: bytes, name: str = "photo.jpg") -> io.BytesIO:
    """A file as the test client sends it."""
    file = io.BytesIO(raw)
    file.name = name
    return file


def bomb(width: int = 7_071, height: int = 7_071) -> bytes:
    """A PNG of some 150 KB that unfolds to ``width`` × ``height`` black pixels."""
    row = b"\0" * (width * 3 + 1)
    rows_at_once = max(1, 8_000_000 // len(row))
    packer, parts = zlib.compressobj(9), []
    for start in range(0, height, rows_at_once):
        parts.append(packer.compress(row * min(rows_at_once, height - start)))
    parts.append(packer.flush())
    return _png(width, height, b"".join(parts))


def _png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def mutated(seed: int, count: int) -> Iterator[bytes]:
    """``count`` good photos with something wrong in them, mostly in what they say of themselves."""
    chance = random.Random(seed)  # noqa: S311
    whole = [
        photo(kind=kind, at=(112.1, 32.0), taken="2026:03:02 09:58:00", tag_0x0112=6, tag_0x010F="camera")
        for kind in FORMATS
    ]
    for number in range(count):
        yield _mutated(chance, whole[number % len(whole)])


def _mutated(chance: random.Random, raw: bytes) -> bytes:
    data = bytearray(raw)
    # EXIF stands behind its two byte-order letters; PNG files repair nothing, so their sums are made good again below.
    start = max(data.find(b"II*\0"), data.find(b"MM\0*"), 0)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place = (
            chance.randrange(start, min(len(data), start + 400))
            if chance.random() < 0.8
            else chance.randrange(len(data))
        )
        way = chance.random()
        if way < 0.5:
            data[place] = chance.choice((0, 1, 2, 5, 7, 10, 12, 13, 127, 128, 255, chance.randrange(256)))
        elif way < 0.7:
            data[place : place + 4] = struct.pack(
                chance.choice(("<I", ">I")), chance.choice((0, 1, 2**16, 2**31, 2**32 - 1))
            )
        elif way < 0.8:
            del data[place : place + chance.randrange(1, 40)]
        elif way < 0.9:
            data[place:place] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 40)))
        else:
            del data[place:]
        if len(data) < 16:
            return bytes(data)
        start = min(start, len(data) - 1)
    return _sums_made_good(bytes(data)) if data[:4] == b"\x89PNG" else bytes(data)


def _sums_made_good(data: bytes) -> bytes:
    out, place = data[:8], 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        if place + 12 + length > len(data):
            break
        body = data[place + 4 : place + 8 + length]
        out += data[place : place + 4] + body + struct.pack(">I", zlib.crc32(body))
        place += 12 + length
    return out + data[place:]
