"""Classes and areas: what a client needs to fill a form."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases import queries as cases
from gezhi.contexts.places.queries import MAX_PLACES, find_outside, find_places
from gezhi.interfaces.api.v1 import schemas
from gezhi.interfaces.api.v1.api import json_response
from gezhi.interfaces.own_page import is_asked_by_another_site
from gezhi.interfaces.throttle import ask_elsewhere_not_too_often
from gezhi.kernel.datum import Datum, to_wgs84
from gezhi.kernel.errors import InvalidInput, Unavailable

router = Router(tags=["reference"])


def _area(row: areas.AreaRow) -> dict[str, object]:
    return {"id": row.id, "code": row.code, "name": row.name, "level": row.level}


@router.get("/classes", response={200: list[schemas.ClassOut]})
def classes(request: HttpRequest) -> HttpResponse:
    """The class table in force: majors (three characters) and minors."""
    fields = schemas.ClassOut.model_fields
    return json_response([{name: getattr(entry, name) for name in fields} for entry in cases.classes()])


@router.get("/areas", response={200: list[schemas.AreaOut]})
def children(
    request: HttpRequest, parent: schemas.Id | None = Query(None, description="the city where none is given")
) -> HttpResponse:
    """The areas directly below one."""
    top = areas.root() if parent is None else areas.area(parent)
    if top is None:
        return json_response([])
    if parent is None:
        return json_response([_area(top)])
    return json_response([_area(row) for row in areas.children_of(parent)])


@router.get("/locate", response={200: schemas.LocatedOut, 422: schemas.Problem})
def locate(request: HttpRequest, lon: float, lat: float, datum: Datum = Datum.WGS84) -> HttpResponse:
    """The areas in which a point lies, from the city down to the grid."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInput("outside_city", "longitude and latitude are out of range", field="lon")
    x, y = to_wgs84(lon, lat, datum)
    found = areas.locate(x, y)
    ids = (
        [] if found is None else [found.city_id, found.district_id, found.street_id, found.community_id, found.grid_id]
    )
    wanted = [area_id for area_id in ids if area_id is not None]
    by_id = areas.areas_by_id(wanted)
    return json_response({"lon": x, "lat": y, "areas": [_area(by_id[area_id]) for area_id in wanted]})


@router.get("/places", response={200: list[schemas.PlaceOut], 422: schemas.Problem, 503: schemas.Problem})
def places(
    request: HttpRequest,
    q: str = Query(..., max_length=200, description="name, part of it, pinyin or initials; areas may stand before it"),
    lon: float | None = Query(None, description="with lat: places near this point come first (WGS84)"),
    lat: float | None = None,
    limit: int = Query(8, ge=1, le=MAX_PLACES),
    outside: bool = Query(False, description="ask the services elsewhere that the city has set, and them alone"),
) -> HttpResponse:
    """Places by name, the likeliest first. With ``outside`` those that services elsewhere know, each with its ``source``; 503
    where none of them answers."""
    near = None if lon is None or lat is None else (lon, lat)
    if near is not None and not (-180 <= near[0] <= 180 and -90 <= near[1] <= 90):
        raise InvalidInput("outside_city", "longitude and latitude are out of range", field="lon")
    if outside:
        if is_asked_by_another_site(request):
            raise InvalidInput("asked_by_another_site", "another site may not have services asked", field="outside")
        ask_elsewhere_not_too_often(request)
        found = find_outside(q, limit=limit)
        if found.silent and not found.places:
            raise Unavailable(
                "places_elsewhere", "the services elsewhere give no answer", names=", ".join(found.silent)
            )
        return json_response(found.places)
    return json_response(find_places(q, near=near, limit=limit))
