"""Identifiers: time-ordered UUIDs (RFC 9562, version 7) and short codes that a person can read out on the phone."""

from __future__ import annotations

import secrets
import time
import unicodedata
from uuid import UUID

# Crockford's base 32: no I, L, O, U, so that nothing is misread or misheard.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", "-": None, " ": None})


def uuid7() -> UUID:
    """A new UUID that sorts by its time of making (millisecond resolution, 74 random bits)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return UUID(int=value)


def follow_code(length: int = 12) -> str:
    """A random code by which a resident follows a report without an account: 60 bits at the default length."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def code_from(digest: bytes, length: int = 12) -> str:
    """The code that a keyed digest stands for: the same digest always gives the same code (5 bits a character)."""
    number = int.from_bytes(digest, "big")
    return "".join(_ALPHABET[number >> (5 * place) & 31] for place in range(length))


def normalise_code(text: str) -> str:
    """Undo what people and input methods do to codes: lower case, full width, blanks, hyphens, O for 0, I and L for 1."""
    return unicodedata.normalize("NFKC", text).strip().upper().translate(_MISREAD)
