"""Take in a picture safely: decide by content, read place and time, then draw it anew without its metadata.

Drawing anew is what defuses polyglot files: nothing of the sent bytes is ever stored or served.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from gezhi.kernel.errors import InvalidInput

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 50_000_000
LONGEST_SIDE = 2_048
_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture fit to keep. ``taken_lon``/``taken_lat`` are WGS84 as EXIF defines them, ``taken_at`` is UTC."""

    content: bytes
    content_type: str
    width: int
    height: int
    taken_at: datetime | None
    taken_lon: float | None
    taken_lat: float | None


def take_in(raw: bytes, *, time_zone: str, field: str = "photo") -> Picture:
    """Check, read and re-encode one picture.

    Raises ``InvalidInput``: ``photo_too_large`` (12 MB, 50 megapixels), ``photo_unreadable`` (not a whole JPEG, PNG or
    WebP). ``time_zone`` is where EXIF times without an offset are read.
    """
    if len(raw) > MAX_BYTES:
        raise InvalidInput(
            "photo_too_large", f"the photo has {len(raw) / 1_048_576:.1f} MB; the limit is 12 MB", field=field
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(raw), formats=_FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise InvalidInput(
                    "photo_too_large",
                    f"the photo has {image.width} × {image.height} pixels; the limit is 50 million",
                    field=field,
                )
            exif = image.getexif()
            image.load()
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInput("photo_too_large", f"the photo is too large: {error}", field=field) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise InvalidInput(
            "photo_unreadable", "this is not a whole JPEG, PNG or WebP picture; take the photo again", field=field
        ) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A fresh image carries no metadata, comment or trailing bytes of the old one.
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=85, optimize=True)
    lon, lat = _place(exif)
    return Picture(out.getvalue(), "image/jpeg", clean.width, clean.height, _time(exif, time_zone), lon, lat)


def _time(exif: Image.Exif, time_zone: str) -> datetime | None:
    details = exif.get_ifd(ExifTags.IFD.Exif)
    text = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    if not isinstance(text, str):
        return None
    offset = details.get(ExifTags.Base.OffsetTimeOriginal)
    try:
        if isinstance(offset, str) and offset.strip():
            return datetime.strptime(f"{text.strip()} {offset.strip()}", "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
        local = datetime.strptime(text.strip(" \0"), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  (the zone is set next)
        return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        # A camera that does not know its time writes zeros: the photo is good, its time is unknown.
        return None


def _degrees(parts: object, reference: object) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(reference).upper() in {"S", "W"} else value


def _place(exif: Image.Exif) -> tuple[float | None, float | None]:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef))
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef))
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon, lat) == (0.0, 0.0):
        return None, None
    return lon, lat
