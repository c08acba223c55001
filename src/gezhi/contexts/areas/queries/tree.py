"""The tree of areas, city to grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Area


@dataclass(frozen=True)
class AreaRow:
    """An area as other contexts see it. ``path`` orders the tree: a descendant's path starts with its ancestor's."""

    id: int
    code: str
    name: str
    name_en: str
    level: AreaLevel
    kind: str
    households: int | None
    path: str
    has_children: bool


_FIELDS = ("id", "code", "name", "name_en", "level", "kind", "households", "path", "numchild")


def rows_of(found: QuerySet[Area]) -> list[AreaRow]:
    """Rows of a query on areas, in its order."""
    return [
        AreaRow(pk, code, name, name_en, AreaLevel(level), kind, households, path, numchild > 0)
        for pk, code, name, name_en, level, kind, households, path, numchild in found.values_list(*_FIELDS)
    ]


def _current() -> QuerySet[Area]:
    return Area.objects.filter(valid_to__isnull=True)


def area(area_id: int) -> AreaRow | None:
    """The area with this id, ended or not: old cases still refer to it."""
    return next(iter(rows_of(Area.objects.filter(pk=area_id))), None)


def area_by_code(code: str) -> AreaRow | None:
    """The current area with this code."""
    return next(iter(rows_of(_current().filter(code=code))), None)


def areas_by_id(area_ids: Iterable[int]) -> dict[int, AreaRow]:
    """Areas with these ids, in one query."""
    return {row.id: row for row in rows_of(Area.objects.filter(pk__in=set(area_ids)))}


def root() -> AreaRow | None:
    """The city, once an instance has one."""
    return next(iter(rows_of(_current().filter(depth=1).order_by("path")[:1])), None)


def path_of(area_id: int) -> str | None:
    """The tree path of an area: filter descendants of it by ``area__path__startswith``."""
    return Area.objects.filter(pk=area_id).values_list("path", flat=True).first()


def children_of(area_id: int) -> list[AreaRow]:
    """The current areas directly below an area, by code. Empty for a leaf and for an unknown area."""
    parent = Area.objects.filter(pk=area_id).values_list("path", "depth").first()
    if parent is None:
        return []
    path, depth = parent
    return rows_of(_current().filter(path__startswith=path, depth=depth + 1).order_by("code"))


def areas_of_level(level: AreaLevel, *, below: int | None = None) -> list[AreaRow]:
    """The current areas of a level, by code; with ``below``, those of that area's subtree."""
    found = _current().filter(level=level)
    if below is not None:
        path = path_of(below)
        if path is None:
            return []
        found = found.filter(path__startswith=path)
    return rows_of(found.order_by("code"))
