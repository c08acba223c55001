"""The columns in which planned things of the ground are held: one group a layer, in the order in which they are laid."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.use_cases import NewFeature
from gezhi.demo.geometry import PLANE
from gezhi.demo.ground.figures import Shapes, shapes_of

_NOTHING = ""


@dataclass(frozen=True, slots=True)
class Things:
    """Things of one layer. ``shapes`` in degrees; a column of texts that nothing has is empty."""

    layer: Layer
    kinds: Sequence[str]
    shapes: Shapes
    names: Sequence[str] = ()
    names_en: Sequence[str] = ()
    streets: Sequence[str] = ()
    numbers: Sequence[str] = ()

    def features(self) -> Iterator[NewFeature]:
        """One after another, to lay."""
        count = len(self.kinds)
        blank = [_NOTHING] * count
        columns = (self.names, self.names_en, self.streets, self.numbers)
        rows = zip(self.kinds, self.shapes, *(column or blank for column in columns), strict=True)
        for kind, shape, name, name_en, street, number in rows:
            yield NewFeature(self.layer, kind, shape, name, name_en, street=street, house_number=number)


def things(
    layer: Layer,
    kinds: str | Sequence[str],
    metres: Shapes,
    names: Sequence[str] = (),
    names_en: Sequence[str] = (),
    *,
    streets: Sequence[str] = (),
    numbers: Sequence[str] = (),
) -> Things:
    """Things whose shapes are given in metres."""
    every = [kinds] * len(metres) if isinstance(kinds, str) else kinds
    return Things(layer, every, PLANE.to_degrees(metres), names, names_en, streets, numbers)


@dataclass(frozen=True, slots=True)
class GroundPlan:
    """All things of the ground, in the order of the layers."""

    groups: tuple[Things, ...] = field(default=())

    def __len__(self) -> int:
        return sum(len(group.kinds) for group in self.groups)

    def features(self) -> Iterator[NewFeature]:
        """All things, to lay."""
        for group in self.groups:
            yield from group.features()

    def of(self, layer: Layer) -> Things:
        """All of one layer."""
        own = [group for group in self.groups if group.layer is layer]

        def column(name: str) -> list[str]:
            return [text for one in own for text in (getattr(one, name) or [_NOTHING] * len(one.kinds))]

        return Things(
            layer,
            column("kinds"),
            np.concatenate([one.shapes for one in own]) if own else shapes_of([]),
            column("names"),
            column("names_en"),
            column("streets"),
            column("numbers"),
        )

    def add_to(self, state: hashlib._Hash) -> None:
        """Add the whole content to a hash."""
        for group in self.groups:
            texts = (group.kinds, group.names, group.names_en, group.streets, group.numbers)
            state.update("\n".join(["\t".join(text) for text in texts]).encode())
            state.update(b"".join(shapely.to_wkb(group.shapes, byte_order=1)))
