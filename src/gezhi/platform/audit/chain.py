"""The audit chain: each row's hash covers its columns and the hash of the row before it.

The hash is HMAC-SHA-256 under a key that lies outside the database, so whoever can write to the database alone
cannot forge a chain. ``verify`` finds a changed, inserted, removed or reordered row and a cut-off tail.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection, models
from django.db.models import QuerySet

from gezhi.platform.audit.models import ChainedRow, ChainHead
from gezhi.platform.bulk import insert_instance, insert_row_once, insert_rows
from gezhi.platform.prepared import Prepared

BATCH = 2_000
_encoder = msgspec.json.Encoder(order="sorted")

# Tables whose chains `gezhi audit verify` walks; an app adds its own when it is loaded.
CHAINED_MODELS: list[type[ChainedRow]] = []


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a chain. ``row_id`` is the primary key, None where the row is gone."""

    table: str
    chain: str
    seq: int
    row_id: int | None
    problem: str


@lru_cache(maxsize=1)
def _key() -> bytes:
    return settings.ENV.data_key("audit")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # One spelling whatever the database returns; microseconds are what both databases keep.
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def row_hash(*, chain: str, seq: int, prev_hash: str, values: Sequence[Any]) -> str:
    """The keyed hash of one row, hexadecimal. ``values`` are the hashed columns in their declared order."""
    message = _encoder.encode([chain, seq, prev_hash, [_plain(value) for value in values]])
    return hmac.digest(_key(), message, "sha256").hex()


def lock_head(chain: str) -> tuple[int, str]:
    """Sequence number and hash of the chain's end, locked for this transaction.

    Take it last: it orders all writers of the chain.
    """
    while not (found := _HEAD.rows(name=chain)):
        # Another writer may make it between the look and the insert: theirs is the one to lock then.
        insert_row_once(ChainHead, {"name": chain})
    seq, last = found[0]
    return seq, last


def _locked_head(name: str) -> QuerySet[ChainHead, Any]:
    return ChainHead.objects.select_for_update().filter(name=name).values_list("seq", "hash")


_HEAD = Prepared(_locked_head, name=str)


def append(chain: str, rows: Sequence[ChainedRow]) -> None:
    """Link ``rows`` to the end of ``chain`` and write them. Call inside the transaction of the change they record."""
    if not rows:
        return
    seq, prev = lock_head(chain)
    for row in rows:
        seq += 1
        row.chain, row.seq, row.prev_hash = chain, seq, prev
        row.hash = row_hash(chain=chain, seq=seq, prev_hash=prev, values=[getattr(row, name) for name in row.HASHED])
        prev = row.hash
    if len(rows) == 1:
        insert_instance(rows[0])
    else:
        model = type(rows[0])
        names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
        insert_rows(model, ({name: getattr(row, name) for name in names} for row in rows))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_chainhead SET seq = %s, hash = %s WHERE name = %s", [seq, prev, chain])


def _verify_chain(model: type[ChainedRow], chain: str, progress: Callable[[int], None]) -> Iterator[Finding]:
    table = model._meta.db_table
    names = ["pk", "seq", "prev_hash", "hash", *model.HASHED]
    expected_seq, expected_prev = 1, ""
    rows = model._default_manager.filter(chain=chain).order_by("seq").values_list(*names)
    for pk, seq, prev_hash, stored, *values in rows.iterator(chunk_size=BATCH):
        progress(1)
        if seq != expected_seq:
            yield Finding(table, chain, expected_seq, None, f"rows {expected_seq} to {seq - 1} are missing")
        elif prev_hash != expected_prev:
            yield Finding(table, chain, seq, pk, "does not follow the row before it")
        if row_hash(chain=chain, seq=seq, prev_hash=prev_hash, values=values) != stored:
            yield Finding(table, chain, seq, pk, "was changed outside the program")
        expected_seq, expected_prev = seq + 1, stored
    head = ChainHead.objects.filter(name=chain).first()
    if head is None:
        yield Finding(table, chain, expected_seq - 1, None, "the record of the chain's end is missing")
    elif (head.seq, head.hash) != (expected_seq - 1, expected_prev):
        yield Finding(
            table, chain, head.seq, None, f"the chain should end at row {head.seq}, it ends at {expected_seq - 1}"
        )


def _silent(count: int) -> None:
    """The progress of whoever does not watch."""


def verify(*, progress: Callable[[int], None] = _silent) -> Iterator[Finding]:
    """Walk every chain of every chained table and yield what is wrong, row by row. ``progress`` is told of each row."""
    known: set[str] = set()
    for model in CHAINED_MODELS:
        for chain in model._default_manager.order_by("chain").values_list("chain", flat=True).distinct():
            known.add(chain)
            yield from _verify_chain(model, chain, progress)
    for head in ChainHead.objects.exclude(name__in=known).filter(seq__gt=0):
        yield Finding("", head.name, head.seq, None, f"all {head.seq} rows of the chain are gone")


def count_rows() -> int:
    """How many chained rows there are in all."""
    total: int = sum(model._default_manager.count() for model in CHAINED_MODELS)
    return total


def register(model: type[ChainedRow]) -> None:
    """Have ``gezhi audit verify`` walk this table too."""
    if not issubclass(model, models.Model):
        raise TypeError("a chained table is a Django model")
    if model not in CHAINED_MODELS:
        CHAINED_MODELS.append(model)
