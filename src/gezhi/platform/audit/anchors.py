"""Anchors: the ends of all chains at a moment, under the key, kept outside the database.

Whoever puts back an old copy of the whole database has a record that is whole in itself. It ends before the anchors of
the days since, which lie in a file of the data folder and, in short, in the log.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from django.conf import settings

from gezhi.kernel.errors import InvalidInput
from gezhi.platform.audit.keyed import keyed, same
from gezhi.platform.audit.models import ChainHead


class Anchor(msgspec.Struct, frozen=True):
    """The ends of all chains: name, sequence number of the last row, its hash. ``mac`` covers all of it."""

    at: str
    heads: list[tuple[str, int, str]]
    digest: str
    mac: str

    @property
    def line(self) -> str:
        """What goes to the log and to the screen: time, number of chains, digest of their ends, keyed digest."""
        return f"{self.at} chains={len(self.heads)} digest={self.digest} mac={self.mac}"


@dataclass(frozen=True, slots=True)
class AnchorFile:
    """Anchors as read from a file: those that our key made, and the numbers of the lines that it did not."""

    anchors: list[Anchor]
    bad_lines: list[int]


def anchor_path() -> Path:
    """The anchors of this data folder, one JSON line each."""
    return Path(settings.GEZHI_HOME) / "audit" / "anchors.jsonl"


def anchors_exist() -> bool:
    """Whether this data folder was ever anchored."""
    return anchor_path().exists()


def _digest(heads: list[tuple[str, int, str]]) -> str:
    return hashlib.sha256(msgspec.json.encode(heads)).hexdigest()


def _mac(at: str, count: int, digest: str) -> str:
    return keyed("anchor", [at, count, digest])


def make_anchor(*, now: datetime) -> Anchor:
    """The anchor of this moment. Reads one statement: a consistent state."""
    heads = list(ChainHead.objects.filter(seq__gt=0).order_by("name").values_list("name", "seq", "hash"))
    at, digest = now.isoformat(timespec="seconds"), _digest(heads)
    return Anchor(at, heads, digest, _mac(at, len(heads), digest))


def keep_anchor(anchor: Anchor) -> Path:
    """Add an anchor to the file of the data folder (mode 600) and have it on the disk when this returns."""
    path = anchor_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as handle:
        handle.write(msgspec.json.encode(anchor) + b"\n")
        handle.flush()
        os.fsync(handle.fileno())
    return path


def read_anchors(path: Path) -> AnchorFile:
    """The anchors of a file. Raises ``InvalidInput`` where it cannot be read."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InvalidInput("no_anchors", f"{path}: {error.strerror}", field="anchor") from error
    found, bad = [], []
    for number, line in enumerate(lines, start=1):
        anchor = _read(line)
        if anchor is None:
            bad.append(number)
        else:
            found.append(anchor)
    return AnchorFile(found, bad)


def _read(line: bytes) -> Anchor | None:
    try:
        anchor = msgspec.json.decode(line, type=Anchor)
    except msgspec.DecodeError:
        return None
    digest = _digest(anchor.heads)
    return anchor if same(anchor.mac, _mac(anchor.at, len(anchor.heads), digest)) else None


def anchored_rows(anchors: list[Anchor]) -> dict[str, dict[int, tuple[str, str]]]:
    """Chain → sequence number → the hash that must be there, and since when."""
    rows: dict[str, dict[int, tuple[str, str]]] = {}
    for name, seq, last, at in _ends(anchors):
        rows.setdefault(name, {}).setdefault(seq, (last, at))
    return rows


def _ends(anchors: list[Anchor]) -> Iterator[tuple[str, int, str, str]]:
    for anchor in anchors:
        for name, seq, last in anchor.heads:
            yield name, seq, last, anchor.at
