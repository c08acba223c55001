"""What the map element reads: tiles, the name of a place, and the lists for those who use no map."""

from __future__ import annotations

import gzip
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import astuple
from statistics import mean
from typing import TypeAlias

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezhi.contexts.areas import queries
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaName, AreaRow, Located
from gezhi.contexts.cases.domain.report import MAX_ADDRESS
from gezhi.contexts.ground import queries as ground
from gezhi.contexts.places.queries import OUTSIDE, FoundOutside, FoundPlace, find_outside, find_places, geocoders
from gezhi.interfaces.own_page import is_asked_by_our_page
from gezhi.interfaces.throttle import ask_elsewhere_not_too_often, searched_not_too_often
from gezhi.interfaces.web import base_map
from gezhi.interfaces.web.compressing import packed_response
from gezhi.interfaces.web.place_words import WITHIN, in_order
from gezhi.interfaces.web.words import LAND_KIND, PLACE_KIND, TOWARDS, english, in_a_row, in_language, local_name
from gezhi.kernel.mercator import Tile
from gezhi.kernel.reading import degrees, row_id
from gezhi.platform.access.actor import Actor
from gezhi.solvers.gazetteer import Match

_TILE_TYPE = "application/vnd.mapbox-vector-tile"
_A_YEAR = 31_536_000
# Of the areas around a place, those that are said: the city goes without saying, and a grid's name begins with its community's.
_SAID_AROUND = slice(1, 4)
_PLACES_SHOWN = 7
# Of two that fit as well within this, neither is meant.
_TIE = 0.002
_MOST_TYPED = 60
_AT_THE_DOOR_M = 3.0
# Below this level the lists give no further choice: a community is enough to find the way.
_LIST_LEVELS = (AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY)
# A place found, what it is, and where it is.
_Row: TypeAlias = tuple[FoundPlace, str | Promise, Sequence[str]]


@require_safe
def tiles(request: HttpRequest) -> HttpResponse:
    """What a map must know of the tiles, as TileJSON 3. Their address is of this host: a proxy may call it otherwise."""
    found = ground.tile_set()
    address = reverse("map-tile", args=[found.version, 0, 0, 0]).removesuffix("0/0/0.mvt")
    document = {
        "tilejson": "3.0.0",
        "tiles": [f"{address}{{z}}/{{x}}/{{y}}.mvt"],
        "vector_layers": [{"id": name, "fields": {}} for name in found.layers],
        "minzoom": 0,
        "maxzoom": ground.MAX_ZOOM,
        **base_map.told(),
    }
    if found.bounds is not None:
        document["bounds"] = list(astuple(found.bounds))
    response = JsonResponse(document)
    patch_cache_control(response, no_cache=True, public=True)
    return response


@require_safe
def tile(request: HttpRequest, version: str, z: int, x: int, y: int) -> HttpResponse:
    """A tile of the ground (Mapbox Vector Tile 2.1). Raises ``Http404`` for one that cannot be."""
    found = ground.cut_tile(Tile(z, x, y))
    if found is None:
        raise Http404
    etag = f'W/"{found.version}-{z}-{x}-{y}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = _tile_bytes(request, found.packed)
    response.headers["ETag"] = etag
    if found.version == version:
        # The address names the data: what it once answers, it always answers.
        patch_cache_control(response, max_age=_A_YEAR, public=True, immutable=True)
    else:
        patch_cache_control(response, max_age=60, public=True)
    return response


def _tile_bytes(request: HttpRequest, packed: bytes) -> HttpResponse:
    if not packed:
        return HttpResponse(status=204)
    return packed_response(request, packed, plain=lambda: gzip.decompress(packed), content_type=_TILE_TYPE)


def areas_down_to(located: Located) -> list[AreaRow]:
    """District, street, community and grid of a place, from large to small as addresses are written."""
    ids = (located.district_id, located.street_id, located.community_id, located.grid_id)
    rows = queries.areas_by_id([area_id for area_id in ids if area_id])
    return [rows[area_id] for area_id in ids if area_id in rows]


def names_of(chain: Sequence[AreaRow | AreaName]) -> str:
    """The chain in words, as the reader's language orders them."""
    return in_a_row(in_order([local_name(area) for area in chain], english=english()))


def start_box(actor: Actor) -> str:
    """West, south, east and north of where somebody works, as a map begins with it; empty for the whole city."""
    if not actor.grants or any(grant.level == AreaLevel.CITY for grant in actor.grants):
        return ""
    box = queries.box_of({grant.area_id for grant in actor.grants})
    return "" if box is None else ",".join(f"{degree:.6f}" for degree in astuple(box))


def beside_words(found: ground.Beside | None) -> str:
    """What a point lies in or beside, in words: 长虹花苑东侧约 20 米. Empty where nothing with a name is near."""
    if found is None:
        return ""
    names = (found.names_en if english() else ()) or found.names
    land = _("in %(name)s") % {"name": LAND_KIND[found.kind]} if found.kind else ""
    if not names:
        return land
    return (", " if english() else "，").join(filter(None, (land, _beside_name(found, names))))


def _beside_name(found: ground.Beside, names: tuple[str, ...]) -> str:
    name = names[0]
    if found.relation is ground.Relation.IN:
        return _("in %(name)s") % {"name": name}
    if found.relation is ground.Relation.AT:
        return _("at %(name)s") % {"name": name}
    if found.relation is ground.Relation.ON:
        return _("on %(name)s") % {"name": name}
    if found.relation is ground.Relation.CROSSING:
        return _("at the crossing of %(one)s and %(other)s") % {"one": name, "other": names[1]}
    told = {"name": name, "metres": found.metres, "towards": TOWARDS[found.towards]}
    return _("some %(metres)s m %(towards)s of %(name)s") % told


def point_words(lon: float, lat: float, located: Located | None) -> str:
    """The areas of a point, as they were located, and what it lies in or beside; empty outside the city."""
    return "" if located is None else _words_of(located, ground.beside(lon, lat))


def _words_of(located: Located, found: ground.Beside | None) -> str:
    return WITHIN.join(filter(None, (names_of(areas_down_to(located)), beside_words(found))))


@require_safe
def place(request: HttpRequest) -> HttpResponse:
    """The name of the place at ``lon``, ``lat`` (WGS84), and an entrance close by; 404 outside the city."""
    lon, lat = degrees(request.GET.get("lon", ""), most=180), degrees(request.GET.get("lat", ""), most=90)
    if lon is None or lat is None:
        return HttpResponseBadRequest("lon, lat: degrees", content_type="text/plain")
    searched_not_too_often(request)
    located = queries.locate(lon, lat)
    if located is None:
        return JsonResponse({}, status=404)
    around = ground.Surroundings(lon, lat)
    document: dict[str, object] = {"name": _words_of(located, around.named()), "area_id": located.area_id}
    door = around.door()
    if door is not None and door.metres > _AT_THE_DOOR_M:
        # Somebody who means the door may have it exactly.
        said = _("Move to %(name)s") % {"name": in_language(door.name, door.name_en)}
        document["door"] = {"words": said, "lon": door.lon, "lat": door.lat}
    return JsonResponse(document)


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Places whose names are like ``q``, those near ``lon``, ``lat`` first: the list under a search field. ``outside``: what
    services elsewhere know by it."""
    # Only a script asks here, and it draws a map.
    return render(request, "web/components/places.html", {**found_places(request), "has_map": True})


def found_places(request: HttpRequest) -> dict[str, object]:
    """What the list of places found draws: what was typed, the places with what kind each is of, and where else one may ask.

    Elsewhere only our own pages ask. Raises ``TooMany`` for whoever asks again and again.
    """
    query = request.GET
    typed = query.get("q", "").strip()[:_MOST_TYPED]
    known = [one.name for one in geocoders()]
    context: dict[str, object] = {
        "typed": typed,
        "elsewhere": known if typed else [],
        # A link to a place takes along what was written of the way to it.
        "written": query.get("address", "")[:MAX_ADDRESS],
    }
    if typed:
        searched_not_too_often(request)
    if typed and known and "outside" in (query.get("find"), *query) and is_asked_by_our_page(request):
        found = _elsewhere(request, typed)
        return context | {
            "places": told_apart(found.places),
            "is_sure": True,
            "silent": found.silent,
            "elsewhere": [],
            "asked": known,
        }
    lon, lat = degrees(query.get("lon", ""), most=180), degrees(query.get("lat", ""), most=90)
    near = None if lon is None or lat is None else (lon, lat)
    # One more than is shown tells whether there are more.
    inside = find_places(typed, near=near, limit=_PLACES_SHOWN + 1) if typed else []
    return context | {
        "places": told_apart(inside[:_PLACES_SHOWN]),
        "has_more": len(inside) > _PLACES_SHOWN,
        "note": _note(inside, near),
        "is_sure": _is_sure(inside),
    }


def _is_sure(found: Sequence[FoundPlace]) -> bool:
    """Whether the first place may be taken without a look: it is called so, and no other is so as much."""
    if not found or found[0].match is not Match.NAME:
        return False
    best, *others = [place.fits or 0.0 for place in found if place.match is Match.NAME]
    return all(best - other > _TIE for other in others)


def _elsewhere(request: HttpRequest, typed: str) -> FoundOutside:
    ask_elsewhere_not_too_often(request)
    return find_outside(typed, limit=_PLACES_SHOWN)


def _note(found: Sequence[FoundPlace], near: tuple[float, float] | None) -> str:
    """What must be said of a list whose first place is not called what was typed; empty where it is."""
    match found[0].match if found else Match.NAME:
        case Match.LIKE:
            return _("No name fits fully; these are similar.")
        case Match.NUMBER:
            return _("Number %(number)s is not known here; this is what is known.") % {"number": found[0].unknown}
        case Match.KIND if near is not None:
            return _("Places of this kind, the nearest first.")
        case Match.KIND:
            return _("Places of this kind.")
    return ""


def told_apart(found: Sequence[FoundPlace]) -> list[_Row]:
    """Each place, what it is, and where it is, in the reader's language; of those of which all that is the same, also the grid,
    and to which side of the others it lies."""
    rows = _with_more(_grid, found, [_told(place) for place in found])
    return _with_more(
        _side, found, [(place, kind, in_order(around, english=english())) for place, kind, around in rows]
    )


def _with_more(
    add: Callable[[Sequence[FoundPlace]], list[str]], found: Sequence[FoundPlace], rows: Sequence[_Row]
) -> list[_Row]:
    """The rows, with what ``add`` says of those that are the same so far."""
    told, twins = list(rows), defaultdict(list)
    for number, (place, kind, around) in enumerate(rows):
        twins[local_name(place), str(kind), tuple(around)].append(number)
    for numbers in (numbers for numbers in twins.values() if len(numbers) > 1):
        more = add([found[number] for number in numbers])
        for number, words in zip(numbers, more, strict=True):
            place, kind, around = rows[number]
            told[number] = (place, kind, [*around, *filter(None, [words])])
    return told


def _grid(places: Sequence[FoundPlace]) -> list[str]:
    """The grid of each, unless it is one for all."""
    grids = [_inside(place)[_SAID_AROUND.stop :] for place in places]
    return [grid[0] if grid and len({*map(tuple, grids)}) > 1 else "" for grid in grids]


def _side(places: Sequence[FoundPlace]) -> list[str]:
    """To which side of their middle each lies."""
    lon, lat = (mean(getattr(place, name) for place in places) for name in ("lon", "lat"))
    return [_("the one to the %(towards)s") % {"towards": _towards(place, lon, lat)} for place in places]


def _towards(place: FoundPlace, lon: float, lat: float) -> str | Promise:
    east = (place.lon - lon) * math.cos(math.radians(lat))
    return TOWARDS[round(math.degrees(math.atan2(east, place.lat - lat)) / 45) % len(TOWARDS)]


def _inside(place: FoundPlace) -> Sequence[str]:
    return place.inside_en if english() else place.inside


def _told(place: FoundPlace) -> _Row:
    """A place, what it is, and where it is, in the reader's language."""
    inside = _inside(place)[_SAID_AROUND]
    if place.kind == OUTSIDE:
        return place, place.source, [place.around] if place.around else inside
    return place, PLACE_KIND[place.kind], inside


@require_safe
def options(request: HttpRequest) -> HttpResponse:
    """The three lists district → street → community, with what is chosen so far."""
    context = place_lists(request.GET.get("district"), request.GET.get("street"), request.GET.get("community"))
    return render(request, "web/components/place_lists.html", context)


def place_lists(district: str | None, street: str | None, community: str | None) -> dict[str, object]:
    """What the lists template draws. Raises ``Http404`` for ids that are no numbers."""
    city = queries.root()
    parent, lists = city.id if city else None, []
    for level, text in zip(_LIST_LEVELS, (district, street, community), strict=True):
        number = row_id(text) if text else None
        if text and number is None:
            raise Http404
        # What lies in nothing that was chosen is no choice, and has nothing in it.
        children = queries.children_of(parent) if parent else []
        parent = number if number in {area.id for area in children} else None
        lists.append({"level": level.value, "areas": children, "chosen": parent})
    return {"lists": lists}
