"""Keyset paging: an opaque cursor that says where the last page ended. No offset, so page 1,000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from gezhi.kernel.errors import InvalidInput

MAX_PAGE = 200


def encode_cursor(values: list[Any]) -> str:
    """Pack the sort values of the last row of a page."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def decode_cursor(text: str, *, length: int) -> list[Any]:
    """Unpack a cursor of ``length`` values. Raises ``InvalidInput`` (``bad_cursor``) on anything else."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        values = msgspec.json.decode(raw, type=list)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise InvalidInput("bad_cursor", "this cursor was not made by this list", field="cursor") from error
    if len(values) != length:
        raise InvalidInput("bad_cursor", "this cursor belongs to another list", field="cursor")
    return values


def page_size(asked: int | None, *, default: int = 50) -> int:
    """A page size between 1 and 200. Raises ``InvalidInput`` outside that."""
    if asked is None:
        return default
    if not 1 <= asked <= MAX_PAGE:
        raise InvalidInput("bad_page_size", f"a page holds 1 to {MAX_PAGE} rows, not {asked}", field="limit")
    return asked
