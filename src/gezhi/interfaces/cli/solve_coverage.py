"""``gezhi solve coverage``: areas of one or several departments made into one coverage, with every change told."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.interfaces.cli.solver_files import bad_input_refused, finish, out_option, refuse, writable, written_whole
from gezhi.kernel.datum import Datum
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.plane import Plane
from gezhi.platform.geodb.vector_file import read_vector_file
from gezhi.solvers.certificate import Certificate, Reason, Status
from gezhi.solvers.coverage import (
    SNAPPING_M,
    Change,
    ChangeKind,
    CleanedCoverage,
    Layer,
    Overlay,
    Why,
    check_coverage,
    clean_coverage,
    overlay_layers,
)


@dataclass(frozen=True, slots=True)
class _Read:
    """A layer as read: ids, polygons cleaned, and the areas that only the widths of tidying would take away."""

    ids: list[str]
    cleaned: CleanedCoverage
    tidied_away: frozenset[str]


def _read(path: Path, prop: str, datum: str, *, crs: str | None, gap_m: float, snap_m: float) -> _Read:
    source = read_vector_file(path, datum=Datum(datum), crs=crs)
    ids = source.column(prop, field=str(path))
    seen: set[str] = set()
    for number, (name, shape) in enumerate(zip(ids, source.geometries, strict=True)):
        place = f"{path}: features[{number}]"
        if not name:
            raise InvalidInput("coverage.no_id", f"property '{prop}' is empty", field=place)
        if name in seen:
            raise InvalidInput("coverage.duplicate_id", f"'{name}' stands twice", field=place)
        seen.add(name)
        if shape is None or shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
            raise InvalidInput("coverage.no_polygon", "geometry is no Polygon or MultiPolygon", field=place)
    cleaned = clean_coverage(source.geometries, ids, gap_width_m=gap_m, snapping_m=snap_m)
    if not cleaned.vanished:
        return _Read(ids, cleaned, frozenset())
    least = clean_coverage(source.geometries, ids, gap_width_m=0.0, snapping_m=min(snap_m, SNAPPING_M))
    return _Read(ids, cleaned, frozenset(cleaned.vanished) - frozenset(least.vanished))


def _systems(files: tuple[Path, ...], given: tuple[str, ...]) -> dict[Path, str]:
    """The reference system that is given for each file: LAYER=SYSTEM for one, SYSTEM for all that none is given for."""
    named: dict[Path, str] = {}
    rest: list[str] = []
    for text in given:
        path = next((path for path in files if text.startswith(f"{path}=")), None)
        if path is None:
            rest.append(text)
        else:
            named[path] = text.removeprefix(f"{path}=")
    if len(rest) > 1:
        raise InvalidInput(
            "coverage.crs_twice", f"'{rest[0]}' is given for all layers too; name one as LAYER={rest[1]}", field="--crs"
        )
    return dict.fromkeys(files, rest[0]) | named if rest else named


def _points(path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees float64[p, 2] and households float64[p] of a CSV file with lon, lat and perhaps households."""
    place: list[tuple[float, float]] = []
    held: list[float] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source)
            missing = [name for name in ("lon", "lat") if name not in (reader.fieldnames or [])]
            if missing:
                raise InvalidInput("points.no_column", f"has no column {', '.join(missing)}", field=str(path))
            for number, row in enumerate(reader, start=1):
                found = []
                for name, least, most in (("lon", -180.0, 180.0), ("lat", -90.0, 90.0), ("households", 0.0, 1e9)):
                    text = (row.get(name, "1") or "").strip()
                    try:
                        value = float(text)
                    except ValueError:
                        value = math.nan
                    if not least <= value <= most:
                        message = f"'{text}' is no number from {least:g} to {most:g}"
                        raise InvalidInput("points.bad_number", message, field=f"{path}: row {number}, {name}")
                    found.append(value)
                place.append((found[0], found[1]))
                held.append(found[2])
    except OSError as error:
        refuse(f"{path}: {error.strerror or error}")
    except (UnicodeDecodeError, csv.Error) as error:
        refuse(f"{path}: after row {len(place)}: {error}")
    return np.array(place, dtype=np.float64).reshape(-1, 2), np.array(held, dtype=np.float64)


def _write_areas(path: Path, owners: tuple[str, ...], polygons: NDArray[np.object_], held: NDArray[np.float64]) -> None:
    features = [
        {
            "type": "Feature",
            "id": name,
            "properties": {"code": name, "households": float(people)},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for name, shape, people in zip(owners, polygons, held, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    with written_whole(path) as unfinished:
        unfinished.write_text(json.dumps(collection, ensure_ascii=False) + "\n", encoding="utf-8")


def _transfers(found: Overlay, plane: Plane) -> list[dict[str, Any]]:
    if not found.transfers:
        return []
    inner = shapely.point_on_surface(found.faces[[one.face for one in found.transfers]])
    places = shapely.get_coordinates(plane.to_degrees(inner))
    return [
        {
            "from": one.before,
            "to": one.after,
            "why": one.why,
            "area_m2": round(one.area_m2, 3),
            "households": one.households,
            "lon": round(lon, 7),
            "lat": round(lat, 7),
        }
        for one, (lon, lat) in zip(found.transfers, places.tolist(), strict=True)
    ]


def _gone_words(vanished: Change, layer: str, why: str) -> str:
    """Which area is gone, what lies in its place, and what would keep it where an option does."""
    beside = f" ({vanished.area_m2:.0f} m²): '{vanished.other}' lies in its place" if vanished.other else ""
    if not beside and why:
        beside = f" ({vanished.area_m2:.0f} m²)"
    return f"nothing is left of area '{vanished.id}' of {layer}{beside}{why}"


def _why_given_away(name: str, found: Overlay, sliver: float) -> str:
    """Why the overlay gave all land of an area away."""
    lost = [one for one in found.transfers if one.before == name]
    narrow = sum(one.area_m2 for one in lost if one.why is Why.SLIVER)
    if narrow:
        return (
            f"; the {narrow:.1f} m² that others leave of it are narrower than {sliver:g} m and go to a neighbour: --sliver 0 "
            "keeps them"
        )
    if any(one.why is Why.KEPT_WHOLE for one in lost):
        return "; it lies in areas that --whole keeps whole, and most of their households are another's"
    return ""


@click.command()
@click.argument("files", metavar="LAYER...", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@out_option
@click.option(
    "--areas",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=writable,
    help="GeoJSON file for the areas, degrees (WGS84).",
)
@click.option("--id", "prop", default="code", show_default=True, help="Property that holds an area's id.")
@click.option(
    "--whole",
    "whole",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="One of the layers, not the first, whose areas may not be cut. May be given again.",
)
@click.option(
    "--points",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file with lon,lat and perhaps households (1 if left out): who lives where decides.",
)
@click.option(
    "--datum", type=click.Choice([one.value for one in Datum]), default=Datum.WGS84.value, show_default=True,
    help="Datum of layers and points in degrees.",
)  # fmt: skip
@click.option(
    "--crs", multiple=True, metavar="[LAYER=]TEXT",
    help="True reference system of the layers, or of one, that state a wrong one or none, e.g. EPSG:2249. May be given again.",
)  # fmt: skip
@click.option(
    "--gap",
    type=click.FloatRange(min=0, max=1_000),
    default=20.0,
    show_default=True,
    help="Metres: narrower holes are closed.",
)
@click.option(
    "--snap",
    type=click.FloatRange(min=0, max=100),
    default=0.01,
    show_default=True,
    help="Metres: nearer vertices are one.",
)
@click.option(
    "--sliver",
    type=click.FloatRange(min=0, max=100),
    default=2.0,
    show_default=True,
    help="Metres: narrower faces without households go to a neighbour, unless an area has no wider one.",
)
def command(
    files: tuple[Path, ...],
    out: Path,
    areas: Path | None,
    prop: str,
    whole: tuple[Path, ...],
    points: Path | None,
    datum: str,
    crs: tuple[str, ...],
    gap: float,
    snap: float,
    sliver: float,
) -> None:
    """Clean a layer of areas, or make the layers of several departments into one coverage.

    Each LAYER is GeoJSON, GeoPackage or a zipped Shapefile of polygons. The first is the master: its areas are kept, and
    land that the others have and it has not goes to the owner of most of their households. Nothing is imported.

    \b
    OUT is JSON:
      status        feasible: one valid coverage; partial: the certificate lists what is left;
                    impossible (exit 3): an area would vanish, which the claim names first, with the option
                    that keeps it where there is one; none_found (exit 4): only --snap or --gap take it away
      cleaned       {layer: [{id, kind: vanished, contained (in other: it keeps its land), overlapped
                    (with other), ring_mended, gained or lost, area_m2, other}]}
      transfers     [{from (null: nobody), to, why: outside_master, kept_whole or sliver, area_m2, households,
                    lon, lat (a point in it)}]: land that has another owner than by the first layer alone
      figures       areas, faces, area_m2, households, households_outside, cleaned, transfers
      certificate   claim, reasons [{code, message, concerns}]
    """
    with bad_input_refused():
        for path in whole:
            if path not in files[1:]:
                raise InvalidInput(
                    "coverage.no_layer", "is none of the layers after the first", field=f"--whole {path}"
                )
        systems = _systems(files, crs)
        read = [_read(path, prop, datum, crs=systems.get(path), gap_m=gap, snap_m=snap) for path in files]
        place, held = (np.empty((0, 2)), np.empty(0)) if points is None else _points(points)
        plane = Plane.around(np.concatenate([one.cleaned.polygons for one in read]))
        metres = shapely.get_coordinates(plane.to_metres(shapely.points(place))) if len(place) else place
        layers = []
        for path, one in zip(files, read, strict=True):
            kept = np.flatnonzero(~shapely.is_empty(one.cleaned.polygons))
            shapes = plane.to_metres(one.cleaned.polygons[kept])
            names = [one.ids[number] for number in kept.tolist()]
            layers.append(
                Layer(path.name, shapes, names, path in whole, frozenset(names) - frozenset(one.cleaned.rims))
            )
        found = overlay_layers(layers, points=metres, households=held, sliver_m=sliver)
        polygons = plane.to_degrees(found.polygons)
        left = check_coverage(polygons, found.owners, gap_width_m=gap).faults
        too_narrow = f"; it is narrower than --snap {snap:g} m or --gap {gap:g} m allow: smaller ones keep it"
        gone = [
            (path.name, change, too_narrow if change.id in one.tidied_away else "")
            for path, one in zip(files, read, strict=True)
            for change in one.cleaned.changes
            if change.kind is ChangeKind.VANISHED
        ]
        # Of the first layer, whose areas own the land: one of which the overlay left nothing.
        there = {change.id for layer, change, _ in gone if layer == files[0].name} | set(found.owners)
        ids, first = read[0].ids, read[0].cleaned
        for place_of, name in enumerate(ids):
            if name not in there:
                told = [
                    change for change in first.changes if change.id == name and change.kind is ChangeKind.OVERLAPPED
                ]
                other = max(told, key=lambda change: change.area_m2, default=None)
                size = float(shapely.area(plane.to_metres(first.polygons[[place_of]]))[0])
                size += sum(one.area_m2 for one in first.changes if one.id == name and one.kind is ChangeKind.LOST)
                beside = "" if other is None else other.other
                change = Change(name, ChangeKind.VANISHED, size, beside)
                gone.append((files[0].name, change, _why_given_away(name, found, sliver)))
        reasons = [Reason("vanished", _gone_words(one, layer, why), (one.id,)) for layer, one, why in gone]
        avoidable = all(why == too_narrow for _, _, why in gone)
        reasons += [
            Reason(fault.kind.value, f"{fault.kind.value.replace('_', ' ')}, {fault.area_m2:.2f} m²", fault.ids)
            for fault in left
        ]
        transfers = _transfers(found, plane)
        changes = {
            path.name: [asdict(change) for change in one.cleaned.changes] for path, one in zip(files, read, strict=True)
        }
        figures = {
            "areas": len(found.owners),
            "faces": len(found.faces),
            "area_m2": round(float(shapely.area(found.polygons).sum()), 3),
            "households": float(found.face_households.sum()),
            "households_outside": found.uncovered,
            "cleaned": sum(len(some) for some in changes.values()),
            "transfers": len(transfers),
        }
        status = Status.PARTIAL if reasons else Status.FEASIBLE
        if gone:
            status = Status.NONE_FOUND if avoidable else Status.IMPOSSIBLE
        claim = "".join(f"{reason.message}. " for reason in reasons[: len(gone)])
        claim += f"{len(found.owners)} areas; {figures['cleaned']} changes in cleaning, {len(transfers)} faces changed hands. "
        claim += (
            f"{len(reasons)} faults are left."
            if reasons
            else f"Checked: no overlap, and no hole narrower than {gap:g} m."
        )
    if areas is not None:
        sums = np.bincount(found.face_owner, weights=found.face_households, minlength=len(found.owners))
        _write_areas(areas, found.owners, polygons, np.asarray(sums, np.float64))
    answer = {
        "status": status,
        "cleaned": changes,
        "transfers": transfers,
        "figures": figures,
        "certificate": Certificate(claim=claim, reasons=tuple(reasons)),
    }
    finish(out, answer, status, claim)
