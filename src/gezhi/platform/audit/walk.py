"""Walk one chain from row to row and say what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from gezhi.platform.audit.heads import sealed_end
from gezhi.platform.audit.keyed import plain_row_hash
from gezhi.platform.audit.models import ChainedRow, ChainHead
from gezhi.platform.audit.plain_rows import plain_rows

_STRIDE = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. ``row_id`` is the primary key, None where the row is gone; ``chain`` is empty beside the chains."""

    table: str
    chain: str
    seq: int
    row_id: int | str | None
    problem: str


@dataclass
class Walk:
    """What is known beforehand of the chains: where an earlier run ended, and which rows are anchored.

    ``ends`` is filled while walking: chain → number and hash of its last row.
    """

    progress: Callable[[int], None]
    since: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    anchored: Mapping[str, Mapping[int, tuple[str, str]]] = field(default_factory=dict)
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)

    def chain(self, model: type[ChainedRow], chain: str, head: ChainHead | None, *, sealed: bool) -> Iterator[Finding]:
        """The faults of one chain. ``sealed``: whether the chains of this city are under seal at all."""
        table = model._meta.db_table
        start, expected_prev = self.since.get(chain, (0, ""))
        expected_seq = start + 1
        if start and not model._default_manager.filter(chain=chain, seq=start, hash=expected_prev).exists():
            yield Finding(table, chain, start, None, "the row where the last clean run ended is gone or another one")
        watched = dict(self.anchored.get(chain, {}))
        found: dict[int, str] = {start: expected_prev} if start else {}
        end = None if head is None else sealed_end(chain, head.seal)
        names = ["pk", "seq", "prev_hash", "hash", *model.HASHED, *model.HASHED_IF_SET]
        fixed = len(model.HASHED)
        rows = model._default_manager.filter(chain=chain, seq__gt=start).order_by("seq")
        walked = 0
        before: int | None = None
        for pk, seq, prev_hash, stored, *values in plain_rows(rows, names):
            walked += 1
            if walked % _STRIDE == 0:
                self.progress(_STRIDE)
            if seq != expected_seq:
                yield Finding(table, chain, expected_seq, None, f"rows {expected_seq} to {seq - 1} are missing")
            elif prev_hash != expected_prev:
                yield Finding(table, chain, seq, pk, "does not follow the row before it")
            hashed = values if len(values) == fixed else values[:fixed] + [value for value in values[fixed:] if value]
            if before is not None and pk <= before:
                # Each chain has one writer at a time, so its rows are numbered as they follow each other.
                yield Finding(table, chain, seq, pk, "was moved: its number does not follow that of the row before it")
            before = pk
            if plain_row_hash(chain, seq, prev_hash, hashed) != stored:
                yield Finding(table, chain, seq, pk, "was changed outside the program")
            if seq in watched or (end is not None and seq == end[0]):
                found[seq] = stored
            expected_seq, expected_prev = seq + 1, stored
        self.progress(walked % _STRIDE)
        last = expected_seq - 1
        self.ends[chain] = (last, expected_prev)
        for seq, (wanted, at) in sorted(watched.items()):
            if seq > start and found.get(seq) != wanted:
                yield Finding(table, chain, seq, None, f"row {seq} was anchored on {at}; it is gone or another one")
        yield from _end(table, chain, head, (last, expected_prev), found, sealed=sealed)


def _end(
    table: str, chain: str, head: ChainHead | None, real: tuple[int, str], found: dict[int, str], *, sealed: bool
) -> Iterator[Finding]:
    """The faults of what is written about the chain's end."""
    if head is None:
        yield Finding(table, chain, real[0], None, "the record of the chain's end is missing")
        return
    if (head.seq, head.hash) != real:
        yield Finding(table, chain, head.seq, None, f"the chain should end at row {head.seq}, it ends at {real[0]}")
    if not sealed:
        return
    end = sealed_end(chain, head.seal)
    if end is None:
        words = "the seal of the chain's end is broken" if head.seal else "the chain's end is not under seal"
        yield Finding(table, chain, head.seq, None, f"{words}: rows may have been cut off")
    elif end[0] and (end[0] > head.seq or found.get(end[0]) != end[1]):
        yield Finding(table, chain, end[0], None, f"the chain was cut: row {end[0]} is under seal and gone")
    elif end != (head.seq, head.hash):
        words = f"the chain's end is under the seal of row {end[0]}: it was cut, or an older program went on writing"
        yield Finding(table, chain, head.seq, None, words)
