"""Travel times without a road graph: what a decision asks of any travel, and two that are a distance and a speed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.dispatch.ground import SPEED_KMH
from gezhi.solvers.dispatch.state import ways_min

Floats = NDArray[np.float64]
_MOST_KMH, _MOST_DETOUR = 1_000.0, 100.0


class Travel(Protocol):
    """Seconds from each worker to each case (n × m), infinite where there is no way. Places in metres of one plane."""

    def seconds(self, *, case_x: ArrayLike, case_y: ArrayLike, worker_x: ArrayLike, worker_y: ArrayLike) -> Floats: ...


def _check(name: str, value: float, *, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most and value > 0):
        what = f"from {least:g}" if least else "above 0"
        raise InvalidInput("travel.bad_number", f"must be a number {what}, at most {most:g}", field=name)


def _km(values: ArrayLike) -> Floats:
    return np.atleast_1d(np.asarray(values, dtype=np.float64)) / 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectilinear:
    """First along x, then along y, at a constant speed: the ways of the simulated day."""

    speed_kmh: float = SPEED_KMH

    def __post_init__(self) -> None:
        _check("speed_kmh", self.speed_kmh, least=0.0, most=_MOST_KMH)

    def seconds(self, *, case_x: ArrayLike, case_y: ArrayLike, worker_x: ArrayLike, worker_y: ArrayLike) -> Floats:
        """See :class:`Travel`."""
        minutes: Floats = ways_min(_km(case_x), _km(case_y), _km(worker_x), _km(worker_y), self.speed_kmh / 60.0)
        return minutes * 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Straight:
    """Straight lines at a constant speed. ``detour``: how much longer the real way is than the line, on average."""

    speed_kmh: float = SPEED_KMH
    detour: float = 1.3

    def __post_init__(self) -> None:
        _check("speed_kmh", self.speed_kmh, least=0.0, most=_MOST_KMH)
        _check("detour", self.detour, least=1.0, most=_MOST_DETOUR)

    def seconds(self, *, case_x: ArrayLike, case_y: ArrayLike, worker_x: ArrayLike, worker_y: ArrayLike) -> Floats:
        """See :class:`Travel`."""
        east = _km(case_x)[:, None] - _km(worker_x)[None, :]
        north = _km(case_y)[:, None] - _km(worker_y)[None, :]
        return np.asarray(np.hypot(east, north) * self.detour * (3_600.0 / self.speed_kmh))
