"""Take a set of polygons, checked and if wished mended, into the tree as areas of one level: all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

import numpy as np
import shapely

from gezhi.contexts.areas import queries
from gezhi.contexts.areas.domain.levels import CODE_DIGITS, LEVEL_WORDS, LEVELS, AreaLevel
from gezhi.contexts.areas.models import Area
from gezhi.contexts.areas.queries.location import shapes_of_version
from gezhi.contexts.areas.use_cases.plant_areas import NewArea, Planted, plant_areas
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.plane import Plane
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.solvers.coverage import (
    Change,
    ChangeKind,
    CoverageReport,
    Finding,
    FindingKind,
    check_coverage,
    clean_coverage,
    overlapping_pairs,
    uncovered,
)

MAX_CODE, MAX_NAME = 20, 100
# Borders of two levels are drawn by different hands: up to this share of an area may stick out of its parent.
_TOLERATED_OUTSIDE = 0.05
_TOLERATED_OVERLAP_M2 = 1.0


@dataclass(frozen=True)
class AreaDraft:
    """An area as a file gives it: code, name and shape in WGS84 degrees."""

    code: str
    name: str
    shape: Any


@dataclass(frozen=True)
class ImportResult:
    """What was found, what was mended, and what was planted (None: refused, nothing written)."""

    level: AreaLevel
    report: CoverageReport
    changes: tuple[Change, ...]
    planted: Planted | None


@dataclass(frozen=True)
class CheckedAreas:
    """What was found and mended, and what could be planted (None: nothing)."""

    level: AreaLevel
    report: CoverageReport
    changes: tuple[Change, ...]
    planting: list[NewArea] | None


def import_areas(
    *,
    actor: Actor,
    drafts: Sequence[AreaDraft],
    level: AreaLevel | None = None,
    parent_code: str | None = None,
    city_name: str = "",
    repair: bool = False,
    source: str = "",
    now: datetime,
) -> ImportResult:
    """Check the drafts and plant them if they are a coverage, or if ``repair`` can make them one. See ``check_areas``."""
    checked = check_areas(
        actor=actor,
        drafts=drafts,
        level=level,
        parent_code=parent_code,
        city_name=city_name,
        repair=repair,
        source=source,
    )
    planted = None
    if checked.planting is not None:
        name = f"{checked.level.value}: {source}"[:100]
        planted = plant_areas(actor=actor, areas=checked.planting, version_name=name, source=source, now=now)
    return ImportResult(checked.level, checked.report, checked.changes, planted)


def check_areas(
    *,
    actor: Actor,
    drafts: Sequence[AreaDraft],
    level: AreaLevel | None = None,
    parent_code: str | None = None,
    city_name: str = "",
    repair: bool = False,
    source: str = "",
) -> CheckedAreas:
    """Check the drafts, and mend them where ``repair`` says so. Nothing is written.

    The level is told by the length of the codes unless given. An area's parent is the area of a higher level whose
    code begins its own, else ``parent_code``, else the city; an instance without a city gets one from the union.
    Faults are returned in the report, not raised. Raises ``InvalidInput`` for codes or names that cannot be stored,
    an unknown parent, or areas outside their parents (the usual sign of a wrong datum).
    """
    require_in(actor, "plant_areas")
    _check_texts(drafts)
    codes = [draft.code for draft in drafts]
    level = level or _level_of(codes)
    parents = _parents(codes, level, parent_code)
    shapes: Any = np.empty(len(drafts), dtype=object)
    shapes[:] = [draft.shape for draft in drafts]

    report = check_coverage(shapes, codes)
    changes: tuple[Change, ...] = ()
    if report.faults:
        if not repair or not report.repairable:
            return CheckedAreas(level, report, (), None)
        cleaned = clean_coverage(shapes, codes)
        shapes, changes = cleaned.polygons, cleaned.changes
        if cleaned.vanished:
            return CheckedAreas(level, _vanished(changes), changes, None)
        # What was mended stands among the changes; the report is of what would be planted.
        report = check_coverage(shapes, codes)
        if report.faults:
            return CheckedAreas(level, report, changes, None)
    clashes = _clashes_with_neighbours(shapes, codes, level)
    if clashes:
        return CheckedAreas(level, CoverageReport((*report.findings, *clashes)), changes, None)
    borders = _borders_of(parents)
    _check_inside_parents(shapes, codes, parents, borders)
    report = CoverageReport((*report.findings, *_uncovered_parents(shapes, codes, parents, borders, level)))

    planting = [
        NewArea(draft.code, draft.name, level, parents[draft.code], shape, kind="basic" if level == "grid" else "")
        for draft, shape in zip(drafts, shapes, strict=True)
    ]
    if queries.root() is None and level is not AreaLevel.CITY:
        planting = _with_city(planting, city_name or PurePath(source).stem or "City")
    return CheckedAreas(level, report, changes, planting)


def _vanished(changes: Sequence[Change]) -> CoverageReport:
    """What no repair may do: the areas of which nothing would be left, and what lies in their place."""
    gone = [change for change in changes if change.kind is ChangeKind.VANISHED]
    return CoverageReport(
        tuple(
            Finding(
                FindingKind.VANISHED, (one.id, *filter(None, [one.other])), one.area_m2, detail="nothing would be left"
            )
            for one in gone
        )
    )


def _check_texts(drafts: Sequence[AreaDraft]) -> None:
    if not drafts:
        raise InvalidInput("areas_missing", "there is no area to import")
    for number, draft in enumerate(drafts, start=1):
        where = filled("feature %(number)s", number=number)
        if not draft.code:
            raise InvalidInput("code_missing", filled("%(where)s has no code", where=where), field="code")
        if len(draft.code) > MAX_CODE or not draft.code.isprintable():
            raise InvalidInput(
                "code_invalid",
                filled(
                    "%(where)s: code '%(code)s' is not printable or over %(most)s long",
                    where=where,
                    code=draft.code[:40],
                    most=MAX_CODE,
                ),
                field="code",
            )
        if not draft.name or len(draft.name) > MAX_NAME or not draft.name.isprintable():
            raise InvalidInput(
                "name_invalid",
                filled(
                    "%(where)s ('%(code)s') needs a printable name of 1 to %(most)s signs",
                    where=where,
                    code=draft.code,
                    most=MAX_NAME,
                ),
                field="name",
            )


def _level_of(codes: Sequence[str]) -> AreaLevel:
    lengths = {len(code) for code in codes}
    for level, digits in CODE_DIGITS.items():
        if lengths == {digits} and all(code.isdigit() for code in codes):
            return level
    raise InvalidInput("level_unknown", "the codes do not tell the level; name it with --level", field="level")


def _parents(codes: Sequence[str], level: AreaLevel, parent_code: str | None) -> dict[str, str | None]:
    """The parent's code of each code: by prefix, else the one named, else the city (None where there is none yet)."""
    known = {row.code: row.level for higher in LEVELS[: level.rank] for row in queries.areas_of_level(higher)}
    if parent_code is not None and parent_code not in known:
        named = queries.area_by_code(parent_code)
        if named is None:
            said = filled("there is no area '%(code)s'", code=parent_code)
            raise InvalidInput("parent_unknown", said, field="parent")
        said = filled(
            "'%(code)s' is a %(level)s: no %(wanted)s lies below it",
            code=parent_code,
            level=LEVEL_WORDS[named.level],
            wanted=LEVEL_WORDS[level],
        )
        raise InvalidInput("parent_too_low", said, field="parent")
    root = queries.root()
    otherwise = parent_code or (root.code if root and level is not AreaLevel.CITY else None)
    found: dict[str, str | None] = {}
    for code in codes:
        prefixes = (code[: CODE_DIGITS[higher]] for higher in reversed(LEVELS[: level.rank]))
        fits = (prefix for prefix in prefixes if known.get(prefix) and CODE_DIGITS[known[prefix]] == len(prefix))
        found[code] = next(fits, otherwise)
    return found


def _clashes_with_neighbours(shapes: Any, codes: Sequence[str], level: AreaLevel) -> list[Finding]:
    """Overlaps with areas of the level that are in force and not being redrawn."""
    version = queries.version_in_force()
    if version is None:
        return []
    rows = shapes_of_version(version).filter(area__level=level).values_list("area__code", "geometry")
    others = {code: shape for code, shape in rows if code not in set(codes)}
    if not others:
        return []
    names = [*codes, *others]
    together: Any = np.empty(len(names), dtype=object)
    together[:] = [*shapes, *others.values()]
    first, second = overlapping_pairs(together)
    across = (first < len(codes)) & (second >= len(codes))
    first, second = first[across], second[across]
    shared = shapely.intersection(together[first], together[second])
    sizes = shapely.area(Plane.around(together).to_metres(shared))
    return [
        Finding(FindingKind.OVERLAP, (names[i], names[j]), float(size), detail="with an area in force")
        for i, j, size in zip(first, second, sizes, strict=True)
        if size > _TOLERATED_OVERLAP_M2
    ]


def _borders_of(parents: dict[str, str | None]) -> dict[str, Any]:
    """The shapes in force of the parents that have one, by code."""
    version = queries.version_in_force()
    if version is None:
        return {}
    wanted = {parent for parent in parents.values() if parent is not None}
    return dict(shapes_of_version(version).filter(area__code__in=wanted).values_list("area__code", "geometry"))


def _uncovered_parents(
    shapes: Any, codes: Sequence[str], parents: dict[str, str | None], borders: dict[str, Any], level: AreaLevel
) -> list[Finding]:
    """Land of the parents in which no area of the level lies, old or new. Told, but no fault: a file may be one of many."""
    version = queries.version_in_force()
    if version is None or not borders:
        return []
    # The tree is a path in each row: a child's parent is the area whose path its own begins with.
    parent_paths = dict(Area.objects.filter(code__in=list(borders)).values_list("path", "code"))
    rows = shapes_of_version(version).filter(area__level=level).values_list("area__code", "area__path", "geometry")
    drawn = set(codes)
    parts = [(shape, parents[code]) for shape, code in zip(shapes, codes, strict=True) if parents[code] in borders]
    parts += [
        (shape, parent_paths[path[: -Area.steplen]])
        for code, path, shape in rows
        if code not in drawn and path[: -Area.steplen] in parent_paths
    ]
    return uncovered(borders, [shape for shape, _ in parts], [str(parent) for _, parent in parts])


def _check_inside_parents(
    shapes: Any, codes: Sequence[str], parents: dict[str, str | None], borders: dict[str, Any]
) -> None:
    inside = [i for i, code in enumerate(codes) if parents[code] in borders]
    own = shapes[inside]
    hosts: Any = np.empty(len(inside), dtype=object)
    hosts[:] = [borders[str(parents[codes[i]])] for i in inside]
    outside = shapely.area(shapely.difference(own, hosts)) / shapely.area(own)
    bad = np.flatnonzero(outside > _TOLERATED_OUTSIDE)
    if len(bad):
        worst = int(bad[np.argmax(outside[bad])])
        code = codes[inside[worst]]
        raise InvalidInput(
            "outside_parent",
            filled(
                "%(bad)s of %(count)s areas lie partly outside their parent, worst '%(code)s': %(share)s of it outside"
                " '%(parent)s'; is the datum right?",
                bad=len(bad),
                count=len(codes),
                code=code,
                share=f"{outside[worst]:.0%}",
                parent=parents[code],
            ),
            field="datum",
        )


def _with_city(planting: list[NewArea], name: str) -> list[NewArea]:
    shape = shapely.union_all([item.shape for item in planting])
    prefixes = {item.code[: CODE_DIGITS[AreaLevel.CITY]] for item in planting}
    national = len(prefixes) == 1 and all(len(item.code) == CODE_DIGITS[item.level] for item in planting)
    code = prefixes.pop() if national else "CITY"
    city = NewArea(code, name[:MAX_NAME], AreaLevel.CITY, None, shape)
    return [city, *(replace(item, parent_code=item.parent_code or code) for item in planting)]
