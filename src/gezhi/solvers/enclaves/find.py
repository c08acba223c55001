"""The component test and the shared-perimeter test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gezhi.solvers.enclaves.task import Land


class PieceKind(StrEnum):
    """``ENCLAVE``: one other area has most of its border. ``DETACHED``: several share it, or it borders on none."""

    ENCLAVE = "enclave"
    DETACHED = "detached"


@dataclass(frozen=True)
class Piece:
    """Units cut off from the main body of the area that runs them. ``inside``: the area with the longest border to
    them (None: they border on nobody), ``share``: its part of their perimeter, 0 to 1."""

    units: tuple[int, ...]
    run_by: str
    inside: str | None
    share: float
    kind: PieceKind


def reach(start: int, inside: Collection[int], land: Land) -> set[int]:
    """The units of ``inside`` that can be reached from ``start``."""
    reached, queue = {start}, [start]
    while queue:
        for other in land.open[queue.pop()]:
            if other in inside and other not in reached:
                reached.add(other)
                queue.append(other)
    return reached


def bodies(units: Collection[int], land: Land) -> list[set[int]]:
    """The connected components of ``units``: the most populous first, then by their first unit."""
    left, found = set(units), []
    while left:
        found.append(reach(min(left), left, land))
        left -= found[-1]
    return sorted(found, key=lambda body: (-sum(land.households[unit] for unit in body), -len(body), min(body)))


def borders_of(units: Collection[int], owner: Sequence[str], land: Land) -> dict[str, float]:
    """Metres of border of ``units`` with each area other than through each other."""
    metres: dict[str, float] = defaultdict(float)
    for unit in units:
        for other, length in land.border[unit].items():
            if other not in units:
                metres[owner[other]] += length
    return dict(metres)


def find_pieces(owner: Sequence[str], land: Land, least_share: float) -> list[Piece]:
    """All pieces, those most enclosed first."""
    members: dict[str, set[int]] = defaultdict(set)
    for unit, area in enumerate(owner):
        members[area].add(unit)
    found = []
    for area, units in members.items():
        for body in bodies(units, land)[1:]:
            metres = borders_of(body, owner, land)
            metres.pop(area, None)
            inner = sum(length for unit in body for other, length in land.border[unit].items() if other in body)
            perimeter = sum(land.perimeter[unit] for unit in body) - inner
            inside = min(metres, key=lambda name: (-metres[name], name)) if metres else None
            share = metres[inside] / perimeter if inside is not None and perimeter > 0 else 0.0
            kind = PieceKind.ENCLAVE if share >= least_share else PieceKind.DETACHED
            found.append(Piece(tuple(sorted(body)), area, inside, share, kind))
    return sorted(found, key=lambda piece: (-piece.share, piece.units))
