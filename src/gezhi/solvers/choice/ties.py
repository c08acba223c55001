"""Ties are broken by an order that is fixed before anybody votes: by id, or drawn from a committed seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from gezhi.kernel.errors import InvalidInput


def tie_order(ids: Iterable[str], *, seed: str | None = None, commitment: str | None = None) -> dict[str, int]:
    """Rank of each id: a tie goes to the smaller rank.

    Without a seed the ids' own order. With one, the order of SHA-256(seed ':' id): nobody can choose it, and everybody
    can draw it again. ``commitment`` is the SHA-256 of the seed in hex, published before the vote; a seed that does
    not fit it raises ``InvalidInput``.
    """
    if commitment is not None:
        if seed is None:
            raise InvalidInput("choice.no_seed", "is missing: the commitment needs its seed", field="tie_seed")
        if hashlib.sha256(seed.encode("utf-8")).hexdigest() != commitment.lower():
            raise InvalidInput("choice.other_seed", "is not the seed that was committed to", field="tie_seed")

    def drawn(name: str) -> tuple[str, str]:
        return ("" if seed is None else hashlib.sha256(f"{seed}:{name}".encode()).hexdigest(), name)

    return {name: rank for rank, name in enumerate(sorted(ids, key=drawn))}
