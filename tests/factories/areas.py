"""A small city: one district, one street, two communities side by side, each with grids of a thousandth of a degree."""

from __future__ import annotations

from datetime import UTC, datetime

import shapely

from gezhi.contexts.areas.domain.levels import AreaLevel, VersionStatus
from gezhi.contexts.areas.models import Area, AreaShape, AreaVersion

START = datetime(2026, 1, 1, tzinfo=UTC)
WEST, SOUTH = 112.1, 32.0
CELL = 0.001


def cell(column: int, row: int = 0, columns: int = 1, rows: int = 1) -> shapely.Polygon:
    """A rectangle of grid cells, counted from the south-west corner of the city."""
    # Rounded, so that neighbours have the very same corners.
    west, east = round(WEST + column * CELL, 6), round(WEST + (column + columns) * CELL, 6)
    south, north = round(SOUTH + row * CELL, 6), round(SOUTH + (row + rows) * CELL, 6)
    return shapely.box(west, south, east, north)


def centre(column: int, row: int = 0) -> tuple[float, float]:
    """Longitude and latitude of the middle of a grid cell."""
    return WEST + (column + 0.5) * CELL, SOUTH + (row + 0.5) * CELL


def make_version(number: int = 1, status: VersionStatus = VersionStatus.IN_FORCE) -> AreaVersion:
    return AreaVersion.objects.create(
        number=number, name=f"v{number}", status=status, effective_from=START, created_at=START
    )


def make_area(
    parent: Area | None, code: str, level: AreaLevel, shape: shapely.Geometry, version: AreaVersion, **fields: object
) -> Area:
    values = {"code": code, "name": f"{level} {code}", "level": level, "valid_from": START, **fields}
    if parent is None:
        node = Area.objects.add_root(create_kwargs=values)
    else:
        node = Area.objects.add_child(Area.objects.get(pk=parent.pk), create_kwargs=values)
    west, south, east, north = shape.bounds
    AreaShape.objects.create(
        area=node,
        version_from=version,
        geometry=shape,
        min_lon=west,
        min_lat=south,
        max_lon=east,
        max_lat=north,
        area_m2=shape.area * 111_320**2,
    )
    return node


def make_small_city(grids: int = 4) -> dict[str, Area]:
    """The areas by code: 4206, 420602, 420602001, two communities, and ``grids`` grids in a row, half in each."""
    version = make_version()
    half = grids // 2
    city = make_area(None, "4206", AreaLevel.CITY, cell(0, columns=grids), version, name="襄阳市")
    district = make_area(city, "420602", AreaLevel.DISTRICT, cell(0, columns=grids), version, name="襄城区")
    street = make_area(district, "420602001", AreaLevel.STREET, cell(0, columns=grids), version, name="真武山街道")
    made = [city, district, street]
    for number, (first, count) in enumerate([(0, half), (half, grids - half)], start=1):
        code = f"420602001{number:03}"
        community = make_area(street, code, AreaLevel.COMMUNITY, cell(first, columns=count), version)
        made.append(community)
        for offset in range(count):
            made.append(
                make_area(
                    community, f"{code}{offset + 1:03}", AreaLevel.GRID, cell(first + offset), version, kind="basic"
                )
            )
    return {area.code: Area.objects.get(pk=area.pk) for area in made}
