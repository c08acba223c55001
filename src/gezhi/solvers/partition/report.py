"""Figures of a plan and the grids that break a rule, computed from the network alone, not from what the search believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np

from gezhi.solvers.certificate import Reason
from gezhi.solvers.partition.graph import pieces
from gezhi.solvers.partition.search import uneven_work
from gezhi.solvers.partition.task import NONE, Floats, Ints, Network

NAMED = 20


class PartitionFigures(TypedDict, total=False):
    """What a planner compares plans by; of an impossible number of grids only ``units``.

    ``cut_border_m``, ``compactness``: None where no borders (or not all areas) are given. ``cut_border_estimated_m``, of the
    former, only where some borders have no length. ``moved_…`` only with today's grids.
    """

    units: int
    grids: int
    in_band: int
    in_band_share: float
    households: int
    households_least: int
    households_most: int
    max_deviation_from_middle: float
    empty: int
    disconnected: int
    groups_cut: int
    groups_cut_because_too_large: int
    barrier_crossings: int
    neighbours_across_barrier_in_one_grid: int
    neighbours_across_barrier_in_one_group: int
    cut_edges: int
    cut_border_m: float | None
    cut_border_estimated_m: float
    workload_least: float
    workload_most: float
    workload_deviation: float
    mean_distance_to_centre_m: float
    compactness: float | None
    grid_households: dict[str, int]
    moved_units: int
    moved_households: int


@dataclass(frozen=True)
class Report:
    """``figures`` for the answer; the positions of grids that are out of band or not connected, and the
    units of the latter; names of groups cut; pairs across a barrier in one grid; ``uneven``: workload of grids beyond
    EVEN_WITHIN of the mean of their community, in means."""

    figures: PartitionFigures
    out_of_band: Ints
    disconnected: Ints
    disconnected_units: Ints
    groups_cut: tuple[str, ...]
    crossings: tuple[tuple[str, str], ...]
    uneven: float


def report(network: Network, grid: Ints, names: tuple[str, ...]) -> Report:
    """Judge a plan: ``grid`` is the position in ``names`` of each unit's grid."""
    grids = len(names)
    a, b = network.ends.T
    load = np.bincount(grid, weights=network.households, minlength=grids).astype(np.int64)
    duty = np.asarray(np.bincount(grid, weights=network.work, minlength=grids), np.float64)
    outside = np.flatnonzero((load < network.low) | (load > network.high))
    count, piece = pieces(len(network.ids), network.ends, ~network.barrier, grid)
    owner = np.empty(count, np.int64)
    owner[piece] = grid
    disconnected = np.flatnonzero(np.bincount(owner, minlength=grids) > 1)
    cut = grid[a] != grid[b]
    same_group = (network.group[a] != NONE) & (network.group[a] == network.group[b])
    inside = ~cut & network.barrier
    crossed = np.flatnonzero(inside & ~same_group)

    grouped = network.group != NONE
    pairs = np.unique(np.column_stack([network.group[grouped], grid[grouped]]), axis=0)
    spread = np.bincount(pairs[:, 0], minlength=len(network.group_names))
    totals = np.bincount(
        network.group[grouped], weights=network.households[grouped], minlength=len(network.group_names)
    )
    groups_cut = np.flatnonzero((spread > 1) & (totals <= network.high))
    cut_because_large = int(((spread > 1) & (totals > network.high)).sum())

    wanted = (network.low + network.high) / 2
    figures: PartitionFigures = {
        "units": len(network.ids),
        "grids": grids,
        "in_band": grids - len(outside),
        "in_band_share": round((grids - len(outside)) / grids, 6),
        "households": int(load.sum()),
        "households_least": int(load.min()),
        "households_most": int(load.max()),
        "max_deviation_from_middle": round(float(np.abs(load / wanted - 1.0).max()), 6) if wanted else 0.0,
        "empty": int((np.bincount(grid, minlength=grids) == 0).sum()),
        "disconnected": len(disconnected),
        "groups_cut": len(groups_cut),
        "groups_cut_because_too_large": cut_because_large,
        "barrier_crossings": int((inside & (piece[a] != piece[b])).sum()),
        "neighbours_across_barrier_in_one_grid": int(inside.sum()),
        "neighbours_across_barrier_in_one_group": int((inside & same_group).sum()),
        "cut_edges": int(cut.sum()),
        "cut_border_m": round(float(network.border[cut].sum()), 3) if network.has_borders else None,
        "workload_least": float(duty.min()),
        "workload_most": float(duty.max()),
        "workload_deviation": round(float(duty.std() / duty.mean()), 6) if duty.mean() else 0.0,
        "mean_distance_to_centre_m": round(_mean_distance(network, grid, grids), 3),
        "compactness": _polsby_popper(network, grid, grids, cut),
        "grid_households": {names[g]: int(load[g]) for g in range(grids)},
    }
    if network.estimated.any():
        figures["cut_border_estimated_m"] = round(float(network.border[cut & network.estimated].sum()), 3)
    has = network.today != NONE
    if has.any():
        today = np.array([*network.today_names, ""])[network.today]
        moved = has & (np.array(names)[grid] != today)
        figures["moved_units"] = int(moved.sum())
        figures["moved_households"] = int(network.households[moved].sum())
    return Report(
        figures,
        outside,
        disconnected,
        np.flatnonzero(np.isin(grid, disconnected)),
        tuple(network.group_names[group] for group in groups_cut),
        tuple((network.ids[network.ends[edge, 0]], network.ids[network.ends[edge, 1]]) for edge in crossed),
        _uneven(network, grid, duty),
    )


def _uneven(network: Network, grid: Ints, duty: Floats) -> float:
    """Workload of grids beyond what is even in their community, in means of it."""
    community = np.zeros(len(duty), np.int64)
    community[grid] = network.community - NONE
    mean = np.bincount(community, weights=duty) / np.maximum(np.bincount(community), 1)
    worked = mean[community] > 0
    return uneven_work(duty[worked] / mean[community][worked], 1.0)


def _mean_distance(network: Network, grid: Ints, grids: int) -> float:
    """Metres from a unit to the centre of its grid, both weighted by households (by units where there are none)."""
    weight = network.households.astype(np.float64)
    if not weight.sum():
        weight = np.ones(len(weight))
    mass = np.maximum(np.bincount(grid, weights=weight, minlength=grids), 1e-12)
    centre = np.column_stack(
        [np.bincount(grid, weights=weight * network.xy[:, axis], minlength=grids) / mass for axis in (0, 1)]
    )
    return float((np.hypot(*(network.xy - centre[grid]).T) * weight).sum() / weight.sum())


def _polsby_popper(network: Network, grid: Ints, grids: int, cut: Any) -> float | None:
    """Mean of 4π · area ÷ perimeter² (Polsby and Popper 1991); None unless areas and all borders are given."""
    if not network.has_borders or np.isnan(network.area).any() or np.isnan(network.outer).any():
        return None
    around = np.bincount(grid, weights=network.outer, minlength=grids)
    for side in (0, 1):
        around += np.bincount(grid[network.ends[cut, side]], weights=network.border[cut], minlength=grids)
    area = np.bincount(grid, weights=network.area, minlength=grids)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = 4.0 * np.pi * area / around**2
    values = values[np.isfinite(values)]
    return round(float(values.mean()), 6) if len(values) else None


def broken_rules(network: Network, found: Report) -> list[Reason]:
    """Reasons for what the plan breaks besides the band. A crossing within a group is told where the group is."""
    reasons = []
    if len(found.disconnected):
        names = tuple(network.ids[unit] for unit in found.disconnected_units[:NAMED])
        words = f"{len(found.disconnected)} grids are not connected: locked so, or around a group in several places"
        reasons.append(Reason("grid_disconnected", words, names))
    if found.groups_cut:
        words = f"{len(found.groups_cut)} groups are in more than one grid"
        reasons.append(Reason("groups_cut", words, found.groups_cut[:NAMED]))
    if found.crossings:
        words = f"{len(found.crossings)} neighbours across a barrier are in one grid, connected around it"
        reasons.append(Reason("barrier_inside_grid", words, tuple(f"{a}|{b}" for a, b in found.crossings[:NAMED])))
    return reasons
