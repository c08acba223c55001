"""A Merkle tree as in RFC 6962: one digest for a list, and a short path that proves what stands at a place of it.

A leaf is hashed with the byte 0 before it, a node with the byte 1, so that neither can be passed off as the other.
A tree of n leaves is split at the largest power of two below n; nothing is ever doubled, so that two lists of
different length never have the same root. Beside a root its number of leaves must be known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def leaf(content: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(b"\x00" + content).digest()


def _split(number: int) -> int:
    """The largest power of two below ``number`` (of at least 2)."""
    return 1 << (number - 1).bit_length() - 1


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashed leaves, 32 bytes; of none the hash of nothing. O(n)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = _split(len(leaves))
    return _node(root(leaves[:middle]), root(leaves[middle:]))


def path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The hashes that lead from the leaf at ``place`` (from 0) to the root, the nearest first. O(n)."""
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if place < middle:
        return [*path(leaves[:middle], place), root(leaves[middle:])]
    return [*path(leaves[middle:], place - middle), root(leaves[:middle])]
