"""Files of finished tiles: a tile at a time for our maps, and whole or by parts for whoever reads the file itself."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TypeVar

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from gezhi.contexts.ground import queries as ground
from gezhi.interfaces.web.compressing import packed_response
from gezhi.kernel.mercator import Tile
from gezhi.kernel.reading import whole_number
from gezhi.platform.geodb.tile_archive import PackedTile

Response = TypeVar("Response", bound=HttpResponseBase)

_A_YEAR = 31_536_000
_FILE_TYPE = "application/vnd.pmtiles"
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
# A part is made in memory: who asks for more gets this much, and asks for the rest.
_MOST_OF_A_PART = 4 * 2**20


@require_safe
def tile(request: HttpRequest, key: str, z: int, x: int, y: int) -> HttpResponse:
    """A tile of a file. Its address names what the file holds, so that it may be kept. Raises ``Http404``."""
    found = ground.base_tile(key, Tile(z, x, y))
    if found is None:
        raise Http404
    etag = f'W/"{key}-{z}-{x}-{y}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        packed = found.packed
        response = HttpResponse(status=204) if packed is None else _tile_bytes(request, packed, found.kind.media_type)
    return _lasting(response, etag)


@require_safe
def whole(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file, or the part of it that is asked for (RFC 9110, 14). Raises ``Http404``."""
    path = ground.archive_file(key)
    if path is None:
        raise Http404
    size, etag = path.stat().st_size, f'"{key}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        asked = _asked_part(request.headers.get("Range", ""), size)
        if asked is not None and request.headers.get("If-Range", etag) == etag:
            response = _part(path, size, asked)
        else:
            response = FileResponse(path.open("rb"), content_type=_FILE_TYPE)
    response.headers["Accept-Ranges"] = "bytes"
    return _lasting(response, etag)


def _lasting(response: Response, etag: str) -> Response:
    response.headers["ETag"] = etag
    if response.status_code < 400:
        patch_cache_control(response, max_age=_A_YEAR, public=True, immutable=True)
    return response


def _tile_bytes(request: HttpRequest, packed: PackedTile, media_type: str) -> HttpResponse:
    if packed.is_gzip:
        return packed_response(request, packed.content, plain=packed.plain, content_type=media_type)
    return HttpResponse(packed.content, content_type=media_type)


def _asked_part(text: str, size: int) -> tuple[int, int] | None:
    """The first and last byte that a ``Range`` asks for; None where it asks for no single part, and is not heeded then."""
    asked = _RANGE.fullmatch(text.strip())
    if asked is None:
        return None
    first, last = whole_number(asked[1]), whole_number(asked[2])
    if first is None:
        # The last so many bytes.
        return None if last is None else (max(0, size - last), size - 1 if last else -1)
    return first, size - 1 if last is None else min(last, size - 1)


def _part(path: Path, size: int, asked: tuple[int, int]) -> HttpResponse:
    first, last = asked
    if first > last:
        response = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    length = min(last - first + 1, _MOST_OF_A_PART)
    with path.open("rb") as file:
        content = os.pread(file.fileno(), length, first)
    response = HttpResponse(content, status=206, content_type=_FILE_TYPE)
    response.headers["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    return response
