"""Places by name."""

from __future__ import annotations

from dataclasses import dataclass

from gezhi.contexts.areas.domain.levels import LEVELS
from gezhi.contexts.places.index import current_index
from gezhi.solvers.gazetteer import find

MAX_PLACES = 20
# What is found under these names is somewhere in them.
_WIDE = {*LEVELS, "road", "river", "park", "water"}


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place. ``kind``: a level of areas, compound, road, river, crossing, building, address, entrance, park, water, or what a
    landmark is; ``inside``: areas around it, the largest first.

    ``fits``: 1 is the very name, close by.
    """

    key: str
    kind: str
    name: str
    lon: float
    lat: float
    inside: tuple[str, ...]
    fits: float

    @property
    def is_exact(self) -> bool:
        """Whether its name says where: an area's says only where about."""
        return self.kind not in _WIDE


def find_places(text: str, *, near: tuple[float, float] | None = None, limit: int = 8) -> list[FoundPlace]:
    """Places whose names are like ``text``, the likeliest first; those near a point (WGS84) before others that fit as well.

    Empty while no index has been made: it follows the ground within a minute.
    """
    index = current_index()
    if index is None:
        return []
    return [
        FoundPlace(
            key=index.key[hit.place],
            kind=index.kinds[index.kind[hit.place]],
            name=index.shown[hit.place],
            lon=float(index.lon[hit.place]),
            lat=float(index.lat[hit.place]),
            inside=tuple(index.shown[area] for area in reversed(index.around(hit.place))),
            fits=hit.fits,
        )
        for hit in find(index, text, near=near, limit=min(limit, MAX_PLACES))
    ]
