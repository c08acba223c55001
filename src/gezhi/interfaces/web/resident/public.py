"""What anybody may see of the city's reports: counts by place, matter and month, on a map and in a list, and as files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaRow
from gezhi.contexts.cases.queries import class_name, class_table
from gezhi.contexts.openfigures import queries as figures
from gezhi.contexts.openfigures.queries import CellRow, MonthRow, Wanted
from gezhi.interfaces.csv_file import plain_cell
from gezhi.interfaces.web.resident.shapes import Shape, shapes_inside
from gezhi.interfaces.web.words import LEVEL, MONTHS, english, local_name
from gezhi.kernel.reading import row_id

PAGE = 50
STANDING: dict[str, Promise] = {
    "open": _("Being handled"),
    "closed": _("The work has ended"),
    "cancelled": _("Not handled further"),
}
_FILES = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class Line:
    """A cell in words."""

    place: str
    matter: str
    standing: str
    count: int


@dataclass(frozen=True, slots=True)
class Inside:
    """An area in the one that is shown, and its shape. ``count`` 0: fewer than the least, or told with a larger area."""

    area: AreaRow
    name: str
    count: int
    query: str
    shade: float
    shape: Shape | None


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """The page. Raises ``Http404`` for a month that was not counted and an area that there is not."""
    months = figures.months()
    context: dict[str, object] = {"months": [(_address(month), _month(month.first_day)) for month in months]}
    running = figures.running()
    if running is not None:
        context |= {"running": running, "running_month": _month(running.first_day)}
    if months:
        context |= _shown(request.GET, months)
    return render(request, "web/resident/public.html", context)


def _shown(query: QueryDict, months: list[MonthRow]) -> dict[str, object]:
    month, area, wanted = _asked(query, months)
    page = row_id(query.get("page", "1")) or 1
    rows = figures.cells(wanted, after=(page - 1) * PAGE, most=PAGE + 1)
    city = areas.root()
    here = area or city
    inside = [] if here is None else _inside(here, month, wanted)
    asked = {**_keys(month, area, wanted)}
    return {
        "month": month,
        "chosen_month": _address(month),
        "month_name": _month(month.first_day),
        "area": area,
        "trail": [] if area is None else _trail(area, asked),
        "wanted": wanted,
        "total": figures.total(wanted),
        "inside": inside,
        "shapes": [one for one in inside if one.shape is not None],
        "inside_level": LEVEL[inside[0].area.level] if inside else "",
        "lines": _lines(rows[:PAGE]),
        "majors": [group.major for group in class_table().groups],
        "standings": list(STANDING.items()),
        "query": urlencode(asked),
        "before": urlencode({**asked, "page": page - 1}) if page > 1 else "",
        "after": urlencode({**asked, "page": page + 1}) if len(rows) > PAGE else "",
    }


def _asked(query: QueryDict, months: list[MonthRow]) -> tuple[MonthRow, AreaRow | None, Wanted]:
    text = query.get("month", "")
    month = next((one for one in months if _address(one) == text), None) if text else months[0]
    if month is None:
        raise Http404("this month was not counted")
    area = None
    if named := query.get("area", ""):
        key = row_id(named)
        area = None if key is None else areas.area(key)
        if area is None:
            raise Http404("there is no such area")
    majors = {group.major.code for group in class_table().groups}
    matter, standing = query.get("matter", ""), query.get("standing", "")
    wanted = Wanted(
        month.id, matter=matter if matter in majors else "", standing=standing if standing in STANDING else ""
    )
    return month, area, wanted if area is None else replace(wanted, level=area.level.value, area_id=area.id)


def _keys(month: MonthRow, area: AreaRow | None, wanted: Wanted) -> dict[str, object]:
    found = {"month": _address(month), "area": area and area.id, "matter": wanted.matter, "standing": wanted.standing}
    return {name: value for name, value in found.items() if value}


def _address(month: MonthRow) -> str:
    return f"{month.first_day:%Y-%m}"


def _month(first_day: date) -> str:
    if english():
        return f"{MONTHS[first_day.month - 1]} {first_day.year}"
    return f"{first_day.year}年{first_day.month}月"


def _trail(area: AreaRow, asked: dict[str, object]) -> list[tuple[str, str]]:
    """The areas above, from large to small, with their addresses."""
    known = areas.ancestors_of(area.id)
    ids = [known.district_id, known.street_id, known.community_id]
    rows = areas.areas_by_id([one for one in ids if one and one != area.id])
    top = [(gettext("The whole city"), urlencode({name: value for name, value in asked.items() if name != "area"}))]
    return top + [
        (local_name(rows[one]), urlencode({**asked, "area": one})) for one in ids if one is not None and one in rows
    ]


def _inside(here: AreaRow, month: MonthRow, wanted: Wanted) -> list[Inside]:
    counts = figures.totals_inside(wanted)
    shapes = shapes_inside(here.id)
    most = max(counts.values(), default=0)
    found = []
    for one in areas.children_of(here.id):
        count = counts.get(one.id, 0)
        query = urlencode(_keys(month, one, wanted))
        found.append(Inside(one, local_name(one), count, query, _shade(count, most), shapes.get(one.id)))
    return sorted(found, key=lambda one: (-one.count, one.area.code))


def _shade(count: int, most: int) -> float:
    """How strong the colour is: 0 (nothing told), then in five steps to 0.7 (the most)."""
    return 0.0 if not count else round(0.14 * min(5, 1 + 5 * count // (most + 1)), 2)


def _lines(rows: Iterable[CellRow]) -> list[Line]:
    rows = list(rows)
    known = areas.areas_by_id({row.area_id for row in rows if row.area_id})
    return [Line(_place(row, known.get(row.area_id)), _matter(row.matter), _standing(row), row.count) for row in rows]


def _place(row: CellRow, area: AreaRow | None) -> str:
    if area is None:
        return gettext("Place not known")
    name = local_name(area)
    return name if row.level == "grid" else gettext("Elsewhere in %(area)s") % {"area": name}


def _matter(code: str) -> str:
    if not code:
        return gettext("Various matters")
    name = local_name(class_name(code))
    is_major = any(group.major.code == code for group in class_table().groups)
    return gettext("%(major)s, other") % {"major": name} if is_major else name


def _standing(row: CellRow) -> str:
    return str(STANDING[row.standing]) if row.standing in STANDING else gettext("Any state")


@require_safe
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The cells of a month as a table. Raises ``Http404``."""
    month, _area, wanted = _asked(request.GET, figures.months() or _nothing())
    answer = StreamingHttpResponse(_csv(month, wanted), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="reports-{_address(month)}.csv"'
    answer.headers["Cache-Control"] = _FILES
    return answer


class _Echo:
    def write(self, text: str) -> str:
        return text


def _csv(month: MonthRow, wanted: Wanted) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # Spreadsheets take it for another encoding without the mark.
    yield "\ufeff" + writer.writerow(("month", "area_code", "area", "level", "service_code", "status", "count"))
    known: dict[int, AreaRow] = {}
    for row in figures.every_cell(wanted):
        if row.area_id and row.area_id not in known:
            known |= areas.areas_by_id([row.area_id])
        area = known.get(row.area_id)
        named = ("", "") if area is None else (area.code, area.name)
        cells = (_address(month), *named, row.level, row.matter, row.standing, row.count)
        yield writer.writerow([plain_cell(cell) for cell in cells])


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The cells of a month as GeoJSON, each at a point of its area, with the names of Open311. Raises ``Http404``."""
    month, _area, wanted = _asked(request.GET, figures.months() or _nothing())
    answer = HttpResponse(
        _geojson(_address(month), month.least, month.few, wanted), content_type="application/geo+json"
    )
    answer.headers["Cache-Control"] = _FILES
    return answer


@lru_cache(maxsize=16)
def _geojson(month: str, least: int, few: bool, wanted: Wanted) -> bytes:
    """Kept for each month: its cells never change."""
    rows = figures.cells(wanted)
    points = _points({row.level for row in rows if row.level})
    features = [
        {
            "type": "Feature",
            "geometry": points.get(row.area_id),
            "properties": {
                "month": month,
                "area_id": row.area_id or None,
                "level": row.level,
                "service_code": row.matter,
                "status": row.standing,
                "count": row.count,
            },
        }
        for row in rows
    ]
    told = {"type": "FeatureCollection", "least": least, "some_left_out": few, "features": features}
    return json.dumps(told, ensure_ascii=False).encode()


def _points(levels: set[str]) -> dict[int, dict[str, object]]:
    found: dict[int, dict[str, object]] = {}
    for level in levels:
        for outline in areas.outlines_of(AreaLevel(level)):
            point = outline.shape.representative_point()
            found[outline.id] = {"type": "Point", "coordinates": [round(point.x, 5), round(point.y, 5)]}
    return found


def _nothing() -> list[MonthRow]:
    raise Http404("nothing was counted yet")
