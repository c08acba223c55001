"""The audit chain: each row's hash covers its columns and the hash of the row before it.

The hash is HMAC-SHA-256 under a key that lies outside the database, so whoever can write to the database alone
cannot forge a chain. Where a chain ends is under a seal of the same key (``heads``).
"""

from __future__ import annotations

from collections.abc import Sequence

from gezhi.platform.audit.heads import REGISTER, Head, lock_head, move_head
from gezhi.platform.audit.keyed import row_hash
from gezhi.platform.audit.models import ChainedRow, Seal
from gezhi.platform.bulk import insert_instance, insert_rows
from gezhi.platform.registry import Registry

# Tables whose chains `gezhi audit verify` walks, by their label.
CHAINED: Registry[type[ChainedRow]] = Registry("chained tables")


def append(chain: str, rows: Sequence[ChainedRow]) -> None:
    """Link ``rows`` to the end of ``chain`` and write them. Call inside the transaction of the change they record."""
    if not rows:
        return
    head = lock_head(chain)
    if head.new:
        enrol([chain])
    _link(chain, head, rows)


def enrol(chains: Sequence[str]) -> None:
    """Put chains on the register, inside the transaction in which their first rows are written or sealed."""
    _link(REGISTER, lock_head(REGISTER), [Seal(kind="audit.ChainHead", key=name, digest="") for name in chains])


def _link(chain: str, head: Head, rows: Sequence[ChainedRow]) -> None:
    seq, prev = head.seq, head.hash
    for row in rows:
        seq += 1
        row.chain, row.seq, row.prev_hash = chain, seq, prev
        values = [getattr(row, name) for name in row.HASHED]
        values += [value for name in row.HASHED_IF_SET if (value := getattr(row, name))]
        row.hash = row_hash(chain=chain, seq=seq, prev_hash=prev, values=values)
        prev = row.hash
    if len(rows) == 1:
        insert_instance(rows[0])
    else:
        model = type(rows[0])
        names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
        insert_rows(model, ({name: getattr(row, name) for name in names} for row in rows))
    move_head(chain, head, seq=seq, last=prev)
