"""Where a case lies: its areas as the areas context speaks of them, and how far its point can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

from gezhi.contexts.areas.queries import Located, ancestors_of, bounds, locate
from gezhi.contexts.cases.domain.states import LocationQuality
from gezhi.contexts.cases.models import Case
from gezhi.kernel.datum import Datum, PositionDoubt, position_doubts, to_wgs84
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.fold import Columns

_DOUBT_WORDS = {
    PositionDoubt.NOT_A_NUMBER: "the position is not a number; place the pin again",
    PositionDoubt.OUT_OF_RANGE: "longitude runs from -180 to 180 and latitude from -90 to 90; place the pin again",
    PositionDoubt.NULL_ISLAND: "the position is 0, 0, which devices send when they know none; place the pin again",
    PositionDoubt.SWAPPED: "longitude and latitude seem to be exchanged: longitude comes first",
    PositionDoubt.OUTSIDE: "the position lies outside the city; place the pin again or choose the community",
}


@dataclass(frozen=True, slots=True)
class Place:
    """The areas of a place, its point (WGS84 degrees) where one is known, and how far to trust it."""

    areas: Located
    lon: float | None
    lat: float | None
    quality: LocationQuality

    def columns(self) -> Columns:
        """The columns of a case that say where it lies."""
        return {
            "lon": self.lon,
            "lat": self.lat,
            "location_quality": self.quality.value,
            "city_id": self.areas.city_id,
            "district_id": self.areas.district_id,
            "street_id": self.areas.street_id,
            "community_id": self.areas.community_id,
            "grid_id": self.areas.grid_id,
        }


def place_at(*, lon: float | None, lat: float | None, datum: Datum = Datum.WGS84, area_id: int | None) -> Place:
    """The place that somebody names: a point in ``datum``, or else an area.

    Raises ``InvalidInput``: half a position, a position that is none or lies outside the city, an unknown area, nothing
    named at all.
    """
    if (lon is None) != (lat is None):
        missing = "lat" if lat is None else "lon"
        raise InvalidInput("half_a_position", "a position needs longitude and latitude", field=missing)
    if lon is not None and lat is not None:
        box = bounds()
        if box is None:
            raise InvalidInput("no_areas", "this city has no areas yet; import them first", field="lon")
        doubts = position_doubts(lon, lat, bounds=box)
        if not doubts:
            lon, lat = to_wgs84(lon, lat, datum)
            found = locate(lon, lat)
            if found is not None:
                return Place(found, lon, lat, LocationQuality.EXACT)
        raise InvalidInput("outside_city", _DOUBT_WORDS[doubts[0] if doubts else PositionDoubt.OUTSIDE], field="lon")
    if area_id is not None:
        try:
            return Place(ancestors_of(area_id), None, None, LocationQuality.AREA)
        except LookupError as error:
            raise InvalidInput("unknown_area", f"there is no area {area_id}", field="area_id") from error
    raise InvalidInput("place_missing", "say where: place the pin or choose the community", field="lon")


def place_of(case: Case) -> Located:
    """The areas of a case; ``area_id`` is the finest, 0 where the case has none."""
    ids = (case.grid_id, case.community_id, case.street_id, case.district_id, case.city_id)
    return Located(
        area_id=next((area_id for area_id in ids if area_id is not None), 0),
        city_id=case.city_id,
        district_id=case.district_id,
        street_id=case.street_id,
        community_id=case.community_id,
        grid_id=case.grid_id,
    )
