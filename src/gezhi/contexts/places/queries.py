"""Places by name."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import LEVELS
from gezhi.contexts.places.domain.geocoders import Geocoder, Named
from gezhi.contexts.places.index import current_index
from gezhi.contexts.places.outside import ask
from gezhi.solvers.gazetteer import Hit, Match, PlaceIndex, find

MAX_PLACES = 20
# What is found under these names is somewhere in them.
_WIDE = {*LEVELS, "compound", "road", "river", "park", "water"}
# The kind of what a service elsewhere found: it says in words of its own what it is.
OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place. ``kind``: a level of areas, compound, road, river, crossing, building, address, entrance, park, water, what a
    landmark is, or ``outside``; ``inside``: areas around it, the largest first. In English where they have such a name:
    ``name_en``, else empty, and ``inside_en``, else as they are.

    ``fits``: 1 is the very name, close by; None of what comes from elsewhere. ``source``: the service that knows it, by its
    name; ``around``: where it is in that service's words. ``match``: in which way it is what was typed; ``unknown``: the numbers
    typed that nobody knows.
    """

    key: str
    kind: str
    name: str
    lon: float
    lat: float
    inside: tuple[str, ...]
    fits: float | None
    name_en: str = ""
    inside_en: tuple[str, ...] = ()
    source: str = ""
    around: str = ""
    match: Match = Match.NAME
    unknown: str = ""

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
    return [_found(index, hit) for hit in find(index, text, near=near, limit=min(limit, MAX_PLACES))]


def _found(index: PlaceIndex, hit: Hit) -> FoundPlace:
    around = list(reversed(index.around(hit.place)))
    return FoundPlace(
        key=index.key[hit.place],
        kind=index.kinds[index.kind[hit.place]],
        name=index.shown[hit.place],
        lon=float(index.lon[hit.place]),
        lat=float(index.lat[hit.place]),
        inside=tuple(index.shown[area] for area in around),
        fits=hit.fits,
        name_en=index.english[hit.place],
        inside_en=tuple(index.english[area] or index.shown[area] for area in around),
        match=hit.match,
        unknown=hit.unknown,
    )


def geocoders() -> tuple[Geocoder, ...]:
    """The services elsewhere that this city may ask."""
    found: tuple[Geocoder, ...] = settings.GEZHI_GEOCODERS
    return found


@dataclass(frozen=True, slots=True)
class FoundOutside:
    """What services elsewhere know within the city, and the names of those that gave no answer in time."""

    places: list[FoundPlace]
    silent: list[str]


def find_outside(text: str, *, limit: int = 8) -> FoundOutside:
    """Places that services elsewhere know by ``text``, each service's in its own order, one of each after the other.

    Asks only when somebody wants it to: what was typed leaves the house.
    """
    box, words = areas.bounds(margin=0.0), " ".join(text.split())
    if box is None or not words:
        return FoundOutside([], [])
    found, silent = ask(geocoders(), words, box)
    lists = [
        [(one, number, place) for number, place in enumerate(found[one.key], 1)]
        for one in geocoders()
        if one.key in found
    ]
    places = []
    for one, number, place in sorted((row for rows in lists for row in rows), key=lambda row: row[1]):
        around = _around(place)
        if around:
            places.append(
                FoundPlace(
                    key=f"{OUTSIDE}:{one.key}:{number}",
                    kind=OUTSIDE,
                    name=place.name,
                    lon=place.lon,
                    lat=place.lat,
                    inside=tuple(area.name for area in around),
                    fits=None,
                    inside_en=tuple(area.name_en or area.name for area in around),
                    source=one.name,
                    around=place.around,
                )
            )
    return FoundOutside(places[: min(limit, MAX_PLACES)], [one.name for one in silent])


def _around(place: Named) -> list[areas.AreaRow]:
    """The areas around a place, the largest first; none outside the city."""
    located = areas.locate(place.lon, place.lat)
    if located is None:
        return []
    chain = (located.city_id, located.district_id, located.street_id, located.community_id, located.grid_id)
    rows = areas.areas_by_id([area_id for area_id in chain if area_id])
    return [rows[area_id] for area_id in chain if area_id in rows]
