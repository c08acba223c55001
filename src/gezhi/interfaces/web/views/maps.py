"""What the map element reads: borders, roads, the name of a place, and the lists for those who use no map."""

from __future__ import annotations

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gezhi.contexts.areas import queries
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaRow, Detail, GeoJson, Located
from gezhi.kernel.reading import degrees, row_id

# A whole city's communities are a few megabytes at full detail: the wider the view, the coarser the border.
_DETAIL: dict[AreaLevel, Detail] = {
    AreaLevel.CITY: Detail.COARSE,
    AreaLevel.DISTRICT: Detail.COARSE,
    AreaLevel.STREET: Detail.MEDIUM,
    AreaLevel.COMMUNITY: Detail.MEDIUM,
    AreaLevel.GRID: Detail.FULL,
}
# Below this level the lists give no further choice: a community is enough to find the way.
_LIST_LEVELS = (AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY)


@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """The borders of a level as GeoJSON."""
    try:
        level = AreaLevel(request.GET.get("level", ""))
    except ValueError:
        return HttpResponseBadRequest(f"level: one of {', '.join(AreaLevel)}", content_type="text/plain")
    return _geojson(request, queries.areas_geojson(level, detail=_DETAIL[level]))


@require_safe
def roads(request: HttpRequest) -> HttpResponse:
    """Roads and rivers as GeoJSON."""
    return _geojson(request, queries.roads_geojson())


def _geojson(request: HttpRequest, document: GeoJson) -> HttpResponse:
    # Weak: a compressed document is the same one in other bytes, and comes back with the mark of that.
    etag = f'W/"{document.etag}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(document.body(), content_type="application/geo+json")
    response.headers["ETag"] = etag
    patch_cache_control(response, max_age=300, public=True)
    return response


def areas_down_to(located: Located) -> list[AreaRow]:
    """District, street, community and grid of a place, from large to small as addresses are written."""
    ids = (located.district_id, located.street_id, located.community_id, located.grid_id)
    rows = queries.areas_by_id([area_id for area_id in ids if area_id])
    return [rows[area_id] for area_id in ids if area_id in rows]


def names_of(chain: list[AreaRow]) -> str:
    """The chain in words: 襄城区真武山街道…社区; English from small to large."""
    if (get_language() or "").startswith("en"):
        return ", ".join(area.name_en or area.name for area in reversed(chain))
    return " ".join(area.name for area in chain)


@require_safe
def place(request: HttpRequest) -> HttpResponse:
    """The name of the place at ``lon``, ``lat`` (WGS84); 404 outside the city."""
    lon, lat = degrees(request.GET.get("lon", ""), most=180), degrees(request.GET.get("lat", ""), most=90)
    if lon is None or lat is None:
        return HttpResponseBadRequest("lon, lat: degrees", content_type="text/plain")
    located = queries.locate(lon, lat)
    if located is None:
        return JsonResponse({}, status=404)
    return JsonResponse({"name": names_of(areas_down_to(located)), "area_id": located.area_id})


@require_safe
def options(request: HttpRequest) -> HttpResponse:
    """The three lists district → street → community, with what is chosen so far."""
    context = place_lists(request.GET.get("district"), request.GET.get("street"), request.GET.get("community"))
    return render(request, "web/components/place_lists.html", context)


def place_lists(district: str | None, street: str | None, community: str | None) -> dict[str, object]:
    """What the lists template draws. Raises ``Http404`` for ids that are no numbers."""
    city = queries.root()
    chosen: list[int | None] = []
    for text in (district, street, community):
        number = row_id(text) if text else None
        if text and number is None:
            raise Http404
        chosen.append(number)
    parents = (city.id if city else None, chosen[0], chosen[1])
    lists = []
    for level, parent, value in zip(_LIST_LEVELS, parents, chosen, strict=True):
        children = queries.children_of(parent) if parent else []
        ids = {area.id for area in children}
        lists.append({"level": level.value, "areas": children, "chosen": value if value in ids else None})
    return {"lists": lists}
