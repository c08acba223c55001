"""The first page of an empty instance: the city and its three administrators."""

from __future__ import annotations

import json
from typing import Any

import shapely
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gezhi.contexts.areas.use_cases.found_city import (
    MAX_CODE,
    MAX_NAME,
    FirstCity,
    FirstPerson,
    found_city,
    may_be_founded,
)
from gezhi.interfaces import problem
from gezhi.interfaces.web.administration.asking import posted
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.words import ROLE
from gezhi.kernel.clock import now
from gezhi.kernel.errors import GezhiError, InvalidInput, NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import system_actor
from gezhi.platform.accounts.founding import is_founding_code
from gezhi.platform.accounts.use_cases.invite import MAX_NAME as MAX_PERSON

_ADMINS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
_MOST_BYTES = 12_000_000
_POLYGONS = (3, 6)


class FoundingForm(PlainForm):
    """The city, its border, and a name and an account for each of the three administrators."""

    name = forms.CharField(label=_("Name of the city"), max_length=MAX_NAME)
    name_en = forms.CharField(label=_("English name"), max_length=MAX_NAME, required=False)
    code = forms.CharField(
        label=_("Code of the city"),
        max_length=MAX_CODE,
        help_text=_("The first four digits of the division code, such as 4206; those of all areas in it begin so."),
    )
    border = forms.FileField(
        label=_("Border of the city"),
        widget=forms.FileInput(attrs={"class": "input", "accept": ".geojson,.json"}),
        help_text=_("GeoJSON in WGS84 or CGCS2000; several areas are taken together. At most 12 MB."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in _ADMINS:
            name = _("%(role)s: name") % {"role": ROLE[role]}
            account = _("%(role)s: account") % {"role": ROLE[role]}
            self.fields[f"{role.value}_name"] = forms.CharField(label=name, max_length=MAX_PERSON)
            self.fields[role.value] = forms.CharField(label=account, max_length=60)


def border_in(raw: bytes) -> Any:
    """The land that a GeoJSON file encloses, as one polygon or several. Raises ``InvalidInput``, field ``border``."""
    try:
        shapes = shapely.get_parts(shapely.from_geojson(raw.decode("utf-8-sig")))
        json.loads(raw)
    except (shapely.errors.ShapelyError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidInput("file_unreadable", "the file is no GeoJSON", field="border") from error
    areas = [shape for shape in shapes if shape is not None and shape.geom_type in {"Polygon", "MultiPolygon"}]
    whole = shapely.union_all(shapely.make_valid(areas)) if areas else None
    if whole is None or whole.is_empty or shapely.get_type_id(whole) not in _POLYGONS:
        raise InvalidInput("file_empty", "the file holds no area", field="border")
    west, south, east, north = whole.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidInput("crs_impossible", "the coordinates are no degrees", field="border")
    return whole


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Set the instance up; the answer shows the three links, this once. Raises ``NotFound`` unless it
    is empty and the code right."""
    if not is_founding_code(code) or not may_be_founded():
        raise NotFound("nothing_to_found", "this address sets up an empty instance; there is none here")
    form = FoundingForm(posted(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _founded(request, form)
        except GezhiError as error:
            form.add_error(error.field if error.field in form.fields else None, problem.words(error))
    status = 422 if form.errors else 200
    response = render(request, "web/administration/founding.html", {"form": form}, status=status)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _founded(request: HttpRequest, form: FoundingForm) -> HttpResponse:
    given = form.cleaned_data
    if given["border"].size > _MOST_BYTES:
        raise InvalidInput("file_over_limit", "the file is larger than 12 MB", field="border")
    people = {role: FirstPerson(given[role.value], given[f"{role.value}_name"]) for role in _ADMINS}
    city = FirstCity(given["code"], given["name"], given["name_en"], border_in(given["border"].read()))
    invited = found_city(actor=system_actor("founding"), city=city, people=people, now=now())
    links = [
        (
            ROLE[role],
            people[role].display_name,
            request.build_absolute_uri(reverse("invitation", kwargs={"code": invited[role].code})),
        )
        for role in _ADMINS
    ]
    return render(request, "web/administration/founded.html", {"links": links, "city": given["name"]})
