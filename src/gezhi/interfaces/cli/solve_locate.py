"""``gezhi solve locate``: which area holds each point of a CSV file."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import click
import shapely

from gezhi.interfaces.cli.solver_files import bad_input_refused, refuse, writable, written_whole
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.locate import NOWHERE, AreaIndex

BATCH = 100_000


def _area(feature: Any, place: str, prop: str | None) -> tuple[str, shapely.Geometry]:
    """The id and the polygon of a feature; ``place`` is what messages call it."""
    properties = feature.get("properties") or {} if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise InvalidInput("areas.no_feature", "is no Feature with an object of properties", field=place)
    name = properties.get(prop) if prop else feature.get("id", properties.get("id"))
    if name is None or name == "":
        wanted = f"property '{prop}'" if prop else "id (name the property that holds it with --id)"
        raise InvalidInput("areas.no_id", f"has no {wanted}", field=place)
    if not isinstance(name, str | int | float):
        raise InvalidInput("areas.no_id", "id is neither text nor number", field=place)
    try:
        given = feature.get("geometry")
        shape = None if given is None else shapely.from_geojson(json.dumps(given))
    except shapely.GEOSException as error:
        raise InvalidInput("areas.no_polygon", f"geometry cannot be read: {error}", field=place) from error
    if shape is None or shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        raise InvalidInput("areas.no_polygon", "geometry is no Polygon or MultiPolygon", field=place)
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        message = f"reaches from {west:g}, {south:g} to {east:g}, {north:g}: these are no degrees"
        raise InvalidInput("areas.not_degrees", message, field=place)
    return str(name), shape


def _areas(path: Path, prop: str | None) -> AreaIndex:
    """Read polygons with their ids from a GeoJSON FeatureCollection."""
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        refuse(f"{path}: {error.strerror or error}")
    except ValueError as error:
        refuse(f"{path}: not valid JSON: {error}")
    except RecursionError:
        refuse(f"{path}: lists or objects lie too deep in each other")
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise InvalidInput("areas.not_a_collection", "is no FeatureCollection", field=str(path))
    found = [_area(feature, f"{path}: features[{number}]", prop) for number, feature in enumerate(features)]
    try:
        return AreaIndex([shape for _, shape in found], [name for name, _ in found])
    except ValueError as error:
        raise InvalidInput("areas.unusable", str(error), field=str(path)) from error


def _number(row: dict[str, str], name: str, least: float, most: float, place: str) -> float:
    text = (row.get(name) or "").strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise InvalidInput("points.bad_number", f"'{text}' is no number from {least:g} to {most:g}", field=place)
    return value


def _answer(points: Path, index: AreaIndex, out: Path) -> int:
    """Write id,area for every row of ``points``; returns the number of rows."""
    rows = 0
    with written_whole(out) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as target:
        try:
            with points.open(encoding="utf-8-sig", newline="") as source:
                reader = csv.DictReader(source)
                missing = [name for name in ("id", "lon", "lat") if name not in (reader.fieldnames or [])]
                if missing:
                    raise InvalidInput("points.no_column", f"has no column {', '.join(missing)}", field=str(points))
                writer = csv.writer(target, lineterminator="\n")
                writer.writerow(["id", "area"])
                names: list[str] = []
                xs: list[float] = []
                ys: list[float] = []

                def settle() -> None:
                    found = index.positions(xs, ys)
                    areas = ("" if position == NOWHERE else index.ids[position] for position in found.tolist())
                    writer.writerows(zip(names, areas, strict=True))
                    for taken in (names, xs, ys):
                        taken.clear()

                for row in reader:
                    rows += 1
                    xs.append(_number(row, "lon", -180, 180, f"{points}: row {rows}, lon"))
                    ys.append(_number(row, "lat", -90, 90, f"{points}: row {rows}, lat"))
                    names.append(row["id"])
                    if len(names) == BATCH:
                        settle()
                settle()
        except UnicodeDecodeError as error:
            refuse(f"{points}: not valid UTF-8 after row {rows}: {error.reason}")
        except (OSError, csv.Error) as error:
            refuse(f"{points}: after row {rows}: {error}")
    return rows


@click.command()
@click.argument("areas", metavar="AREAS.geojson", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("points", metavar="POINTS.csv", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    callback=writable,
    help="CSV file: id,area.",
)
@click.option("--id", "prop", help="Property that holds an area's id; without it the feature's own id.")
def command(areas: Path, points: Path, out: Path, prop: str | None) -> None:
    """Find the area of each point.

    AREAS.geojson is a FeatureCollection of polygons, POINTS.csv has the columns id,lon,lat (degrees, in the datum
    of the areas). The answer has one row for each point: id,area. The area is empty where no polygon touches the
    point; on a border it is the lexicographically smallest id that touches it.
    """
    with bad_input_refused():
        rows = _answer(points, _areas(areas, prop), out)
    click.echo(f"{rows} points located", err=True)
