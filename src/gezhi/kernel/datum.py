"""Geodetic datums of Chinese maps: WGS84, CGCS2000, GCJ-02 and BD-09.

Stored coordinates are WGS84. Devices send WGS84; public map services in China send GCJ-02 (AMap, Tencent, WeChat) or
BD-09 (Baidu), which are shifted by up to some 700 m. CGCS2000 differs from WGS84 by centimetres and is taken as equal.

GCJ-02 has no published inverse: a point is moved until its forward image meets the target, which converges to well
below 1e-9° in a few steps because the shift changes by less than 1 % over its own length.

Every function takes two numbers or two arrays of equal shape, degrees, and returns the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Coordinate = TypeVar("Coordinate", float, NDArray[np.float64])
_Array = NDArray[np.float64]


class Datum(StrEnum):
    """What a pair of longitude and latitude refers to."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True)
class Bounds:
    """A box in degrees, edges included."""

    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float

    def contains(self, lon: float, lat: float) -> bool:
        return self.min_lon <= lon <= self.max_lon and self.min_lat <= lat <= self.max_lat


# Inside this box the shift applies; outside it GCJ-02 and BD-09 are taken to equal WGS84.
SHIFTED_REGION = Bounds(72.004, 0.8293, 137.8347, 55.8271)

# Krasovsky 1940 ellipsoid: semi-major axis in metres and first eccentricity squared.
_KRASOVSKY_A = 6378245.0
_KRASOVSKY_E2 = 0.00669342162296594323
_BD_WAVE = np.pi * 3000.0 / 180.0
_INVERSE_STEPS = 8


def _shifted(lon: _Array, lat: _Array) -> NDArray[np.bool_]:
    box = SHIFTED_REGION
    inside: NDArray[np.bool_] = (
        (lon >= box.min_lon) & (lon <= box.max_lon) & (lat >= box.min_lat) & (lat <= box.max_lat)
    )
    return inside


def _gcj02_offset(lon: _Array, lat: _Array) -> tuple[_Array, _Array]:
    """Degrees that GCJ-02 adds at a WGS84 point."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0

    phi = np.radians(lat)
    flattening = 1.0 - _KRASOVSKY_E2 * np.sin(phi) ** 2
    meridian_radius = _KRASOVSKY_A * (1.0 - _KRASOVSKY_E2) / flattening**1.5
    parallel_radius = _KRASOVSKY_A / np.sqrt(flattening) * np.cos(phi)
    return np.degrees(east / parallel_radius), np.degrees(north / meridian_radius)


def _bd09_offset(lon: _Array, lat: _Array) -> tuple[_Array, _Array]:
    """Degrees that BD-09 adds at a GCJ-02 point."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_WAVE)
    return radius * np.cos(angle) + 0.0065 - lon, radius * np.sin(angle) + 0.006 - lat


def _convert(lon: Coordinate, lat: Coordinate, offset: Any, *, inverse: bool) -> tuple[Coordinate, Coordinate]:
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    # The box decides by the given point in both directions. Whether a point within 700 m of the box's edge has one
    # image, two or none is a gap in the definition; the edges lie at sea or far abroad.
    inside = _shifted(x, y)
    east, north = np.zeros_like(x), np.zeros_like(y)
    if inside.any():
        steps = _INVERSE_STEPS if inverse else 1
        with np.errstate(invalid="ignore", over="ignore"):
            for _ in range(steps):
                origin_x, origin_y = (x - east, y - north) if inverse else (x, y)
                d_lon, d_lat = offset(origin_x, origin_y)
                east, north = np.where(inside, d_lon, 0.0), np.where(inside, d_lat, 0.0)
    moved: Any = (x - east, y - north) if inverse else (x + east, y + north)
    if np.ndim(lon) == 0:
        moved = (float(moved[0]), float(moved[1]))
    pair: tuple[Coordinate, Coordinate] = moved
    return pair


def wgs84_to_gcj02(lon: Coordinate, lat: Coordinate) -> tuple[Coordinate, Coordinate]:
    """Shift WGS84 to GCJ-02; unchanged outside ``SHIFTED_REGION``."""
    return _convert(lon, lat, _gcj02_offset, inverse=False)


def gcj02_to_wgs84(lon: Coordinate, lat: Coordinate) -> tuple[Coordinate, Coordinate]:
    """Undo the GCJ-02 shift to better than 1e-9°; unchanged outside ``SHIFTED_REGION``."""
    return _convert(lon, lat, _gcj02_offset, inverse=True)


def gcj02_to_bd09(lon: Coordinate, lat: Coordinate) -> tuple[Coordinate, Coordinate]:
    """Shift GCJ-02 to BD-09; unchanged outside ``SHIFTED_REGION``."""
    return _convert(lon, lat, _bd09_offset, inverse=False)


def bd09_to_gcj02(lon: Coordinate, lat: Coordinate) -> tuple[Coordinate, Coordinate]:
    """Undo the BD-09 shift to better than 1e-9°; unchanged outside ``SHIFTED_REGION``."""
    return _convert(lon, lat, _bd09_offset, inverse=True)


def to_wgs84(lon: Coordinate, lat: Coordinate, datum: Datum) -> tuple[Coordinate, Coordinate]:
    """Any datum to WGS84."""
    if datum is Datum.BD09:
        lon, lat = bd09_to_gcj02(lon, lat)
    if datum in {Datum.BD09, Datum.GCJ02}:
        return gcj02_to_wgs84(lon, lat)
    return lon, lat


def from_wgs84(lon: Coordinate, lat: Coordinate, datum: Datum) -> tuple[Coordinate, Coordinate]:
    """WGS84 to any datum."""
    if datum in {Datum.BD09, Datum.GCJ02}:
        lon, lat = wgs84_to_gcj02(lon, lat)
    if datum is Datum.BD09:
        return gcj02_to_bd09(lon, lat)
    return lon, lat


class PositionDoubt(StrEnum):
    """Why a position should not be trusted."""

    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    NULL_ISLAND = "null_island"
    SWAPPED = "swapped"
    OUTSIDE = "outside"


# A device without a fix often sends zeros, and rounding may leave a little of them.
_NULL_ISLAND_DEGREES = 0.01


def position_doubts(lon: float, lat: float, *, bounds: Bounds) -> tuple[PositionDoubt, ...]:
    """What speaks against a position that should lie in ``bounds`` (the city's box with a margin), worst first.

    An empty tuple means that nothing does. A pair outside the box whose exchange lies inside it is called swapped.
    """
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return (PositionDoubt.NOT_A_NUMBER,)
    doubts: list[PositionDoubt] = []
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        doubts.append(PositionDoubt.OUT_OF_RANGE)
    elif abs(lon) < _NULL_ISLAND_DEGREES and abs(lat) < _NULL_ISLAND_DEGREES:
        doubts.append(PositionDoubt.NULL_ISLAND)
    if not bounds.contains(lon, lat):
        if bounds.contains(lat, lon):
            doubts.append(PositionDoubt.SWAPPED)
        elif not doubts:
            doubts.append(PositionDoubt.OUTSIDE)
    return tuple(doubts)
