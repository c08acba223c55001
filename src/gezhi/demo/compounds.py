"""Made-up compounds inside urban grids: sizes, committees, platforms and enclaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from gezhi.demo import names
from gezhi.demo.article import ArticleFigures
from gezhi.demo.ground.figures import Shapes

# Compounds in all for each that has a committee: some have none yet.
_ALL_PER_COMMITTEE = 1.12
_MAX_PER_GRID = 5
_MIN_HOUSEHOLDS, _MAX_HOUSEHOLDS, _MEDIAN_HOUSEHOLDS, _SPREAD = 20, 450, 130, 0.6


@dataclass(frozen=True)
class UrbanGrid:
    """A grid that has compounds."""

    code: str
    community_code: str
    households: int


@dataclass(frozen=True)
class CompoundPlan:
    """A compound to be. ``community_code`` runs it; where that is not its grid's community, it is an enclave."""

    code: str
    name: str
    community_code: str
    grid_code: str
    households: int
    governance: str
    on_platform: bool
    shape: shapely.Geometry
    name_en: str = ""


def plan_compounds(
    grids: Sequence[UrbanGrid],
    neighbours: Mapping[str, Sequence[str]],
    figures: ArticleFigures,
    place: Callable[[Sequence[Sequence[int]]], Shapes],
    rng: Generator,
    *,
    english: Callable[[str], str],
) -> list[CompoundPlan]:
    """Compounds such that exactly as many as ``figures`` says have a committee, a platform, or are enclaves.

    ``neighbours`` names for each community those that may run an enclave in it. ``place`` finds the shapes (degrees) of the
    compounds, given the households of each compound of each grid. ``english`` gives the English of a name.
    """
    total = round(figures.compounds_with_committee * _ALL_PER_COMMITTEE)
    counts = _counts(len(grids), total, rng)
    home: list[int] = []
    households: list[int] = []
    per_grid: list[list[int]] = []
    for position, (grid, count) in enumerate(zip(grids, counts, strict=True)):
        sizes = _sizes(count, grid.households, rng)
        home += [position] * count
        households += sizes
        per_grid.append(sizes)

    committee = rng.permutation(total)[: figures.compounds_with_committee]
    platform = set(committee[: figures.compounds_on_platform].tolist())
    governance = ["none"] * total
    for i in committee.tolist():
        governance[i] = "owners_committee" if rng.random() < 0.6 else "self_management"
    run_by = _enclaves(grids, home, neighbours, figures.enclave_compounds, rng)
    shapes = place(per_grid)
    serial: dict[str, int] = {}
    plans = []
    for i, name in enumerate(names.compounds(rng, total)):
        grid = grids[home[i]]
        serial[grid.community_code] = serial.get(grid.community_code, 0) + 1
        plans.append(
            CompoundPlan(
                code=f"{grid.community_code}X{serial[grid.community_code]:03d}",
                name=name,
                community_code=run_by.get(i, grid.community_code),
                grid_code=grid.code,
                households=households[i],
                governance=governance[i],
                on_platform=i in platform,
                shape=shapes[i],
                name_en=english(name),
            )
        )
    return plans


def _counts(grids: int, total: int, rng: Generator) -> list[int]:
    counts = np.full(grids, total // grids)
    if counts[0] + 1 > _MAX_PER_GRID:
        raise ValueError(f"{total} compounds do not fit into {grids} urban grids")
    counts[rng.permutation(grids)[: total - int(counts.sum())]] += 1
    # Move some from grid to grid: one quarter to half-empty, full ones elsewhere.
    for giver, taker in zip(rng.integers(0, grids, grids), rng.integers(0, grids, grids), strict=True):
        if counts[giver] > 1 and counts[taker] < _MAX_PER_GRID:
            counts[giver] -= 1
            counts[taker] += 1
    return [int(count) for count in counts]


def _sizes(count: int, households: int, rng: Generator) -> list[int]:
    drawn = np.clip(rng.lognormal(np.log(_MEDIAN_HOUSEHOLDS), _SPREAD, count), _MIN_HOUSEHOLDS, _MAX_HOUSEHOLDS)
    fit = min(1.0, 0.95 * households / drawn.sum())
    return [max(_MIN_HOUSEHOLDS, int(size * fit)) for size in drawn]


def _enclaves(
    grids: Sequence[UrbanGrid],
    home: Sequence[int],
    neighbours: Mapping[str, Sequence[str]],
    count: int,
    rng: Generator,
) -> dict[int, str]:
    """Compounds that a neighbouring community runs: position → that community's code."""
    candidates = [i for i in range(len(home)) if neighbours.get(grids[home[i]].community_code)]
    if len(candidates) < count:
        raise ValueError(f"only {len(candidates)} compounds can be enclaves, {count} are wanted")
    runs: dict[int, str] = {}
    for i in sorted(rng.permutation(candidates)[:count].tolist()):
        others = neighbours[grids[home[i]].community_code]
        runs[i] = others[int(rng.integers(len(others)))]
    return runs
