"""Read polygons from a file that someone sends: GeoJSON, GeoPackage or a zipped Shapefile. Nothing in it is trusted."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from gezhi.kernel.datum import SHIFTED_REGION, Datum, to_wgs84
from gezhi.kernel.errors import InvalidInput

MAX_FILE_BYTES = 500 * 2**20
# Shapefiles shrink to a third or a fifth; one that grows a hundredfold was made to.
MAX_UNZIPPED_BYTES = 1_000 * 2**20
MAX_ZIP_RATIO = 100
MAX_ZIP_ENTRIES = 1_000
MAX_FEATURES = 200_000
_SAMPLE = 5


@dataclass(frozen=True)
class VectorFile:
    """The features of a file: geometries in WGS84 degrees (None where a feature has none) and their properties."""

    geometries: NDArray[np.object_]
    properties: dict[str, list[Any]]
    crs: str

    def column(self, name: str, *, field: str) -> list[str]:
        """A property as text, empty where it is null. Raises ``InvalidInput`` naming the properties there are."""
        if name not in self.properties:
            known = ", ".join(sorted(self.properties)) or "none"
            raise InvalidInput("property_unknown", f"the file has no property '{name}'; it has: {known}", field=field)
        return ["" if value is None else str(value).strip() for value in self.properties[name]]


def read_vector_file(path: Path, *, datum: Datum = Datum.WGS84, crs: str | None = None) -> VectorFile:
    """Read a file and bring its coordinates to WGS84.

    The file's own reference system is believed if its coordinates can belong to it; ``crs`` (``"EPSG:2249"``)
    overrides it where it is wrong. ``datum`` is for files in degrees that are shifted, which no file says of itself.
    Raises ``InvalidInput`` for whatever cannot be read with certainty.
    """
    source = _source(path)
    try:
        meta, _, wkb, columns = pyogrio.raw.read(source, force_2d=True, max_features=MAX_FEATURES + 1)
        geometries = shapely.from_wkb(wkb)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        raise InvalidInput("file_unreadable", f"{path.name} cannot be read: {_plain(error, source)}") from error
    except (pyogrio.errors.GeometryError, shapely.errors.ShapelyError, UnicodeDecodeError) as error:
        raise InvalidInput("file_damaged", f"{path.name} is damaged: {_plain(error, source)}") from error
    if wkb is None or not len(geometries):
        raise InvalidInput("file_empty", f"{path.name} holds no features with a geometry")
    if len(geometries) > MAX_FEATURES:
        raise InvalidInput("file_too_large", f"{path.name} holds more than {MAX_FEATURES:,} features; split it")

    stated = crs or meta["crs"]
    if not stated:
        raise InvalidInput(
            "crs_missing", f"{path.name} does not say in which reference system it is; name it with --crs", field="crs"
        )
    degrees = _to_degrees(geometries, stated, path.name, overridden=crs is not None)
    if datum in {Datum.GCJ02, Datum.BD09}:
        degrees = _unshift(degrees, datum, stated)
    properties = {str(name): list(values) for name, values in zip(meta["fields"], columns, strict=True)}
    return VectorFile(degrees, properties, str(stated))


def _plain(error: Exception, source: str) -> str:
    return str(error).replace(source, "the file").split("; It might help")[0]


def _source(path: Path) -> str:
    """What the reader opens. The kind is decided by the first bytes, so that no other driver is let in by a name."""
    if not path.is_file():
        raise InvalidInput("file_missing", f"there is no file {path}")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise InvalidInput("file_too_large", f"{path.name} has {size:,} bytes; at most {MAX_FILE_BYTES:,} are read")
    with path.open("rb") as handle:
        head = handle.read(64)
    if head.startswith(b"PK\x03\x04"):
        return _zipped_shapefile(path)
    if head.startswith(b"SQLite format 3\x00") or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return str(path)
    raise InvalidInput("file_kind", f"{path.name} is neither GeoJSON nor GeoPackage nor a zipped Shapefile")


def _zipped_shapefile(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise InvalidInput("file_damaged", f"{path.name} is a damaged or truncated zip file") from error
    unzipped = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MAX_ZIP_ENTRIES or unzipped > MAX_UNZIPPED_BYTES or unzipped > MAX_ZIP_RATIO * packed:
        raise InvalidInput(
            "zip_bomb",
            f"{path.name} would unpack to {unzipped:,} bytes in {len(entries)} files from {packed:,} bytes; refused",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise InvalidInput("zip_encrypted", f"{path.name} is encrypted; unpack it first")
    names = {entry.filename for entry in entries if not entry.filename.startswith("__MACOSX/")}
    shapefiles = sorted(name for name in names if name.lower().endswith(".shp"))
    if len(shapefiles) != 1:
        found = ", ".join(shapefiles) or "none"
        raise InvalidInput("file_kind", f"{path.name} must hold exactly one .shp file; it holds: {found}")
    stem = shapefiles[0][:-4]
    lower = {name.lower() for name in names}
    missing = [suffix for suffix in (".shx", ".dbf") if (stem + suffix).lower() not in lower]
    if missing:
        raise InvalidInput("file_incomplete", f"{path.name} lacks {' and '.join(missing)} beside {shapefiles[0]}")
    return f"/vsizip/{path.resolve()}/{shapefiles[0]}"


def _to_degrees(geometries: NDArray[np.object_], stated: str, name: str, *, overridden: bool) -> NDArray[np.object_]:
    try:
        system = pyproj.CRS.from_user_input(stated)
    except CRSError as error:
        raise InvalidInput("crs_unknown", f"'{stated}' is not a known reference system", field="crs") from error
    west, south, east, north = shapely.total_bounds(geometries)
    extent = f"x {west:.1f} to {east:.1f}, y {south:.1f} to {north:.1f}"
    if not np.isfinite([west, south, east, north]).all():
        raise InvalidInput("file_empty", f"{name} holds no usable coordinates")
    if system.is_geographic:
        if west < -180.0 or east > 180.0 or south < -90.0 or north > 90.0:
            advice = "" if overridden else "; the stated system is wrong: name the true one with --crs"
            raise InvalidInput(
                "crs_impossible", f"{name} is stated to be in degrees ({stated}), but runs over {extent}{advice}"
            )
        # CGCS2000 and WGS84 differ by centimetres; other datums are transformed below.
        if system.to_epsg() in {4326, 4490, 4979} or "CRS84" in stated:
            return geometries
    elif west >= -180.0 and east <= 180.0 and south >= -90.0 and north <= 90.0:
        raise InvalidInput(
            "crs_impossible",
            f"{name} is stated to be in {system.axis_info[0].unit_name} ({stated}), but runs over"
            f" {extent}, which looks like degrees; name the true system with --crs",
        )
    to_wgs84_ = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84_.transform(points[:, 0], points[:, 1]))

    degrees: NDArray[np.object_] = shapely.transform(geometries, project)
    if not np.isfinite(shapely.get_coordinates(degrees)).all():
        raise InvalidInput("crs_impossible", f"{name} has coordinates ({extent}) that {stated} cannot hold")
    return degrees


def _unshift(degrees: NDArray[np.object_], datum: Datum, stated: str) -> NDArray[np.object_]:
    if not pyproj.CRS.from_user_input(stated).is_geographic:
        raise InvalidInput(
            "datum_impossible", f"the file is projected ({stated}); {datum.value} is only for degrees", field="datum"
        )
    west, south, east, north = shapely.total_bounds(degrees)
    if not (SHIFTED_REGION.contains(west, south) and SHIFTED_REGION.contains(east, north)):
        raise InvalidInput(
            "datum_impossible",
            f"{datum.value} is a shift inside China; the file runs over {west:.3f} to {east:.3f},"
            f" {south:.3f} to {north:.3f}",
            field="datum",
        )

    def unshift(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum))

    shifted: NDArray[np.object_] = shapely.transform(degrees, unshift)
    return shifted
