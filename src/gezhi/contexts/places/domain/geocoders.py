"""Services elsewhere that know places by name: what a city says of one, and how each kind of them answers.

- ``geojson``: a collection of point features, as Photon and Pelias answer.
- ``nominatim``: a list of objects with ``lat``, ``lon`` and ``display_name``.
- ``tianditu``: 天地图 地名搜索 V2.0, ``pois`` with ``lonlat``.
- ``amap``: 高德 关键字搜索, ``pois`` with ``location``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
    """The places of an answer in their order; those without a name or a place are left out.

    Raises ``ValueError`` for a document of another form.
    """
    found = []
    try:
        for name, around, lon, lat in _READERS[geocoder.form](document):
            if not name or not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
                continue
            x, y = to_wgs84(lon, lat, geocoder.datum)
            found.append(Named(_short(name), _short(around), x, y))
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError) as error:
        raise ValueError(f"the answer of {geocoder.name} is not of the form {geocoder.form}: {error!r}") from error
    return found


def _short(words: str) -> str:
    return " ".join(without_controls(words).split())[:_MOST_SIGNS]


_Place = tuple[str, str, float, float]


def _geojson(document: Any) -> Iterator[_Place]:
    for feature in document["features"]:
        shape, told = feature["geometry"], feature.get("properties") or {}
        if shape is None or shape["type"] != "Point":
            continue
        street = " ".join(filter(None, (_text(told, "street"), _text(told, "housenumber"))))
        name = _text(told, "name") or street or _text(told, "label")
        around = [street if name != street else "", *(_text(told, part) for part in ("district", "city"))]
        lon, lat = shape["coordinates"][:2]
        yield name, ", ".join(dict.fromkeys(filter(None, around))), float(lon), float(lat)


def _nominatim(document: Any) -> Iterator[_Place]:
    for one in document:
        first, _, rest = str(one["display_name"]).partition(",")
        yield _text(one, "name") or first.strip(), rest.strip(), float(one["lon"]), float(one["lat"])


def _tianditu(document: Any) -> Iterator[_Place]:
    # Where nothing is found there is no list, but a status that says so.
    for one in document.get("pois") or []:
        lon, lat = str(one["lonlat"]).replace(" ", ",").split(",")
        yield _text(one, "name"), _text(one, "address"), float(lon), float(lat)


def _amap(document: Any) -> Iterator[_Place]:
    if str(document["status"]) != "1":
        raise ValueError(f"refused: {document.get('info')}")
    for one in document.get("pois") or []:
        lon, lat = str(one["location"]).split(",")
        around = "".join(dict.fromkeys(filter(None, (_text(one, "adname"), _text(one, "address")))))
        yield _text(one, "name"), around, float(lon), float(lat)


def _text(told: Mapping[str, Any], name: str) -> str:
    """A text; what is empty is an empty list at some services."""
    value = told.get(name)
    return value if isinstance(value, str) else ""


_READERS: dict[AnswerForm, Callable[[Any], Iterator[_Place]]] = {
    AnswerForm.GEOJSON: _geojson,
    AnswerForm.NOMINATIM: _nominatim,
    AnswerForm.TIANDITU: _tianditu,
    AnswerForm.AMAP: _amap,
}
