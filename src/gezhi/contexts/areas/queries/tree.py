"""The tree of areas, city to grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Area
from gezhi.platform.prepared import Prepared, PreparedByKeys, Rows


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
    return _made(list(found.values_list(*_FIELDS)))


def _made(rows: Rows) -> list[AreaRow]:
    return [
        AreaRow(pk, code, name, name_en, AreaLevel(level), kind, households, path, numchild > 0)
        for pk, code, name, name_en, level, kind, households, path, numchild in rows
    ]


def _current() -> QuerySet[Area]:
    return Area.objects.filter(valid_to__isnull=True)


def area(area_id: int) -> AreaRow | None:
    """The area with this id, ended or not: old cases still refer to it."""
    return next(iter(_made(_BY_ID.rows([area_id]))), None)


def area_by_code(code: str) -> AreaRow | None:
    """The current area with this code."""
    return next(iter(rows_of(_current().filter(code=code))), None)


def areas_by_id(area_ids: Iterable[int]) -> dict[int, AreaRow]:
    """Areas with these ids, in one query."""
    return {row.id: row for row in _made(_BY_ID.rows(area_ids))}


def root() -> AreaRow | None:
    """The city, once an instance has one."""
    return next(iter(_made(_ROOT.rows())), None)


def path_of(area_id: int) -> str | None:
    """The tree path of an area: its descendants have ``area__path__startswith``, or lie up to ``last_below`` it."""
    found = _PATH.rows(area_id=area_id)
    return found[0][0] if found else None


def last_below(path: str) -> str:
    """The last path that a descendant of this path can have: the tree's order as a span, which a prepared query takes."""
    return path + Area.alphabet[-1] * Area.steplen * len(AreaLevel)


def children_of(area_id: int) -> list[AreaRow]:
    """The current areas directly below an area, by code. Empty for a leaf and for an unknown area."""
    path = path_of(area_id)
    if path is None:
        return []
    return _made(_next_below(len(path)).rows(path=path, last=last_below(path)))


def areas_of_level(level: AreaLevel, *, below: int | None = None) -> list[AreaRow]:
    """The current areas of a level, by code; with ``below``, those of that area's subtree."""
    found = _current().filter(level=level)
    if below is not None:
        path = path_of(below)
        if path is None:
            return []
        found = found.filter(path__startswith=path)
    return rows_of(found.order_by("code"))


_BY_ID = PreparedByKeys(lambda keys: Area.objects.filter(pk__in=keys).values_list(*_FIELDS))
_ROOT = Prepared(lambda: _current().filter(depth=1).order_by("path").values_list(*_FIELDS)[:1])
_PATH = Prepared(lambda area_id: Area.objects.filter(pk=area_id).values_list("path"), area_id=int)


@lru_cache
def _next_below(length: int) -> Prepared:
    """What lies one level below a path of this length."""
    level = _current().filter(depth=length // Area.steplen + 1).order_by("code")
    return Prepared(
        lambda path, last: level.filter(path__gt=path, path__lte=last).values_list(*_FIELDS), path=str, last=str
    )
