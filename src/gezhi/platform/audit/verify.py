"""Is the record whole? Every chain walked, the register of chains read, every table under seal compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from gezhi.platform.audit.chain import CHAINED
from gezhi.platform.audit.evidence import Evidence, last_seals, registered
from gezhi.platform.audit.found import WHOLE
from gezhi.platform.audit.heads import REGISTER
from gezhi.platform.audit.models import ChainHead, Seal
from gezhi.platform.audit.walk import Finding, Walk
from gezhi.platform.registry import Registry

Progress = Callable[[int], None]
_BATCH = 1_000
_HEADS = "audit_chainhead"

# Further checks, by the apps that know how: what a digest over columns alone cannot tell.
CHECKS: Registry[Callable[[], Iterator[Finding]]] = Registry("checks")


def _silent(count: int) -> None:
    """The progress of whoever does not watch."""


def verify(
    *,
    progress: Progress = _silent,
    since: Mapping[str, tuple[int, str]] | None = None,
    anchored: Mapping[str, Mapping[int, tuple[str, str]]] | None = None,
    ends: dict[str, tuple[int, str]] | None = None,
    leave_out: Sequence[str] = (),
) -> Iterator[Finding]:
    """Yield what is wrong, row by row. Read it inside ``one_state`` where others write meanwhile.

    ``progress`` is told of rows as they are walked. ``since``: chain → end of the last clean run, from where to go on.
    ``anchored``: chain → row → the hash that was anchored, and when. ``ends`` is filled with the ends that were met.
    ``leave_out``: names of further checks that are not wanted (``files``).
    """
    walk = Walk(progress, since or {}, anchored or {}, {} if ends is None else ends)
    heads = {head.name: head for head in ChainHead.objects.all()}
    sealed = REGISTER in heads
    # A register whose own end was taken away: what lies under seal says that there was one.
    if not sealed and (Seal.objects.exists() or any(head.seal for head in heads.values())):
        yield Finding(_HEADS, REGISTER, 0, None, "the register of chains is gone")
    elif not sealed and heads:
        yield Finding(_HEADS, REGISTER, 0, None, "no chain is under seal yet; run `gezhi init`")
    known: set[str] = set()
    for model in CHAINED:
        for chain in model._default_manager.order_by("chain").values_list("chain", flat=True).distinct():
            known.add(chain)
            faults = walk.chain(model, chain, heads.get(chain), sealed=sealed)
            yield from _readable(model._meta.db_table, chain, faults)
    for name, head in sorted(heads.items()):
        if name not in known and head.seq > 0:
            yield Finding("", name, head.seq, None, f"all {head.seq} rows of the chain are gone")
    for name in sorted(walk.anchored.keys() - known):
        at = max(at for _, at in walk.anchored[name].values())
        yield Finding("", name, max(walk.anchored[name]), None, f"the chain was anchored on {at}; all of it is gone")
    if sealed:
        yield from _register(heads, known)
        for evidence in registered():
            yield from _readable(evidence.model._meta.db_table, "", _compare(evidence))
        for name, check in sorted(CHECKS.items()):
            if name not in leave_out:
                yield from _readable(name, "", check())


def _readable(table: str, chain: str, faults: Iterator[Finding]) -> Iterator[Finding]:
    """The findings; where a column holds what its kind cannot hold (SQLite takes anything), that is one too."""
    try:
        yield from faults
    except (ValueError, TypeError, AttributeError) as error:
        yield Finding(
            table, chain, 0, None, f"holds a value that cannot be read, and the rest was not looked at: {error}"
        )


def _register(heads: Mapping[str, ChainHead], known: set[str]) -> Iterator[Finding]:
    """Chains that are gone with their ends, and ends that nobody put on the register."""
    named = set(Seal.objects.filter(chain=REGISTER).values_list("key", flat=True))
    for name in sorted(named - heads.keys() - known):
        yield Finding(_HEADS, name, 0, None, "the chain is on the register; it is gone with the record of its end")
    for name in sorted(heads.keys() - named - {REGISTER}):
        yield Finding(_HEADS, name, heads[name].seq, heads[name].pk, "the chain is not on the register")


def _compare(evidence: Evidence) -> Iterator[Finding]:
    """Rows of a table under seal that are not what the program last wrote."""
    table = evidence.model._meta.db_table
    seals = Seal.objects.filter(kind=evidence.kind)
    if not seals.filter(key=WHOLE).exists():
        yield Finding(table, "", 0, None, "the table is not under seal yet; run `gezhi init`")
        return
    if evidence.carried:
        return
    met = 0
    for batch in _batches(evidence.digests(evidence.model._base_manager.all())):
        wanted = last_seals(evidence.kind, list(batch))
        for key, digest in batch.items():
            if wanted.get(key, "") == digest:
                met += 1
            elif key not in wanted:
                yield Finding(table, "", 0, _row_id(key), "was added outside the program")
            elif wanted[key]:
                met += 1
                yield Finding(table, "", 0, _row_id(key), "was changed outside the program")
            else:
                yield Finding(table, "", 0, _row_id(key), "was put back outside the program")
    rows = seals.exclude(key=WHOLE).values("key").distinct()
    if rows.count() - rows.filter(digest="").count() != met:
        yield from _gone(evidence)


def _gone(evidence: Evidence) -> Iterator[Finding]:
    """Rows that have a seal and are no longer there."""
    keys = Seal.objects.filter(kind=evidence.kind).exclude(key=WHOLE).order_by("key").values_list("key", flat=True)
    for batch in _batches((key, "") for key in keys.distinct().iterator(chunk_size=_BATCH)):
        asked = [key for key in batch if _is_key(evidence, key)]
        there = {key for key, _ in evidence.digests(evidence.model._base_manager.filter(pk__in=asked))}
        for key, digest in last_seals(evidence.kind, list(batch)).items():
            if digest and key not in there:
                problem = "was taken away outside the program"
                yield Finding(evidence.model._meta.db_table, "", 0, None, f"the row with id {key} {problem}")


def _is_key(evidence: Evidence, key: str) -> bool:
    """Whether a row of the table could have this key at all."""
    try:
        evidence.model._meta.pk.to_python(key)
    except ValidationError:
        return False
    return True


def _row_id(key: str) -> int | str:
    return int(key) if key.isascii() and key.isdigit() and len(key) < 20 else key


def _batches(pairs: Iterator[tuple[str, Any]]) -> Iterator[dict[str, Any]]:
    batch: dict[str, Any] = {}
    for key, value in pairs:
        batch[key] = value
        if len(batch) == _BATCH:
            yield batch
            batch = {}
    if batch:
        yield batch


def count_rows() -> int:
    """How many chained rows there are in all."""
    total: int = sum(model._default_manager.count() for model in CHAINED)
    return total
