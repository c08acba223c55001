"""Draw a sent picture anew: decide by content, read place and time, and keep nothing of the sent bytes.

Drawing anew is what defuses polyglot files. It is work that a stranger asks for, so it has limits on bytes, pixels and
sides; time and memory are limited by the process in which it is done (``drawing``).
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, UnidentifiedImageError

from gezhi.kernel.errors import InvalidInput
from gezhi.platform.files.exif import FAULTS, place_of, time_of, turn_of

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 50_000_000
# A row costs memory of its own: a picture one pixel wide and 50 million high is refused for its height.
MAX_SIDE = 20_000
LONGEST_SIDE = 2_048
PREVIEW_SIDE = 160
_FORMATS = ("JPEG", "PNG", "WEBP")
_DRAWABLE = frozenset({"RGB", "L"})


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

    @property
    def place(self) -> tuple[float, float] | None:
        """Where it was taken, longitude and latitude."""
        return None if self.taken_lon is None or self.taken_lat is None else (self.taken_lon, self.taken_lat)


def too_large(*, field: str = "photo") -> InvalidInput:
    """The picture takes more room than anybody's photo does."""
    return InvalidInput(
        "photo_too_large", "the photo is too large; the limits are 12 MB and 50 million pixels", field=field
    )


def unreadable(*, field: str = "photo") -> InvalidInput:
    """The bytes are no picture, or not a whole one."""
    return InvalidInput(
        "photo_unreadable", "this is not a whole JPEG, PNG or WebP picture; take the photo again", field=field
    )


def take_in(raw: bytes, *, time_zone: str, field: str = "photo") -> Picture:
    """Check, read and re-encode one picture.

    Raises ``InvalidInput``: ``photo_too_large`` (12 MB, 50 megapixels, 20,000 pixels a side), ``photo_unreadable`` (not a
    whole JPEG, PNG or WebP). ``time_zone`` is where EXIF times without an offset are read.
    """
    if len(raw) > MAX_BYTES:
        raise too_large(field=field)
    try:
        with warnings.catch_warnings():
            # Pillow warns of what a photo says wrongly about itself; it is drawn without it.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(raw), formats=_FORMATS)
            if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
                raise too_large(field=field)
            clean, turn = _drawn(image), turn_of(image)
            place, taken_at = place_of(image), time_of(image, time_zone)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise too_large(field=field) from error
    except (UnidentifiedImageError, EOFError, *FAULTS) as error:
        raise unreadable(field=field) from error
    if turn is not None:
        clean = clean.transpose(turn)
    lon, lat = (None, None) if place is None else place
    return Picture(_jpeg(clean), "image/jpeg", clean.width, clean.height, taken_at, lon, lat)


def _drawn(image: Image.Image) -> Image.Image:
    """The picture at its final size on a fresh canvas, which carries no metadata, comment or trailing bytes."""
    # A JPEG can be decoded at a half, a quarter or an eighth of its size: a quarter of the time and of the memory, or less.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    small = image
    if small.mode not in _DRAWABLE:
        small = small.convert("L" if small.mode.startswith(("I", "F")) else "RGB")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    clean = Image.new("RGB", small.size)
    clean.paste(small)
    return clean


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def preview(content: bytes) -> bytes:
    """A stamp of a picture that was drawn here: JPEG, 160 pixels at most."""
    image = Image.open(io.BytesIO(content), formats=("JPEG",))
    image.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return _jpeg(image.convert("RGB"))
