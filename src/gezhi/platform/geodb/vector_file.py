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
from gezhi.kernel.filled import filled

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
            said = filled("the file has no property '%(name)s'; it has: %(known)s", name=name, known=known)
            raise InvalidInput("property_unknown", said, field=field)
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
        said = filled("%(file)s cannot be read: %(reason)s", file=path.name, reason=_plain(error, source))
        raise InvalidInput("file_unreadable", said) from error
    except (pyogrio.errors.GeometryError, shapely.errors.ShapelyError, UnicodeDecodeError) as error:
        said = filled("%(file)s is damaged: %(reason)s", file=path.name, reason=_plain(error, source))
        raise InvalidInput("file_damaged", said) from error
    if wkb is None or not len(geometries):
        raise InvalidInput("file_empty", filled("%(file)s holds no features with a geometry", file=path.name))
    if len(geometries) > MAX_FEATURES:
        said = filled("%(file)s holds more than %(most)s features; split it", file=path.name, most=f"{MAX_FEATURES:,}")
        raise InvalidInput("file_too_large", said)

    stated = crs or meta["crs"]
    if not stated:
        said = filled("%(file)s does not say in which reference system it is; name it with --crs", file=path.name)
        raise InvalidInput("crs_missing", said, field="crs")
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
        raise InvalidInput("file_missing", filled("there is no file %(file)s", file=str(path)))
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        said = filled(
            "%(file)s has %(size)s bytes; at most %(most)s are read",
            file=path.name,
            size=f"{size:,}",
            most=f"{MAX_FILE_BYTES:,}",
        )
        raise InvalidInput("file_too_large", said)
    with path.open("rb") as handle:
        head = handle.read(64)
    if head.startswith(b"PK\x03\x04"):
        return _zipped_shapefile(path)
    if head.startswith(b"SQLite format 3\x00") or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return str(path)
    said = filled("%(file)s is neither GeoJSON nor GeoPackage nor a zipped Shapefile", file=path.name)
    raise InvalidInput("file_kind", said)


def _zipped_shapefile(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        said = filled("%(file)s is a damaged or truncated zip file", file=path.name)
        raise InvalidInput("file_damaged", said) from error
    unzipped = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MAX_ZIP_ENTRIES or unzipped > MAX_UNZIPPED_BYTES or unzipped > MAX_ZIP_RATIO * packed:
        said = filled(
            "%(file)s would unpack to %(unzipped)s bytes in %(count)s files from %(packed)s bytes; refused",
            file=path.name,
            unzipped=f"{unzipped:,}",
            count=len(entries),
            packed=f"{packed:,}",
        )
        raise InvalidInput("zip_bomb", said)
    if any(entry.flag_bits & 1 for entry in entries):
        raise InvalidInput("zip_encrypted", filled("%(file)s is encrypted; unpack it first", file=path.name))
    names = {entry.filename for entry in entries if not entry.filename.startswith("__MACOSX/")}
    shapefiles = sorted(name for name in names if name.lower().endswith(".shp"))
    if len(shapefiles) != 1:
        found = ", ".join(shapefiles) or "none"
        said = filled("%(file)s must hold exactly one .shp file; it holds: %(found)s", file=path.name, found=found)
        raise InvalidInput("file_kind", said)
    stem = shapefiles[0][:-4]
    lower = {name.lower() for name in names}
    missing = [suffix for suffix in (".shx", ".dbf") if (stem + suffix).lower() not in lower]
    if missing:
        said = filled(
            "%(file)s lacks %(missing)s beside %(shapefile)s",
            file=path.name,
            missing=", ".join(missing),
            shapefile=shapefiles[0],
        )
        raise InvalidInput("file_incomplete", said)
    return f"/vsizip/{path.resolve()}/{shapefiles[0]}"


def _to_degrees(geometries: NDArray[np.object_], stated: str, name: str, *, overridden: bool) -> NDArray[np.object_]:
    try:
        system = pyproj.CRS.from_user_input(stated)
    except CRSError as error:
        said = filled("'%(crs)s' is not a known reference system", crs=stated)
        raise InvalidInput("crs_unknown", said, field="crs") from error
    west, south, east, north = shapely.total_bounds(geometries)
    extent = filled(
        "x %(west)s to %(east)s, y %(south)s to %(north)s",
        west=f"{west:.1f}",
        east=f"{east:.1f}",
        south=f"{south:.1f}",
        north=f"{north:.1f}",
    )
    if not np.isfinite([west, south, east, north]).all():
        raise InvalidInput("file_empty", filled("%(file)s holds no usable coordinates", file=name))
    if system.is_geographic:
        if west < -180.0 or east > 180.0 or south < -90.0 or north > 90.0:
            said = filled(
                "%(file)s is stated to be in degrees (%(crs)s), but runs over %(extent)s",
                file=name,
                crs=stated,
                extent=extent,
            )
            if west >= -90.0 and east <= 90.0 and south >= -180.0 and north <= 180.0:
                said = filled("%(fault)s; the axes seem swapped: longitude comes first, then latitude", fault=said)
            elif not overridden:
                said = filled("%(fault)s; the stated system is wrong: name the true one with --crs", fault=said)
            raise InvalidInput("crs_impossible", said)
        # CGCS2000 and WGS84 differ by centimetres; other datums are transformed below.
        if system.to_epsg() in {4326, 4490, 4979} or "CRS84" in stated:
            return geometries
    elif west >= -180.0 and east <= 180.0 and south >= -90.0 and north <= 90.0:
        said = filled(
            "%(file)s is stated to be in %(unit)s (%(crs)s), but runs over %(extent)s, which looks like degrees; name the true"
            " system with --crs",
            file=name,
            unit=system.axis_info[0].unit_name,
            crs=stated,
            extent=extent,
        )
        raise InvalidInput("crs_impossible", said)
    to_wgs84_ = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84_.transform(points[:, 0], points[:, 1]))

    degrees: NDArray[np.object_] = shapely.transform(geometries, project)
    if not np.isfinite(shapely.get_coordinates(degrees)).all():
        said = filled(
            "%(file)s has coordinates (%(extent)s) that %(crs)s cannot hold", file=name, extent=extent, crs=stated
        )
        raise InvalidInput("crs_impossible", said)
    return degrees


def _unshift(degrees: NDArray[np.object_], datum: Datum, stated: str) -> NDArray[np.object_]:
    if not pyproj.CRS.from_user_input(stated).is_geographic:
        said = filled("the file is projected (%(crs)s); %(datum)s is only for degrees", crs=stated, datum=datum.value)
        raise InvalidInput("datum_impossible", said, field="datum")
    west, south, east, north = shapely.total_bounds(degrees)
    if not (SHIFTED_REGION.contains(west, south) and SHIFTED_REGION.contains(east, north)):
        said = filled(
            "%(datum)s is a shift inside China; the file runs over %(west)s to %(east)s, %(south)s to %(north)s",
            datum=datum.value,
            west=f"{west:.3f}",
            east=f"{east:.3f}",
            south=f"{south:.3f}",
            north=f"{north:.3f}",
        )
        raise InvalidInput("datum_impossible", said, field="datum")

    def unshift(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum))

    shifted: NDArray[np.object_] = shapely.transform(degrees, unshift)
    return shifted
