"""The ground that a fleet covers: its extent, the cells on which work and workers are added up, and how fast one goes."""

from __future__ import annotations

import math
from typing import NamedTuple

from gezhi.kernel.errors import InvalidInput

CELL_KM = 0.5
SPEED_KMH = 12.0
# One change of a field is a pass over all cells: so many cost some 10 µs.
USUAL_CELLS, MOST_CELLS = 10_000, 40_000
_MOST_KM, _MOST_KMH = 10_000.0, 1_000.0


class Ground(NamedTuple):
    """A rectangle of square cells. Places on it are kilometres east and north of its south-west corner."""

    columns: int
    rows: int
    cell_km: float
    speed_km_min: float

    @classmethod
    def covering(
        cls, *, width_km: float, height_km: float, speed_kmh: float = SPEED_KMH, cell_km: float | None = None
    ) -> Ground:
        """The fewest cells that cover so much land; without ``cell_km`` of half a kilometre, or larger where that makes
        more than ``USUAL_CELLS``. Raises ``InvalidInput`` for lengths or speeds that cannot be."""
        given = (
            ("width_km", width_km, _MOST_KM),
            ("height_km", height_km, _MOST_KM),
            ("speed_kmh", speed_kmh, _MOST_KMH),
            ("cell_km", CELL_KM if cell_km is None else cell_km, _MOST_KM),
        )
        for name, value, most in given:
            if not (math.isfinite(value) and 0 < value <= most):
                raise InvalidInput("dispatch.bad_number", f"must be a number above 0, at most {most:g}", field=name)
        if cell_km is None:
            cell_km = max(CELL_KM, math.sqrt(width_km * height_km / USUAL_CELLS))
        columns, rows = math.ceil(width_km / cell_km), math.ceil(height_km / cell_km)
        if columns * rows > MOST_CELLS:
            what = f"makes {columns} × {rows} cells, more than {MOST_CELLS}: take larger ones"
            raise InvalidInput("dispatch.bad_number", what, field="cell_km")
        return cls(columns, rows, cell_km, speed_kmh / 60.0)

    @property
    def width_km(self) -> float:
        """From west to east."""
        return self.columns * self.cell_km

    @property
    def height_km(self) -> float:
        """From south to north."""
        return self.rows * self.cell_km


# Where the published figures were taken.
SQUARE = Ground.covering(width_km=10.0, height_km=10.0)
