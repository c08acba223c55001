"""The audit chain: each row's hash covers its columns and the hash of the row before it.

The hash is HMAC-SHA-256 under a key that lies outside the database, so whoever can write to the database alone
cannot forge a chain. Where a chain ends is under a seal of the same key (``heads``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from gezhi.platform.audit.heads import REGISTER, Head, head_move, lock_head
from gezhi.platform.audit.keyed import row_hash
from gezhi.platform.audit.models import ChainedRow, Seal
from gezhi.platform.bulk import insert_row_and, insert_rows
from gezhi.platform.registry import Registry

# Tables whose chains `gezhi audit verify` walks, by their label.
CHAINED: Registry[type[ChainedRow]] = Registry("chained tables")


def append(chain: str, model: type[ChainedRow], rows: Sequence[Mapping[str, Any]]) -> None:
    """Link rows of ``model`` to the end of ``chain`` and write them. Call inside the transaction of the change they record.

    A row is column attribute → value, without what links it; raises ``KeyError`` where a hashed column is missing.
    """
    if not rows:
        return
    head = lock_head(chain)
    if head.new:
        enrol([chain])
    _link(chain, head, model, rows)


def enrol(chains: Sequence[str]) -> None:
    """Put chains on the register, inside the transaction in which their first rows are written or sealed."""
    rows = [{"kind": "audit.ChainHead", "key": name, "digest": ""} for name in chains]
    _link(REGISTER, lock_head(REGISTER), Seal, rows)


def _link(chain: str, head: Head, model: type[ChainedRow], rows: Sequence[Mapping[str, Any]]) -> None:
    seq, prev, linked = head.seq, head.hash, []
    for row in rows:
        seq += 1
        values = [row[name] for name in model.HASHED]
        values += [value for name in model.HASHED_IF_SET if (value := row.get(name))]
        last = row_hash(chain=chain, seq=seq, prev_hash=prev, values=values)
        linked.append({**row, "chain": chain, "seq": seq, "prev_hash": prev, "hash": last})
        prev = last
    move = head_move(chain, head, seq=seq, last=prev)
    if len(linked) == 1:
        insert_row_and(model, linked[0], *move)
    else:
        insert_rows(model, linked)
        with connection.cursor() as cursor:
            cursor.execute(*move)
