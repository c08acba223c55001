"""Put what is there under seal, once: at the first `gezhi init` of a release that brings a table under seal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction

from gezhi.kernel.errors import Conflict
from gezhi.platform.audit.chain import enrol
from gezhi.platform.audit.evidence import Evidence, last_seals, registered, seal
from gezhi.platform.audit.heads import REGISTER, seal_of
from gezhi.platform.audit.models import ChainHead, Seal

_BATCH = 1_000
# The key of the seal that says: this table is under seal as a whole, whatever is added without a seal is foreign.
WHOLE = ""


@dataclass(frozen=True, slots=True)
class Founded:
    """What was put under seal: how many chains, and rows by table."""

    chains: int
    rows: dict[str, int]


def seal_what_is_there(*, known_before: bool = False) -> Founded:
    """Seal the ends of chains and the tables that are not under seal yet, as they are at this moment; safe to repeat.

    What is under seal is left alone, whatever its state: this never mends. Raises ``Conflict`` (``register_gone``) where
    this city was under seal before (``known_before``, or the database itself tells) and its register of chains is gone.
    """
    chains = _found_register(known_before)
    rows = {evidence.kind: _seal_table(evidence) for evidence in registered() if not _whole(evidence)}
    return Founded(chains, rows)


def _found_register(known_before: bool) -> int:
    with transaction.atomic():
        heads = list(ChainHead.objects.select_for_update().order_by("name"))
        if any(head.name == REGISTER for head in heads):
            return 0
        if any(head.seal for head in heads) or Seal.objects.exists() or (known_before and heads):
            raise Conflict("register_gone", "this city was under seal, and its register of chains is gone")
        for head in heads:
            head.seal = seal_of(head.name, head.seq, head.hash)
        ChainHead.objects.create(name=REGISTER, seal=seal_of(REGISTER, 0, ""))
        ChainHead.objects.bulk_update(heads, ["seal"], batch_size=_BATCH)
        if heads:
            enrol([head.name for head in heads])
        return len(heads)


def _whole(evidence: Evidence) -> bool:
    return Seal.objects.filter(kind=evidence.kind, key=WHOLE).exists()


def _seal_table(evidence: Evidence) -> int:
    """All of a table or nothing, batch by batch in one transaction, so that no reader finds it half sealed."""
    count = 0
    with transaction.atomic():
        rows = evidence.model._base_manager.all() if evidence.waiting is None else evidence.waiting()
        found = iter(evidence.digests(rows))
        while batch := dict(islice(found, _BATCH)):
            count += _store(evidence, batch)
        seal(evidence.kind, [(WHOLE, "")])
    return count


def _store(evidence: Evidence, batch: dict[Any, str]) -> int:
    if evidence.store is not None:
        evidence.store(batch)
        return len(batch)
    sealed = last_seals(evidence.kind, list(batch))
    fresh = [(key, digest) for key, digest in batch.items() if key not in sealed]
    seal(evidence.kind, fresh)
    return len(fresh)
