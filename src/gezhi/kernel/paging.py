"""Keyset paging: an opaque cursor that says where the last page ended. No offset, so page 1,000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

import msgspec

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.reading import MOST, day_or_instant

MAX_PAGE = 200
_LONGEST_CURSOR = 400


def encode_cursor(values: list[Any]) -> str:
    """Pack the sort values of the last row of a page."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def decode_cursor(text: str, *, length: int) -> list[Any]:
    """Unpack a cursor of ``length`` values. Raises ``InvalidInput`` (``bad_cursor``) on anything else."""
    if len(text) > _LONGEST_CURSOR or not text.isascii():
        raise _bad()
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        values = msgspec.json.decode(raw, type=list)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise _bad() from error
    if len(values) != length:
        raise InvalidInput("bad_cursor", "this cursor belongs to another list", field="cursor")
    return values


def moment_and_key(moment: Any, key: Any) -> tuple[datetime, int]:
    """The two values with which most cursors end: an instant with its zone, and the key of a row.

    Raises ``InvalidInput`` (``bad_cursor``).
    """
    read = day_or_instant(moment) if isinstance(moment, str) else None
    if read is None or read.tzinfo is None or type(key) is not int or not 0 <= key <= MOST:
        raise _bad()
    return read, key


def _bad() -> InvalidInput:
    return InvalidInput("bad_cursor", "this cursor was not made by this list", field="cursor")


def page_size(asked: int | None, *, default: int = 50) -> int:
    """A page size between 1 and 200. Raises ``InvalidInput`` outside that."""
    if asked is None:
        return default
    if not 1 <= asked <= MAX_PAGE:
        raise InvalidInput("bad_page_size", f"a page holds 1 to {MAX_PAGE} rows, not {asked}", field="limit")
    return asked
