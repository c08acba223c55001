"""What a photo says of itself: how it was held, where and when it was taken. Nothing a photo says can make it fail."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from typing import TypeVar
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image

T = TypeVar("T")
# What Pillow raises on directories that are cut, loop, or hold another type than the standard's.
FAULTS = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, SyntaxError, OverflowError,
    ZeroDivisionError, struct.error,
)  # fmt: skip

_TURNS: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What lies outside is a clock that was never set.
_YEARS = (1990, 2200)


def _or_none(read: Callable[[], T | None]) -> T | None:
    """What ``read`` finds; None where the photo's own words about it cannot be read: the picture is good all the same."""
    try:
        return read()
    except FAULTS:
        return None


def turn_of(image: Image.Image) -> Image.Transpose | None:
    """How the picture must be turned to stand upright; None: it does."""

    def read() -> Image.Transpose | None:
        value = image.getexif().get(ExifTags.Base.Orientation)
        return _TURNS.get(value) if isinstance(value, int) else None

    return _or_none(read)


def time_of(image: Image.Image, time_zone: str) -> datetime | None:
    """When it was taken (UTC); a time without an offset is read in ``time_zone``."""
    return _or_none(lambda: _time(image.getexif(), time_zone))


def place_of(image: Image.Image) -> tuple[float, float] | None:
    """Where it was taken: longitude and latitude, WGS84 as EXIF defines them."""
    return _or_none(lambda: _place(image.getexif()))


def _time(exif: Image.Exif, time_zone: str) -> datetime | None:
    details = exif.get_ifd(ExifTags.IFD.Exif)
    text = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    if not isinstance(text, str):
        return None
    offset = details.get(ExifTags.Base.OffsetTimeOriginal)
    if isinstance(offset, str) and offset.strip(" \0"):
        told = f"{text} {offset}".replace("\0", "").strip()
        taken = datetime.strptime(told, "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
    else:
        local = datetime.strptime(text.strip(" \0"), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  (the zone is set next)
        taken = local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    return taken if _YEARS[0] <= taken.year <= _YEARS[1] else None


def _degrees(parts: object, reference: object) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)  # type: ignore[attr-defined]
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(reference).upper() in {"S", "W"} else value


def _place(exif: Image.Exif) -> tuple[float, float] | None:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef))
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef))
    known = isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90 and (lon, lat) != (0.0, 0.0)
    return (lon, lat) if known else None
