"""Let areas that were cut out of a cloud of points hang together, without changing how many parts each has.

Straight cuts through a cloud leave, here and there, a part on the far side of a neighbour. Two or three parts of the same
kind exchange the areas that they belong to whenever fewer parts then lie apart from the largest piece of their area; this
is repeated until no exchange helps. An exchange is looked at only where every part comes to touch its new area, so each
round is some hundred small searches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gezhi.demo.borders import common_borders
from gezhi.demo.divisions import County
from gezhi.demo.geometry import GridCells

Label = TypeVar("Label", bound=Hashable)


def hang_together(
    neighbours: Sequence[Sequence[int]], labels: Sequence[Label], kinds: Sequence[Hashable]
) -> list[Label]:
    """New labels of the parts; each label keeps its number of parts of each kind.

    ``neighbours[i]`` are the parts with which part i has a common border, ``labels[i]`` is the area it belongs to, and
    only parts of one kind exchange their areas. What no exchange can mend stays as it is.
    """
    members: dict[Label, set[int]] = defaultdict(set)
    for part, label in enumerate(labels):
        members[label].add(part)
    cut = _Cut(neighbours, kinds, list(labels), members)
    while (ring := cut.best_ring()) is not None:
        cut.take(cut.turned(ring))
    return cut.labels


@dataclass
class _Cut(Generic[Label]):
    """Which part belongs to which area, both ways."""

    neighbours: Sequence[Sequence[int]]
    kinds: Sequence[Hashable]
    labels: list[Label]
    members: dict[Label, set[int]]

    def turned(self, ring: Sequence[int]) -> dict[Label, set[int]]:
        """The parts of each area of a ring once each part of it has taken the area of the next one."""
        after = {self.labels[part]: self.members[self.labels[part]] - {part} for part in ring}
        for part, following in zip(ring, (*ring[1:], ring[0]), strict=True):
            after[self.labels[following]].add(part)
        return after

    def take(self, after: Mapping[Label, set[int]]) -> None:
        """Let the areas have these parts."""
        for label, parts in after.items():
            self.members[label] = parts
            for part in parts:
                self.labels[part] = label

    def best_ring(self) -> tuple[int, ...] | None:
        """The exchange that brings most parts home, of two parts if that helps, else of three; None where none helps."""
        apart = {label: _apart(self.neighbours, parts) for label, parts in self.members.items()}
        scattered = [label for label in self.members if apart[label]]
        for length in (2, 3):
            best, best_gain = None, 0
            for label in scattered:
                for ring in self.rings(length, label, apart[label]):
                    after = self.turned(ring)
                    gain = sum(len(apart[name]) - len(_apart(self.neighbours, parts)) for name, parts in after.items())
                    if gain > best_gain:
                        best, best_gain = ring, gain
            if best is not None:
                return best
        return None

    def rings(self, length: int, label: Label, loose: set[int]) -> Iterator[tuple[int, ...]]:
        """Parts of as many areas, the first one apart from its own: each would touch the area that it takes."""
        main = self.members[label] - loose
        home = {other for part in main for other in self.neighbours[part] if self.labels[other] != label}

        def grow(ring: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
            if len(ring) == length:
                if ring[-1] in home:
                    yield ring
                return
            taken = {self.labels[part] for part in ring}
            for name in dict.fromkeys(self.labels[other] for other in self.neighbours[ring[-1]]):
                if name not in taken:
                    for part in sorted(self.members[name]):
                        if self.kinds[part] == self.kinds[ring[0]]:
                            yield from grow((*ring, part))

        for part in sorted(loose):
            yield from grow((part,))


def _apart(neighbours: Sequence[Sequence[int]], parts: set[int]) -> set[int]:
    """The parts outside the largest connected piece; of equal pieces the one with the smallest part counts as largest."""
    left, pieces = set(parts), []
    while left:
        piece, edge = set(), [min(left)]
        while edge:
            part = edge.pop()
            if part in left:
                left.discard(part)
                piece.add(part)
                edge.extend(other for other in neighbours[part] if other in left)
        pieces.append(piece)
    largest = max(pieces, key=len, default=set())
    return parts - largest


def gather(counties: Sequence[County], cells: GridCells) -> GridCells:
    """The same grids, given to communities so that these, and then the streets, hang together as far as exchanges go.

    Grids change hands between communities of a county; after that whole communities of one size and kind change places.
    """
    codes = list(cells.community_codes)
    borders = common_borders({f"{position:06d}": shape for position, shape in enumerate(cells.shapes)})
    beside: list[list[int]] = [[] for _ in codes]
    for first, second, _ in borders:
        one, other = int(first), int(second)
        if codes[one][:6] == codes[other][:6]:
            beside[one].append(other)
            beside[other].append(one)
    codes = hang_together(beside, codes, [0] * len(codes))
    known = {community.code: community for county in counties for community in county.communities}
    names = sorted(set(codes))
    place = {code: position for position, code in enumerate(names)}
    around: list[set[int]] = [set() for _ in names]
    for one, others in enumerate(beside):
        around[place[codes[one]]] |= {place[codes[other]] for other in others} - {place[codes[one]]}
    kinds = [(known[code].grids, known[code].urban, known[code].super_large) for code in names]
    streets = hang_together([sorted(others) for others in around], [code[:9] for code in names], kinds)
    renamed = _renamed(names, streets, kinds)
    return GridCells(tuple(renamed[code] for code in codes), cells.shapes)


def _renamed(names: Sequence[str], streets: Sequence[str], kinds: Sequence[Hashable]) -> dict[str, str]:
    """Old → new code of each community, where ``streets`` are their new streets. Who stays in its street keeps its code."""
    free: dict[tuple[str, Hashable], list[str]] = defaultdict(list)
    for name, street, kind in zip(names, streets, kinds, strict=True):
        if name[:9] != street:
            free[name[:9], kind].append(name)
    return {
        name: name if name[:9] == street else free[street, kind].pop(0)
        for name, street, kind in zip(names, streets, kinds, strict=True)
    }
