"""What a thing of OpenStreetMap is on our ground, told by its tags: a table, and how names and addresses are read.

Which tags there are, and what they mean: https://wiki.openstreetmap.org/wiki/Map_features.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gezhi.contexts.ground.domain.layers import Layer, Shape
from gezhi.contexts.ground.domain.words import address, is_wide

Tags = Mapping[str, str]
Kinds = Mapping[str, str]


def _each(**values: str) -> dict[str, str]:
    """kind="value value …" → value → kind."""
    return {value: kind for kind, listed in values.items() for value in listed.split()}


_ROAD = _each(
    motorway="motorway motorway_link trunk trunk_link",
    arterial="primary primary_link secondary secondary_link",
    collector="tertiary tertiary_link",
    local="unclassified residential living_street road",
    service="service track busway",
    path="pedestrian footway path cycleway steps bridleway",
)
_RAIL = _each(rail="rail light_rail narrow_gauge monorail funicular", subway="subway", tram="tram")
# Tracks on which trains are only put aside.
_ASIDE = frozenset({"yard", "siding", "spur", "crossover"})
_WATERWAY = _each(river="river", canal="canal", stream="stream ditch drain")

# Areas of water and green: key → value → kind. The first key that says something decides.
_WATER: Mapping[str, Kinds] = {
    "natural": _each(lake="water"),
    "waterway": _each(river="riverbank", lake="dock"),
    "landuse": _each(lake="reservoir", pool="basin"),
    "leisure": _each(pool="swimming_pool"),
}
# What ``natural=water`` is: other kinds are lakes.
_WATERS = _each(river="river canal stream oxbow rapids", pool="fountain reflecting_pool basin wastewater fishpond")
_GREEN: Mapping[str, Kinds] = {
    "leisure": _each(
        park="park garden common dog_park",
        sports="pitch track golf_course sports_centre stadium playground miniature_golf horse_riding",
    ),
    "landuse": _each(
        wood="forest",
        grass="grass meadow village_green recreation_ground flowerbed",
        farmland="farmland orchard vineyard allotments plant_nursery greenhouse_horticulture",
        cemetery="cemetery",
    ),
    "amenity": _each(cemetery="grave_yard"),
    "natural": _each(wood="wood", grass="grassland scrub heath"),
}
_BUILDING = _each(
    residential="apartments residential house detached semidetached_house terrace dormitory bungalow farm houseboat",
    commercial="commercial retail office supermarket hotel kiosk mall shop",
    industrial="industrial warehouse factory manufacture hangar works",
    public="public government civic townhall library museum train_station fire_station transportation sports_hall"
    " sports_centre stadium theatre",
    school="school kindergarten university college",
    hospital="hospital clinic",
    worship="church cathedral chapel mosque temple synagogue shrine monastery religious pagoda",
)
# No house, or none that can be seen from above.
_NO_BUILDING = frozenset({"no", "underground", "proposed", "demolished"})
# What a building is whose tags only say which landmark is in it.
_BUILDING_OF = _each(
    school="school kindergarten university",
    hospital="hospital clinic",
    worship="worship",
    public="government police fire library museum community elderly theatre sports station subway",
    commercial="shop mall market hotel bank restaurant post pharmacy",
)

# Landmarks: key → value → kind, "*" for every other value. The first key that says something decides.
_LANDMARK: Mapping[str, Kinds] = {
    "railway": _each(station="station halt", tram_stop="tram_stop"),
    "highway": _each(bus_stop="bus_stop"),
    "amenity": _each(
        hospital="hospital",
        clinic="clinic doctors dentist",
        pharmacy="pharmacy",
        government="townhall courthouse public_service",
        university="university college",
        school="school",
        kindergarten="kindergarten childcare",
        library="library",
        worship="place_of_worship",
        police="police",
        fire="fire_station",
        market="marketplace",
        community="community_centre social_centre social_facility",
        elderly="nursing_home",
        theatre="theatre cinema arts_centre concert_hall music_venue",
        bank="bank",
        post="post_office",
        restaurant="restaurant cafe fast_food bar pub food_court ice_cream biergarten",
        toilet="toilets",
        parking="parking",
        fuel="fuel charging_station",
        bus_stop="bus_station",
        other="ferry_terminal embassy casino nightclub conference_centre exhibition_centre prison",
    ),
    "healthcare": _each(hospital="hospital", clinic="clinic doctor dentist centre", pharmacy="pharmacy"),
    "shop": {**_each(mall="mall department_store", market="marketplace"), "no": "", "vacant": "", "*": "shop"},
    "tourism": _each(
        museum="museum gallery",
        hotel="hotel hostel guest_house motel apartment",
        other="attraction viewpoint zoo aquarium theme_park artwork",
    ),
    "leisure": _each(sports="sports_centre stadium sports_hall fitness_centre ice_rink", park="park garden"),
    "place": _each(square="square"),
    "public_transport": _each(station="station"),
    "office": {"government": "government", "no": "", "vacant": "", "*": "other"},
    "historic": {"no": "", "*": "other"},
    "aeroway": _each(other="aerodrome terminal"),
}
# These help to find the way without a name too.
_TELLS_WITHOUT_NAME = frozenset({"bus_stop", "tram_stop", "subway", "toilet", "pharmacy", "post", "fuel"})
_GATES = frozenset({"gate", "lift_gate", "swing_gate", "sliding_gate", "entrance"})

# Without one of these nothing is laid: what has none is not even looked at.
KEYS = tuple(
    sorted(
        {*_WATER, *_GREEN, *_LANDMARK, "highway", "railway", "waterway", "building", "entrance", "barrier"}
        | {"addr:housenumber"}
    )
)
# Of areas that are put together from many lines, what none of these says is not put together.
AREA_KEYS = tuple(sorted({*_WATER, *_GREEN, *_LANDMARK, "area", "building", "addr:housenumber"}))

_OTHER_NAMES = ("alt_name", "old_name", "short_name", "official_name", "loc_name")
_CHINESE_NAMES = ("name:zh", "name:zh-Hans", "name:zh-Hant")
_LISTED = re.compile(r"\s*;\s*")
_NUMBERS = re.compile(r"\s*[;,、，]\s*")


@dataclass(frozen=True, slots=True)
class Told:
    """What the tags of a thing tell of it: a feature without its shape."""

    layer: Layer
    kind: str
    name: str = ""
    name_en: str = ""
    also: tuple[str, ...] = ()
    street: str = ""
    house_number: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    name: str
    name_en: str
    also: tuple[str, ...]
    street: str
    house_number: str
    # The further numbers of the same house, written out.
    addresses: tuple[str, ...]

    @property
    def is_address(self) -> bool:
        return bool(self.street and self.house_number)

    def named(self, layer: Layer, kind: str) -> Told:
        """With its names, without its address."""
        return Told(layer, kind, self.name, self.name_en, self.also)

    def addressed(self, layer: Layer, kind: str) -> Told:
        """With its address, without its names."""
        return Told(layer, kind, "", "", self.addresses, self.street, self.house_number)

    def full(self, layer: Layer, kind: str) -> Told:
        """With both."""
        return Told(layer, kind, self.name, self.name_en, self.also + self.addresses, self.street, self.house_number)


def told_by(tags: Tags, shape: Shape) -> list[Told]:
    """What a thing is on our ground: a node (``POINT``), a way (``LINE``), or what is closed (``AREA``). Often nothing.

    A landmark that is an area is told as a landmark, and its house beside it: the landmark has the name, the house the address.
    """
    if shape is Shape.LINE:
        return _line(tags)
    return _point(tags) if shape is Shape.POINT else _area(tags)


def _line(tags: Tags) -> list[Told]:
    if tags.get("area") == "yes":
        # A street as wide as a square is found as one; its outline shows where it is.
        kind = _ROAD.get(tags.get("highway", ""))
        return [Told(Layer.ROAD, kind)] if kind and _words(tags).name else []
    layer, kind = _way(tags)
    return [_words(tags).named(layer, kind)] if kind else []


def _way(tags: Tags) -> tuple[Layer, str]:
    if kind := _ROAD.get(tags.get("highway", "")):
        return Layer.ROAD, kind
    if kind := _RAIL.get(tags.get("railway", "")):
        return Layer.RAIL, "siding" if tags.get("service") in _ASIDE else kind
    # What runs in a pipe shows on no map.
    covered = tags.get("tunnel", "no") != "no"
    return Layer.WATERWAY, "" if covered else _WATERWAY.get(tags.get("waterway", ""), "")


def _point(tags: Tags) -> list[Told]:
    words = _words(tags)
    if kind := _landmark(tags, words):
        return [words.full(Layer.LANDMARK, kind)]
    door = tags.get("entrance", "no")
    if door != "no" or tags.get("railway") == "subway_entrance":
        return [words.full(Layer.ENTRANCE, "main" if door == "main" else "entrance")]
    if tags.get("barrier") in _GATES and words.name:
        return [words.full(Layer.ENTRANCE, "gate")]
    return [words.addressed(Layer.ENTRANCE, "address")] if words.is_address else []


def _area(tags: Tags) -> list[Told]:
    words, found = _words(tags), []
    landmark = _landmark(tags, words)
    water, green = _first(_WATER, tags), _first(_GREEN, tags)
    building = _building(tags, landmark)
    if green and (not building or landmark == "park"):
        # A park is found by its own name; a sports ground by that of the landmark that it is.
        landmark = "" if green != "sports" else landmark
        found.append(Told(Layer.GREEN, green) if landmark else words.named(Layer.GREEN, green))
    elif water and not building:
        kind = _WATERS.get(tags.get("water", ""), water) if water == "lake" else water
        found.append(words.named(Layer.WATER, kind))
    if building and landmark:
        found += [words.addressed(Layer.BUILDING, building), words.named(Layer.LANDMARK, landmark)]
    elif building and words.name and words.is_address:
        # Found by its name, and by its address as everything that has one.
        found += [words.named(Layer.BUILDING, building), words.addressed(Layer.ENTRANCE, "address")]
    elif building:
        found.append(words.full(Layer.BUILDING, building))
    elif landmark:
        found.append(words.full(Layer.LANDMARK, landmark))
    if words.is_address and not any(one.house_number for one in found):
        # A park or a yard has an address too, though nothing of it stands there that is drawn with a number.
        found.append(words.addressed(Layer.ENTRANCE, "address"))
    return found


def _landmark(tags: Tags, words: _Words) -> str:
    kind = _first(_LANDMARK, tags)
    if kind == "station" and (tags.get("station") == "subway" or tags.get("subway") == "yes"):
        kind = "subway"
    if not kind and tags.get("public_transport") == "platform" and tags.get("bus") == "yes":
        kind = "bus_stop"
    if not kind and tags.get("highway") in _ROAD and tags.get("area") == "yes":
        kind = "square"
    if tags.get("amenity") == "social_facility" and tags.get("social_facility:for", "").startswith("senior"):
        kind = "elderly"
    return kind if words.name or kind in _TELLS_WITHOUT_NAME else ""


def _building(tags: Tags, landmark: str) -> str:
    building = tags.get("building", "no")
    if building in _NO_BUILDING or tags.get("location") == "underground":
        return ""
    return _BUILDING.get(building) or _BUILDING_OF.get(landmark, "other")


def _first(table: Mapping[str, Kinds], tags: Tags) -> str:
    for key, kinds in table.items():
        value = tags.get(key)
        if value is not None and (kind := kinds.get(value, kinds.get("*", ""))):
            return kind
    return ""


def _words(tags: Tags) -> _Words:
    english = tags.get("name:en", "")
    chinese = [tags[key] for key in _CHINESE_NAMES if key in tags]
    name = tags.get("name") or (chinese[0] if chinese else english)
    others = _parts(tags.get(key, "") for key in _OTHER_NAMES)
    also = [*others, *([] if is_wide(name) else chinese)]
    street = tags.get("addr:street") or tags.get("addr:place", "")
    numbers = [part for part in _NUMBERS.split(tags.get("addr:housenumber", "")) if part]
    return _Words(
        name=name,
        name_en=english if english != name else "",
        also=tuple(one for one in dict.fromkeys(also) if one not in {name, english}),
        street=street,
        house_number=numbers[0] if numbers else "",
        addresses=tuple(address(street, number) for number in numbers[1:] if street),
    )


def _parts(texts: Iterable[str]) -> list[str]:
    return [part for text in texts for part in _LISTED.split(text) if part]
