"""Ask the reporter about the place that a picture names: is it the place that is meant?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.domain.photos import place_question
from gezhi.interfaces.web.views.maps import point_words
from gezhi.platform.files.images import Picture

ANSWER = "photo_place"
# The question was on the screen: whoever sends the form then without an answer keeps the place as it is.
ASKED = "photo_place_asked"
USE = "use"


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """What a picture says about itself. ``metres`` from the mark, None where there is no mark; ``name`` empty: outside the
    city, so that it cannot be the place."""

    lon: float
    lat: float
    name: str
    metres: float | None
    taken_at: datetime | None


def photo_place(pictures: Sequence[Picture], *, lon: float | None, lat: float | None) -> PhotoPlace | None:
    """What to ask about the pictures of a report whose mark is at ``lon``, ``lat`` (WGS84); None: nothing."""
    mark = None if lon is None or lat is None else (lon, lat)
    question = place_question([picture.place for picture in pictures], mark)
    if question is None:
        return None
    picture = pictures[question.position]
    taken_lon, taken_lat = picture.place or (0.0, 0.0)
    located = areas.locate(taken_lon, taken_lat)
    if located is None and mark is None:
        return None
    name = point_words(taken_lon, taken_lat, located)
    return PhotoPlace(taken_lon, taken_lat, name, question.metres, picture.taken_at)
