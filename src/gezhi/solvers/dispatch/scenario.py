"""A day of cases and a fleet, drawn from a seed: the same arrivals, places and service times for every policy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.dispatch.ground import SQUARE, Ground

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# 10 × 10 hot-spot cells: neighbourhoods of a square kilometre on the usual ground.
HOT_CELLS = 10
# Kind 1 and kind 2 of skilled cases, and who holds the skills. With 28 % and 10 % of the fleet, everybody idle at home
# is 1.6 minutes away from a case on average.
SKILLED_CASES = (0.20, 0.05)
SKILLED_WORKERS = (0.28, 0.10)
# Cases come in a morning and an afternoon peak, as the registers of city service lines show.
PEAKS = (0.25, 0.65)
PEAK_WIDTH = 0.12
MOST_WORKERS, MOST_CASES = 20_000, 200_000
# Open cases × free workers, at worst all of them, must fit the memory at each event.
MOST_PAIRS = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DayShape:
    """What a day is drawn from: numbers of workers and cases, hours, mean minutes of work, spread of the hot spots."""

    workers: int = 477
    cases: int = 3_000
    hours: float = 10.0
    service_min: float = 40.0
    sigma: float = 1.0

    def __post_init__(self) -> None:
        for name, most in (("workers", MOST_WORKERS), ("cases", MOST_CASES)):
            if not 0 <= getattr(self, name) <= most:
                raise InvalidInput("dispatch.bad_number", f"must be a whole number from 0 to {most}", field=name)
        if self.workers * self.cases > MOST_PAIRS:
            what = (
                f"with {self.workers} workers makes more than {MOST_PAIRS} pairs: simulate a district, or fewer cases"
            )
            raise InvalidInput("dispatch.too_many_pairs", what, field="cases")
        for name in ("hours", "service_min"):
            if not (math.isfinite(getattr(self, name)) and 0 < getattr(self, name) <= 10_000):
                raise InvalidInput("dispatch.bad_number", "must be a number above 0, at most 10000", field=name)
        if not 0 <= self.sigma <= 10:
            raise InvalidInput("dispatch.bad_number", "must be a number from 0 to 10", field="sigma")


@dataclass(frozen=True, slots=True)
class Day:
    """m workers and n cases. Kilometres and minutes; ``kind`` 0 needs no skill, 1 and 2 the skill of that number.

    ``skills`` (m × 3): may serve the kind. ``owner`` (n): the worker of the case's grid, or for a skilled case the one
    with the skill whose home is nearest; −1 where nobody has it. ``idle_home`` (n): minutes of way from there.
    ``mean_service``: mean minutes of work, which a dispatcher knows; ``service`` (n) is known to nobody beforehand.
    """

    home_x: Floats
    home_y: Floats
    skills: NDArray[np.bool_]
    at: Floats
    x: Floats
    y: Floats
    kind: Ints
    service: Floats
    owner: Ints
    idle_home: Floats
    end: float
    mean_service: float
    ground: Ground = SQUARE


def make_day(shape: DayShape, seed: int, *, ground: Ground = SQUARE) -> Day:
    """Draw a day on ``ground``. Each quantity has a stream of its own, so that changing one leaves the others as they were."""
    streams = [np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(6)]
    homes, fleet, times, places, kinds, work = streams
    m, n, end = shape.workers, shape.cases, shape.hours * 60.0
    side = max(1, math.ceil(math.sqrt(m)))
    grid = homes.permutation(side * side)[:m]
    home_x = ((grid % side).astype(np.float64) + 0.5) * (ground.width_km / side)
    home_y = ((grid // side).astype(np.float64) + 0.5) * (ground.height_km / side)
    skills = np.ones((m, 3), dtype=np.bool_)
    for kind, share in enumerate(SKILLED_WORKERS, start=1):
        skills[:, kind] = False
        skills[fleet.permutation(m)[: round(share * m)], kind] = True
    peak = np.where(times.random(n) < 0.5, *PEAKS) + PEAK_WIDTH * times.standard_normal(n)
    # What would fall outside the shift is mirrored into it.
    peak = np.abs(peak)
    at = np.sort(np.clip(1.0 - np.abs(1.0 - peak), 0.0, 1.0) * end)
    weight = np.exp(shape.sigma * places.standard_normal(HOT_CELLS * HOT_CELLS))
    spot = places.choice(HOT_CELLS * HOT_CELLS, n, p=weight / weight.sum())
    x = (spot % HOT_CELLS + places.random(n)) * (ground.width_km / HOT_CELLS)
    y = (spot // HOT_CELLS + places.random(n)) * (ground.height_km / HOT_CELLS)
    draw = kinds.random(n)
    kind_of = np.where(draw < SKILLED_CASES[0], 1, np.where(draw < sum(SKILLED_CASES), 2, 0)).astype(np.int64)
    service = work.exponential(shape.service_min, n)
    owner, idle_home = np.full(n, -1), np.full(n, end)
    for kind in range(3):
        able = np.flatnonzero(skills[:, kind])
        mine = np.flatnonzero(kind_of == kind)
        for part in np.array_split(mine, max(1, mine.size * able.size // 5_000_000)):
            if not able.size or not part.size:
                continue
            way = np.abs(x[part, None] - home_x[able]) + np.abs(y[part, None] - home_y[able])
            owner[part] = able[way.argmin(axis=1)]
            idle_home[part] = way.min(axis=1) / ground.speed_km_min
    return Day(
        home_x, home_y, skills, at, x, y, kind_of, service, owner, idle_home, end, shape.service_min, ground
    )  # fmt: skip
