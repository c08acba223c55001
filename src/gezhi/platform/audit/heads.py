"""The ends of the chains: each under a seal that only the key can make, and all of them on a register.

The seal of an end names its last row, and no other: an old seal that somebody has kept fits no other end. A chain whose
tail was cut off ends before its seal; a chain that is gone with its end is still on the register, which is a chain
itself. A broken seal is never mended by writing on: the mark stays for ``gezhi audit verify`` to find.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from django.db.models import QuerySet

from gezhi.platform.audit.keyed import keyed, same
from gezhi.platform.audit.models import ChainHead, Seal
from gezhi.platform.bulk import insert_row_once
from gezhi.platform.prepared import Prepared

log = structlog.get_logger(__name__)

REGISTER = "chains"
# What a seal begins with once it was found broken.
BROKEN = "!"


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends. ``sealed``: the next end may be sealed; ``new``: it has to be put on the register."""

    seq: int
    hash: str
    seal: str
    sealed: bool = True
    new: bool = False


def seal_of(name: str, seq: int, last: str) -> str:
    """The seal of a chain's end: its row, its hash, and their keyed digest."""
    return f"{seq}:{last}:{keyed('head', [name, seq, last])}"


def sealed_end(name: str, seal: str) -> tuple[int, str] | None:
    """Row and hash for which a seal stands; None where the seal is none of ours."""
    seq, _, rest = seal.partition(":")
    last, _, _ = rest.partition(":")
    if not seq.isascii() or not seq.isdigit() or len(seq) > 18 or not same(seal, seal_of(name, int(seq), last)):
        return None
    return int(seq), last


def lock_head(chain: str) -> Head:
    """The chain's end, locked for this transaction. Take it last: it orders all writers of the chain."""
    found = _HEAD.rows(name=chain)
    if not found:
        first = Head(0, "", seal_of(chain, 0, ""), new=chain != REGISTER)
        if chain != REGISTER and not _register_stands(chain):
            # Chains from before the register: `gezhi init` puts them all under seal.
            first = Head(0, "", "", sealed=False)
        # Another writer may make it between the look and the insert: theirs is the one to lock then.
        if insert_row_once(ChainHead, {"name": chain, "seal": first.seal}):
            return first
        found = _HEAD.rows(name=chain)
    seq, last, seal = found[0]
    if same(seal, seal_of(chain, seq, last)):
        return Head(seq, last, seal)
    return _unsealed(chain, seq, last, seal)


def _unsealed(chain: str, seq: int, last: str, seal: str) -> Head:
    if not seal:
        if not ChainHead.objects.filter(name=REGISTER).exists():
            return Head(seq, last, "", sealed=False)
        if not on_register(chain):
            return Head(seq, last, "", new=True)
    if not seal.startswith(BROKEN):
        log.error("audit.head_broken", chain=chain, seq=seq)
        seal = f"{BROKEN}{seal}"[:200]
    return Head(seq, last, seal, sealed=False)


def head_move(chain: str, head: Head, *, seq: int, last: str) -> tuple[str, list[Any]]:
    """The statement, with its values, that writes the chain's new end, under a seal unless the old one was not."""
    seal = seal_of(chain, seq, last) if head.sealed else head.seal
    statement = "UPDATE audit_chainhead SET seq = %s, hash = %s, seal = %s WHERE name = %s"
    return statement, [seq, last, seal, chain]


def _register_stands(chain: str) -> bool:
    """Whether there is a register, or none is needed yet because this is the first chain of all."""
    others = ChainHead.objects.exclude(name=chain)
    return others.filter(name=REGISTER).exists() or not others.exists()


def on_register(chain: str) -> bool:
    """Whether the register names this chain."""
    return Seal.objects.filter(chain=REGISTER, key=chain).exists()


def _locked_head(name: str) -> QuerySet[ChainHead, Any]:
    return ChainHead.objects.select_for_update().filter(name=name).values_list("seq", "hash", "seal")


_HEAD = Prepared(_locked_head, name=str)
