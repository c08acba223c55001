"""Services elsewhere that know places by name: what a city says of one, and how each kind of them answers.

- ``geojson``: a collection of point features, as Photon and Pelias answer.
- ``nominatim``: a list of objects with ``lat``, ``lon`` and ``display_name``.
- ``tianditu``: 天地图 地名搜索 V2.0, ``pois`` with ``lonlat``.
- ``amap``: 高德 关键字搜索, ``pois`` with ``location``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any
from urllib.parse import quote

from gezhi.kernel.datum import Bounds, Datum, from_wgs84, to_wgs84
from gezhi.kernel.reading import without_controls

# What a name and the words around it may have: the rest says nothing to whoever looks for a place.
_MOST_SIGNS = 120


class AnswerForm(StrEnum):
    """How a service writes its answer."""

    GEOJSON = "geojson"
    NOMINATIM = "nominatim"
    TIANDITU = "tianditu"
    AMAP = "amap"


@dataclass(frozen=True, slots=True)
class Geocoder:
    """A service by what a city set. ``address`` has places for ``{q}`` and the city's box (``{west}`` … ``{north}``).

    ``name`` is shown beside what it found; ``seconds``: how long somebody waits for it; ``a_minute``: how often a process asks.
    """

    key: str
    name: str
    address: str
    form: AnswerForm
    datum: Datum
    seconds: float
    a_minute: int

    def asking(self, text: str, box: Bounds) -> str:
        """The address that asks for ``text`` within the box (WGS84): what was typed, and nothing of who typed it."""
        west, south = from_wgs84(box.min_lon, box.min_lat, self.datum)
        east, north = from_wgs84(box.max_lon, box.max_lat, self.datum)
        # In a document that stands in an address (天地图) a quotation mark would end the text.
        words = " ".join(text.replace('"', " ").replace("\\", " ").split())
        places = {"q": quote(words, safe="")} | {
            end: f"{degree:.6f}" for end, degree in zip(ENDS, (west, south, east, north), strict=True)
        }
        address = self.address
        for place, value in places.items():
            address = address.replace("{" + place + "}", value)
        # Some take a document within the address (天地图): its braces and quotation marks stand there as an address has them.
        return quote(address, safe="%:/?&=,;+@!$'()*~-._[]")


ENDS = ("west", "south", "east", "north")


@dataclass(frozen=True, slots=True)
class Named:
    """A place of an answer (WGS84). ``around``: words of the service about where it is."""

    name: str
    around: str
    lon: float
    lat: float


def read_answer(geocoder: Geocoder, document: Any) -> list[Named]:
    """The places of an answer in their order. Each is read by itself: one that cannot be read costs no other its place.

    Raises ``ValueError`` for a document of another form, also where no record of it can be read.
    """
    records_of, read = _FORMS[geocoder.form]
    found, faults = list[Named](), list[Exception]()
    try:
        records = list(records_of(document))
    except _FAULTS as error:
        raise _other_form(geocoder, error) from error
    for record in records:
        try:
            found.extend(_named(geocoder, read(record)))
        except _FAULTS as error:
            faults.append(error)
    if faults and len(faults) == len(records):
        raise _other_form(geocoder, faults[0]) from faults[0]
    return found


_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def _other_form(geocoder: Geocoder, error: Exception) -> ValueError:
    return ValueError(f"the answer of {geocoder.name} is not of the form {geocoder.form}: {error!r}")


def _named(geocoder: Geocoder, place: _Place | None) -> Iterator[Named]:
    """Nothing for what has no place or no name. Raises ``ValueError`` for numbers that are no degrees, and halves of signs."""
    if place is None or not place[0]:
        return
    name, around, lon, lat = place
    if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise ValueError(f"{lon}, {lat} is no place")
    (name + around).encode()
    x, y = to_wgs84(lon, lat, geocoder.datum)
    yield Named(_short(name), _short(around), x, y)


def _short(words: str) -> str:
    return " ".join(without_controls(words).split())[:_MOST_SIGNS]


_Place = tuple[str, str, float, float]


def _features(document: Any) -> Iterable[Any]:
    features: Iterable[Any] = document["features"]
    return features


def _feature(feature: Any) -> _Place | None:
    shape, told = feature["geometry"], feature.get("properties") or {}
    if shape is None or shape["type"] != "Point":
        return None
    street = " ".join(filter(None, (_text(told, "street"), _text(told, "housenumber"))))
    name = _text(told, "name") or street or _text(told, "label")
    around = [street if name != street else "", *(_text(told, part) for part in ("district", "city"))]
    lon, lat = shape["coordinates"][:2]
    return name, ", ".join(dict.fromkeys(filter(None, around))), float(lon), float(lat)


def _objects(document: Any) -> Iterable[Any]:
    if not isinstance(document, list):
        raise TypeError("not a list")
    return document


def _nominatim(one: Any) -> _Place:
    first, _, rest = str(one["display_name"]).partition(",")
    return _text(one, "name") or first.strip(), rest.strip(), float(one["lon"]), float(one["lat"])


def _pois(document: Any) -> Iterable[Any]:
    # Where nothing is found there is no list, but a status that says so.
    return document.get("pois") or []


def _tianditu(one: Any) -> _Place:
    lon, lat = str(one["lonlat"]).replace(" ", ",").split(",")
    return _text(one, "name"), _text(one, "address"), float(lon), float(lat)


def _pois_of_amap(document: Any) -> Iterable[Any]:
    if str(document["status"]) != "1":
        raise ValueError(f"refused: {document.get('info')}")
    return _pois(document)


def _amap(one: Any) -> _Place:
    lon, lat = str(one["location"]).split(",")
    around = "".join(dict.fromkeys(filter(None, (_text(one, "adname"), _text(one, "address")))))
    return _text(one, "name"), around, float(lon), float(lat)


def _text(told: Mapping[str, Any], name: str) -> str:
    """A text; what is empty is an empty list at some services."""
    value = told.get(name)
    return value if isinstance(value, str) else ""


# What the records of an answer are, and how one is read.
_FORMS: dict[AnswerForm, tuple[Callable[[Any], Iterable[Any]], Callable[[Any], _Place | None]]] = {
    AnswerForm.GEOJSON: (_features, _feature),
    AnswerForm.NOMINATIM: (_objects, _nominatim),
    AnswerForm.TIANDITU: (_pois, _tianditu),
    AnswerForm.AMAP: (_pois_of_amap, _amap),
}
