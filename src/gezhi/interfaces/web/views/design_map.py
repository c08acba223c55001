"""One page that shows the map as every theme draws it, at any zoom and place, with the symbols of the work on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.areas.queries import AreaRow, box_of, children_of, root
from gezhi.contexts.cases.queries import class_table
from gezhi.kernel.reading import row_id, whole_number

THEMES = {"light": _("Light"), "dark": _("Dark"), "wall": _("Wall")}
FARTHEST, USUAL, CLOSEST = 9, 15, 19
COLOURS = (
    "land",
    "block",
    "building",
    "green",
    "wood",
    "field",
    "water",
    "road",
    "road-main",
    "path",
    "rail",
    "metro",
    "edge",
    "edge-strong",
    "name",
    "name-strong",
    "name-water",
    "name-green",
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A street to look at, and its middle in degrees."""

    area: AreaRow
    lon: float
    lat: float


def design_map(request: HttpRequest) -> HttpResponse:
    """The map in all themes, or the one asked for. It exists where the setting ``DESIGN_PAGE`` is on."""
    query = request.GET
    streets = _streets()
    wanted = row_id(query.get("place", ""))
    chosen = next((street for street in streets if street.id == wanted), streets[0] if streets else None)
    theme = query.get("theme", "")
    zoom = whole_number(query.get("zoom", ""), least=FARTHEST, most=CLOSEST)
    context = {
        "themes": {name: words for name, words in THEMES.items() if theme in {name, ""}} or THEMES,
        "all_themes": THEMES,
        "theme": theme,
        "zoom": zoom if zoom is not None else USUAL,
        "zooms": range(FARTHEST, CLOSEST + 1),
        "streets": streets,
        "place": None if chosen is None else _middle_of(chosen),
        "colours": COLOURS,
        "classes": [group.major for group in class_table().groups],
    }
    return render(request, "web/design/map.html", context)


def _streets() -> list[AreaRow]:
    city = root()
    return [street for district in (children_of(city.id) if city else []) for street in children_of(district.id)]


def _middle_of(area: AreaRow) -> _Place | None:
    box = box_of([area.id])
    return None if box is None else _Place(area, (box.min_lon + box.max_lon) / 2, (box.min_lat + box.max_lat) / 2)
