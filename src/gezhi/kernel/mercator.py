"""The web's Mercator map as one square: x and y from 0 to 1, y to the south (EPSG:3857, scaled), and its square tiles.

Source of the tile addresses: the scheme of OpenStreetMap and OGC's WebMercatorQuad (17-083r4, annex D.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# Where the square ends: the latitude at which the map is as tall as it is wide.
MOST_LATITUDE = 85.051_128_779_806_59

Floats = npt.NDArray[np.float64]

# Tiles of this zoom are four centimetres wide.
_CLOSEST = 30


def to_square(points: Floats) -> Floats:
    """Points of the square for an array of (n, 2) degrees, longitude first (WGS84). Beyond ``MOST_LATITUDE``: at the edge."""
    latitude = np.radians(np.clip(points[:, 1], -MOST_LATITUDE, MOST_LATITUDE))
    y = 0.5 - np.log(np.tan(np.pi / 4 + latitude / 2)) / (2 * np.pi)
    return np.column_stack([points[:, 0] / 360 + 0.5, y])


def to_degrees(points: Floats) -> Floats:
    """The inverse of ``to_square``: degrees for an array of (n, 2) points of the square."""
    latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * points[:, 1]))))
    return np.column_stack([points[:, 0] * 360 - 180, latitude])


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of the square: ``zoom`` halves it so many times; ``x`` counts from the west, ``y`` from the north."""

    zoom: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether the square has such a tile, as close as any map comes."""
        return 0 <= self.zoom <= _CLOSEST and 0 <= self.x < 1 << self.zoom and 0 <= self.y < 1 << self.zoom

    @property
    def size(self) -> float:
        """Its side, as a part of the square's."""
        return 1.0 / (1 << self.zoom)

    def box(self, beyond: float) -> tuple[float, float, float, float]:
        """West, north, east and south of the tile in the square, wider by ``beyond`` of its side on each side."""
        side, edge = self.size, self.size * beyond
        west, north = self.x * side, self.y * side
        return west - edge, north - edge, west + side + edge, north + side + edge
