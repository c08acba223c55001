"""Keyed digests: what somebody who can write to the database, but does not have the key, cannot make."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.conf import settings

_encoder = msgspec.json.Encoder(order="sorted")


@lru_cache(maxsize=1)
def _key() -> bytes:
    return settings.ENV.data_key("audit")


def _digest(message: bytes) -> str:
    return hmac.digest(_key(), message, "sha256").hex()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # One spelling whatever the database returns; microseconds are what both databases keep.
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def row_hash(*, chain: str, seq: int, prev_hash: str, values: Sequence[Any]) -> str:
    """The keyed hash of one row, hexadecimal. ``values`` are the hashed columns in their declared order."""
    return plain_row_hash(chain, seq, prev_hash, [_plain(value) for value in values])


def plain_row_hash(chain: str, seq: int, prev_hash: str, values: list[Any]) -> str:
    """``row_hash`` of values that are plain already (see ``plain_rows``)."""
    return _digest(_encoder.encode([chain, seq, prev_hash, values]))


def keyed(purpose: str, content: Any) -> str:
    """The keyed digest of plain JSON content. Digests of one purpose never pass for those of another."""
    return _digest(b"%s\0%s" % (purpose.encode(), _encoder.encode(content)))


def same(one: str, other: str) -> bool:
    """Whether two digests are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
