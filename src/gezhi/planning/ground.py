"""A plane over some land: metres east and north of its south-west corner, as the solvers take places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.contexts.areas.queries import AreaLand
from gezhi.kernel.plane import Plane

Floats = NDArray[np.float64]


def shapes_of(lands: Sequence[AreaLand]) -> NDArray[np.object_]:
    """The borders (degrees) as an array."""
    shapes = np.empty(len(lands), dtype=object)
    shapes[:] = [land.shape for land in lands]
    return shapes


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """``width_m`` × ``height_m`` metres of land in the plane ``plane``, from its corner (``west_m``, ``south_m``)."""

    plane: Plane
    west_m: float
    south_m: float
    width_m: float
    height_m: float

    @classmethod
    def over(cls, lands: Sequence[AreaLand]) -> LocalPlane:
        """The plane of the smallest rectangle around ``lands``, at least one."""
        shapes = shapes_of(lands)
        plane = Plane.around(shapes)
        west, south, east, north = shapely.total_bounds(plane.to_metres(shapes)).tolist()
        return cls(plane, west, south, east - west, north - south)

    def metres(self, places: Sequence[tuple[float, float]]) -> tuple[Floats, Floats]:
        """Longitudes and latitudes as metres east and north of the corner."""
        degrees = np.array(places, dtype=np.float64).reshape(-1, 2)
        flat = shapely.get_coordinates(self.plane.to_metres(shapely.points(degrees)))
        return flat[:, 0] - self.west_m, flat[:, 1] - self.south_m
