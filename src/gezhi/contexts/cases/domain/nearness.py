"""How finely a stranger may learn where something is open: by the cell of a fixed net, and no finer.

What is told is the same at every point of a cell, so no number of questions from however many points gives more than the
cell (no trilateration). A cell is some 222 metres high and wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, floor, radians

# 222 metres of latitude. A cell must not be smaller than 100 metres, and 'close by' should mean a walk of minutes.
STEP_DEGREES = 0.002
# Towards the poles a row has few cells; beyond this latitude nobody reports anything.
_LAST_LATITUDE = 85.0


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One cell of the net: ``row`` counts from the equator, ``column`` from the meridian of Greenwich."""

    row: int
    column: int


def _columns_per_degree(row: int) -> float:
    middle = (row + 0.5) * STEP_DEGREES
    return max(cos(radians(min(abs(middle), _LAST_LATITUDE))), 0.01) / STEP_DEGREES


def cell_of(lon: float, lat: float) -> Cell:
    """The cell in which a point (WGS84 degrees) lies."""
    row = floor(lat / STEP_DEGREES)
    return Cell(row, floor(lon * _columns_per_degree(row)))


def bounds_of(cell: Cell) -> tuple[float, float, float, float]:
    """West, south, east and north of a cell in degrees, with a hair's breadth around it."""
    wide = _columns_per_degree(cell.row)
    hair = STEP_DEGREES / 1_000
    return (
        cell.column / wide - hair,
        cell.row * STEP_DEGREES - hair,
        (cell.column + 1) / wide + hair,
        (cell.row + 1) * STEP_DEGREES + hair,
    )
