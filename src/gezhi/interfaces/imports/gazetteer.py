"""Landmarks from a list of names: tables (CSV, XLSX, JSON …) with columns of degrees, or vector files with points.

Columns by their usual names, English or Chinese; of a vector file its properties. What a row is at fault with is said with
its number and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import shapely

from gezhi.contexts.areas.queries import bounds, located_many
from gezhi.contexts.ground.domain.layers import RULES, Layer
from gezhi.contexts.ground.use_cases import LONGEST, NewFeature
from gezhi.interfaces.imports.case_rows import Rejected
from gezhi.interfaces.imports.source import KINDS, Record, read_records, unstorable
from gezhi.kernel.batches import in_batches
from gezhi.kernel.datum import Datum, to_wgs84
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled, filled
from gezhi.kernel.reading import degrees
from gezhi.platform.geodb.vector_file import read_vector_file

# What a column may be called; capitals and blanks do not count.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "名称", "地名", "标准名称"),
    "lon": ("lon", "lng", "longitude", "x", "经度"),
    "lat": ("lat", "latitude", "y", "纬度"),
    "kind": ("kind", "class", "category", "类别", "类型"),
    "name_en": ("name_en", "english", "英文名称"),
    "also": ("also", "alias", "aliases", "别名", "曾用名"),
    "street": ("street", "街路"),
    "house_number": ("house_number", "门牌号"),
    "ref": ("ref", "id", "编号"),
}
_NEEDED = ("name", "lon", "lat")
_SEVERAL = re.compile(r"[;；|、\n]")
_KINDS = frozenset(RULES[Layer.LANDMARK].kinds)
_OUTSIDE = filled("outside the city")
_BATCH = 2_000
_VECTOR = (".geojson", ".gpkg", ".zip")


class _Bad(Exception):
    def __init__(self, column: str, reason: Filled) -> None:
        super().__init__(str(reason))
        self.column, self.reason = column, reason


@dataclass(frozen=True, slots=True)
class Landmark:
    """A row that can be laid. ``column`` and ``value``: what the file calls the longitude, and what stands there."""

    row: int
    feature: NewFeature
    column: str
    value: str


def landmarks(path: Path, *, kinds: dict[str, str], datum: Datum) -> Iterator[Landmark | Rejected]:
    """One verdict a row. ``kinds``: further words for the kinds of landmarks (``医院`` → ``hospital``).

    Where there is a city, rows outside it are rejected. Raises ``InvalidInput`` where the file as a whole cannot be used, also
    since nothing of it lies in the city.
    """
    there = bounds() is None
    first: Landmark | None = None
    for batch in in_batches(_verdicts(path, kinds, datum), _BATCH):
        outside = () if bounds() is None else _outside([one for one in batch if isinstance(one, Landmark)])
        for one in batch:
            if isinstance(one, Landmark) and one.row in outside:
                first = first or one
                yield Rejected(one.row, one.feature.name[:80], one.column, _OUTSIDE, one.value)
            else:
                there = there or isinstance(one, Landmark)
                yield one
    if first is not None and not there:
        raise _elsewhere(first, path)


def _outside(rows: list[Landmark]) -> frozenset[int]:
    """The numbers of the rows that lie outside the city."""
    if not rows:
        return frozenset()
    located = located_many([one.feature.shape.x for one in rows], [one.feature.shape.y for one in rows])
    return frozenset(one.row for one, place in zip(rows, located, strict=True) if place is None)


def _elsewhere(first: Landmark, path: Path) -> InvalidInput:
    lon, lat = first.feature.shape.x, first.feature.shape.y
    told = {"file": path.name, "row": first.row, "lon": f"{lon:.4f}", "lat": f"{lat:.4f}"}
    if abs(lon) <= 90 and located_many([lat], [lon])[0] is not None:
        said = filled(
            "no row of %(file)s lies in the city; row %(row)s lies at %(lon)s, %(lat)s: longitude and latitude are exchanged",
            **told,
        )
    else:
        said = filled(
            "no row of %(file)s lies in the city; row %(row)s lies at %(lon)s, %(lat)s: are the columns exchanged, is it another"
            " place, or another datum?",
            **told,
        )
    return InvalidInput("places_outside_city", said)


def _verdicts(path: Path, kinds: dict[str, str], datum: Datum) -> Iterator[Landmark | Rejected]:
    known = {_plain(word): kind for word, kind in kinds.items()} | {kind: kind for kind in _KINDS}
    names: dict[str, str] = {}
    row = 0
    for row, record in _records(path, datum):
        if not names:
            names = _names(record, path)
        told = {column: record.get(name, "") for column, name in names.items()}
        try:
            # The shapes of a vector file have been brought to WGS84 with it.
            feature = _feature(told, known, Datum.WGS84 if _is_vector(path) else datum)
            yield Landmark(row, feature, names["lon"], told["lon"][:200])
        except _Bad as bad:
            yield Rejected(row, told["name"][:80], names[bad.column], bad.reason, told[bad.column][:200])
    if not row:
        raise InvalidInput("file_empty", filled("%(file)s has no rows", file=path.name), field="file")


def _records(path: Path, datum: Datum) -> Iterator[tuple[int, Record]]:
    if not _is_vector(path):
        if not any(suffix.lower() in KINDS for suffix in path.suffixes):
            kinds = ", ".join((*KINDS, *_VECTOR))
            raise InvalidInput(
                "file_kind", filled("%(file)s: expected %(kinds)s", file=path.name, kinds=kinds), field="file"
            )
        yield from read_records(path)
        return
    # Its shapes are brought to WGS84 as they are read.
    found = read_vector_file(path, datum=datum)
    points = shapely.point_on_surface(found.geometries)
    columns = {name: found.column(name, field="file") for name in found.properties}
    for number, point in enumerate(points, 1):
        record = {name: values[number - 1] for name, values in columns.items()}
        there = point is not None and not point.is_empty
        yield number, record | {"lon": repr(point.x) if there else "", "lat": repr(point.y) if there else ""}


def _is_vector(path: Path) -> bool:
    return path.suffix.lower() in _VECTOR


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _names(record: Record, path: Path) -> dict[str, str]:
    """Our column → what the file calls it."""
    there = {_plain(name): name for name in record}
    names = {
        column: next(there[word] for word in words if word in there)
        for column, words in COLUMNS.items()
        if any(word in there for word in words)
    }
    missing = [column for column in _NEEDED if column not in names]
    if missing:
        said = filled(
            "%(file)s has no column for %(missing)s; it has: %(known)s",
            file=path.name,
            missing=", ".join(missing),
            known=", ".join(record) or "–",
        )
        raise InvalidInput("column_missing", said, field="file")
    return names


def _feature(told: dict[str, str], kinds: dict[str, str], datum: Datum) -> NewFeature:
    if not told["name"]:
        raise _Bad("name", filled("no name"))
    for column, value in told.items():
        if (reason := unstorable(value)) is not None:
            raise _Bad(column, reason)
    also = tuple(filter(None, (name.strip() for name in _SEVERAL.split(told.get("also", "")))))
    for column, value in told.items():
        if (most := _cut_at(column, value, also)) is not None:
            raise _Bad(column, filled("longer than %(most)s signs", most=most))
    lon, lat = degrees(told["lon"], most=180), degrees(told["lat"], most=90)
    if lon is not None and lat is None and abs(lon) <= 90 and degrees(told["lat"], most=180) is not None:
        raise _Bad("lat", filled("more than 90 degrees: are longitude and latitude exchanged?"))
    for column, degree in (("lon", lon), ("lat", lat)):
        if degree is None:
            raise _Bad(column, filled("not a number of degrees"))
    assert lon is not None  # noqa: S101 - narrowing: refused above
    assert lat is not None  # noqa: S101 - narrowing: refused above
    if lon == 0 == lat:
        raise _Bad("lon", filled("0, 0 is no place"))
    word = told.get("kind", "")
    kind = kinds.get(_plain(word), "") if word else "other"
    if not kind:
        raise _Bad("kind", filled("no kind of landmark"))
    return NewFeature(
        layer=Layer.LANDMARK,
        kind=kind,
        shape=shapely.Point(*to_wgs84(lon, lat, datum)),
        name=told["name"],
        name_en=told.get("name_en", ""),
        also=also,
        street=told.get("street", ""),
        house_number=told.get("house_number", ""),
        ref=told.get("ref", ""),
    )


def _cut_at(column: str, value: str, also: tuple[str, ...]) -> int | None:
    """After how many signs a value would be cut off; None where it is kept whole. ``also``: the names that it holds."""
    most = LONGEST.get(column)
    if most is None:
        return None
    if column != "also":
        return most if len(value) > most else None
    if any(len(name) > LONGEST["name"] for name in also):
        return LONGEST["name"]
    # One sign stands between two names.
    return most if sum(len(name) + 1 for name in also) - 1 > most else None
